import { setTimeout as pause } from 'node:timers/promises'
import { HEARTBEAT_MS, LEASE_MS } from '../../src/idempotency/store-port.ts'
import { type Chance, createChance } from '../support/random.ts'
import { type Break, type KeyedRun, NO_FINDINGS, sum } from './check-keyed-run.ts'
import type { Figure } from './figure.ts'
import type { Flags } from './flags.ts'
import { ask, askUntilSettled, type KeyedAnswer, keyedMutation } from './keyed-client.ts'
import { checkRound, figuresOf } from './keyed-figures.ts'
import { createStarter, type KeyedGateway, kill, MOST_IN_FLIGHT, momentOf, ROWS, startSlowUpstream } from './keyed-gateway.ts'
import { postgresStore } from './keyed-stores.ts'
import { clock, type KeyedUpstream } from './keyed-upstream.ts'

const ROUNDS = { full: 50, short: 3 }
const MUTATIONS = [2, 4, 8]
const REPLICAS = 3
/** Callers with the same key at once, each of whom asks any gateway each time. */
const CALLERS_PER_KEY = 2
const ASLEEP_MS = LEASE_MS + 2_000
const AWAKE_MS = HEARTBEAT_MS + 1_000
/** A caller that hears nothing for so long asks another gateway. */
const PATIENCE_MS = 15_000

/** Three gateways on one PostgreSQL, of which one is killed and one is stopped past its lease and continued. `--rounds 50`, `--seed 1`. */
export async function keysReplicas(mode: 'full' | 'short', say: (line: string) => void, flags: Flags): Promise<Figure[]> {
  const store = await postgresStore()
  if (store === undefined) return []
  const rounds = Number(flags.rounds ?? ROUNDS[mode])
  const seed = Number(flags.seed ?? Date.now() % 1_000_000)
  const chance = createChance(seed)
  const upstream = await startSlowUpstream(seed)
  const start = createStarter(store, upstream)
  const gateways = await Promise.all(Array.from({ length: REPLICAS }, start))
  say(`seed ${seed}`)

  let total = NO_FINDINGS
  for (let round = 1; round <= rounds; round++) {
    const run = await playRound(`R${round}`, { chance, gateways, start, upstream })
    total = sum(total, checkRound(say, `round ${round}`, run))
  }
  await Promise.all(gateways.map(({ process }) => process.stop()))
  say(`${total.rows} rows, ${total.unconfirmed} unconfirmed, of which ${total.unconfirmedWritten} were written`)
  return figuresOf(`${REPLICAS} gateways`, total)
}

interface Stage {
  readonly chance: Chance
  /** Those that run; whoever is killed is replaced. */
  readonly gateways: KeyedGateway[]
  readonly start: () => Promise<KeyedGateway>
  readonly upstream: KeyedUpstream
}

async function playRound(name: string, { chance, gateways, start, upstream }: Stage): Promise<KeyedRun> {
  const count = chance.pick(MUTATIONS)
  const asked = Array.from({ length: count }, (_, at) => ({
    mutation: keyedMutation(`${name}.${at}`, ROWS / count),
    answers: [] as KeyedAnswer[],
  }))
  const askAny = async ({ mutation, answers }: (typeof asked)[number]) => {
    const answer = await ask(chance.pick(gateways).process.url, mutation, PATIENCE_MS)
    answers.push(answer)
    return answer
  }
  const callers = Promise.all(asked.flatMap((one) => Array.from({ length: CALLERS_PER_KEY }, () => askUntilSettled(() => askAny(one)))))
  const killed = chance.between(0, REPLICAS - 1)
  const stopped = (killed + chance.between(1, REPLICAS - 1)) % REPLICAS
  const [toKill, toStop] = [momentOf(chance, upstream, callers), momentOf(chance, upstream, callers)]
  const breaks = Promise.all([
    toKill.then(() => killAndReplace(gateways, killed, start)),
    toStop.then(() => stopAndContinue(gateways[stopped] as KeyedGateway)),
  ])
  await Promise.all([callers, breaks])
  // Asked once more when all are awake and nothing is under way: what the stopped one knew is written by its next heartbeat.
  const requests = await upstream.take()
  await pause(AWAKE_MS)
  await Promise.all(asked.map((one) => askUntilSettled(() => askAny(one))))
  return { mutations: asked, requests: [...requests, ...(await upstream.take())], breaks: await breaks, mostInFlight: MOST_IN_FLIGHT }
}

async function killAndReplace(gateways: KeyedGateway[], at: number, start: () => Promise<KeyedGateway>): Promise<Break> {
  const broken = await kill(gateways[at] as KeyedGateway)
  gateways[at] = await start()
  return broken
}

async function stopAndContinue({ name, process: { pid } }: KeyedGateway): Promise<Break> {
  const at = clock()
  process.kill(pid, 'SIGSTOP')
  await pause(ASLEEP_MS)
  process.kill(pid, 'SIGCONT')
  return { gateway: name, at }
}
