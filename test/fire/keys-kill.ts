import { setTimeout as pause } from 'node:timers/promises'
import { type Chance, createChance } from '../support/random.ts'
import { type Break, NO_FINDINGS, sum } from './check-keyed-run.ts'
import type { Figure } from './figure.ts'
import type { Flags } from './flags.ts'
import { ask, askUntilSettled, type KeyedAnswer, type KeyedMutation, keyedMutation } from './keyed-client.ts'
import { checkRound, figuresOf } from './keyed-figures.ts'
import { createStarter, type KeyedGateway, kill, MOST_IN_FLIGHT, momentOf, ROWS, startSlowUpstream } from './keyed-gateway.ts'
import { type KeyedStore, postgresStore, sqliteStore } from './keyed-stores.ts'

const ROUNDS = { full: 100, short: 5 }
const MUTATIONS = [1, 1, 2, 4]
/** Of a hundred rounds, those in which the gateway is killed once more while it goes on with what the first kill left. */
const TWICE_PERCENT = 20
const ANSWER_MS = 60_000

/**
 * A gateway is killed while it appends 20,000 rows with a key, started again on the same store, and asked again until nothing is
 * left to do. `--store sqlite|postgres|both`, `--rounds 100`, `--seed 1`.
 */
export async function keysKill(mode: 'full' | 'short', say: (line: string) => void, flags: Flags): Promise<Figure[]> {
  const which = flags.store ?? 'both'
  const rounds = Number(flags.rounds ?? ROUNDS[mode])
  const seed = Number(flags.seed ?? Date.now() % 1_000_000)
  const stores = [which !== 'postgres' && (await sqliteStore()), which !== 'sqlite' && (await postgresStore())]
  const figures: Figure[] = []
  for (const store of stores) if (store) figures.push(...(await killOn(store, { rounds, seed, say })))
  return figures
}

interface Trial {
  readonly rounds: number
  readonly seed: number
  readonly say: (line: string) => void
}

async function killOn(store: KeyedStore, { rounds, seed, say }: Trial): Promise<Figure[]> {
  const chance = createChance(seed)
  const upstream = await startSlowUpstream(seed)
  const start = createStarter(store, upstream)
  let gateway = await start()
  say(`${store.name}: seed ${seed}`)
  let total = NO_FINDINGS
  for (let round = 1; round <= rounds; round++) {
    const asked = mutationsOf(chance, `K${round}`).map((mutation): Asked => ({ mutation, answers: [] }))
    const breaks: Break[] = []
    const kills = chance.percent(TWICE_PERCENT) ? 2 : 1
    while (breaks.length < kills) {
      // Until the lease of the one that was killed is over nothing is under way that could be killed.
      if (breaks.length > 0) await pause(store.leaseMs)
      breaks.push(await askAndKill(gateway, asked, (over) => momentOf(chance, upstream, over)))
      gateway = await start()
    }
    const { url } = gateway.process
    await Promise.all(
      asked.map(async ({ mutation, answers }) => void answers.push(...(await askUntilSettled(() => ask(url, mutation, ANSWER_MS))))),
    )
    const run = { mutations: asked, requests: await upstream.take(), breaks, mostInFlight: MOST_IN_FLIGHT }
    total = sum(total, checkRound(say, `${store.name}, round ${round}`, run))
  }
  await gateway.process.stop()
  await upstream.close()
  say(`${store.name}: ${total.rows} rows, ${total.unconfirmed} unconfirmed, of which ${total.unconfirmedWritten} were written`)
  return figuresOf(store.name, total)
}

function mutationsOf(chance: Chance, name: string): readonly KeyedMutation[] {
  const count = chance.pick(MUTATIONS)
  return Array.from({ length: count }, (_, at) => keyedMutation(`${name}.${at}`, ROWS / count))
}

interface Asked {
  readonly mutation: KeyedMutation
  readonly answers: KeyedAnswer[]
}

async function askAndKill(
  gateway: KeyedGateway,
  asked: readonly Asked[],
  moment: (over: Promise<unknown>) => Promise<void>,
): Promise<Break> {
  const { url } = gateway.process
  const over = Promise.all(asked.map(async ({ mutation, answers }) => void answers.push(await ask(url, mutation, ANSWER_MS))))
  await moment(over)
  const [broken] = await Promise.all([kill(gateway), over])
  return broken
}
