import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts'
import { type Chance, createChance } from '../support/random.ts'
import { atEnd } from './at-end.ts'
import type { Figure } from './figure.ts'
import type { Flags } from './flags.ts'
import { startImport } from './import-process.ts'
import { createStarter, type KeyedGateway, kill, MOST_IN_FLIGHT, startSlowUpstream } from './keyed-gateway.ts'
import { sqliteStore } from './keyed-stores.ts'
import type { KeyedUpstream } from './keyed-upstream.ts'
import { writeSales } from './sales-file.ts'

const ROUNDS = { full: 50, short: 5 }
const ROWS = 50_000
/** Requests that all rows take at the upstream, about: the moments are drawn among their arrivals. */
const REQUESTS = 100
const LONGEST_JITTER_MS = 200
const MOST_RUNS = 20
const TOKEN = 'keys'

/** What of an import is broken off. */
const VICTIMS = ['client', 'gateway', 'connection'] as const

/**
 * An import of 50,000 rows is broken off at a seeded moment of each round: the client killed, the gateway killed and started again,
 * or connections cut; then the same command is run until it is done. `--rounds 50`, `--seed 1`.
 */
export async function importKill(mode: 'full' | 'short', say: (line: string) => void, flags: Flags): Promise<Figure[]> {
  const rounds = Number(flags.rounds ?? ROUNDS[mode])
  const seed = Number(flags.seed ?? Date.now() % 1_000_000)
  say(`seed ${seed}`)
  const chance = createChance(seed)
  const world = await createWorld(seed)
  const found: Found[] = []
  for (let round = 1; round <= rounds; round++) {
    const victim = VICTIMS[(round - 1) % VICTIMS.length] ?? 'client'
    const one = await playRound(world, chance, victim, `R${round}`)
    found.push(one)
    say(`round ${round}, ${victim}: ${JSON.stringify(one)}`)
  }
  await world.gateway().process.stop()
  const total = (of: keyof Found) => found.reduce((sum, one) => sum + one[of], 0)
  return [
    { name: `rows written twice, of ${rounds * ROWS}`, value: total('twice'), most: 0 },
    { name: 'rows accepted that did not arrive', value: total('lost'), most: 0 },
    { name: 'rows that the last run did not tell of', value: total('untold'), most: 0 },
    { name: 'rows unconfirmed beyond those on their way', value: total('beyond'), most: 0 },
    { name: 'rows unconfirmed', value: total('unconfirmed') },
  ]
}

interface World {
  readonly folder: string
  readonly upstream: KeyedUpstream
  gateway(): KeyedGateway
  /** Kills the gateway and starts another on the same store and port. */
  replaceGateway(): Promise<void>
}

async function createWorld(seed: number): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-import-kill-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const upstream = await startSlowUpstream(seed)
  const store = await sqliteStore()
  let gateway = await createStarter(store, upstream)()
  // Clients find the next one where the last one was.
  const restart = createStarter({ ...store, settings: { ...store.settings, PORT: gateway.process.url.port } }, upstream)
  return {
    folder,
    upstream,
    gateway: () => gateway,
    async replaceGateway() {
      await kill(gateway)
      gateway = await restart()
    },
  }
}

interface Found {
  readonly runs: number
  readonly cuts: number
  readonly twice: number
  readonly lost: number
  readonly untold: number
  readonly unconfirmed: number
  readonly beyond: number
}

async function playRound(world: World, chance: Chance, victim: (typeof VICTIMS)[number], name: string): Promise<Found> {
  const file = join(world.folder, `${name}.csv`)
  // The same content would have been loaded already.
  await writeSales(file, ROWS, `${name}-`)
  let isCutting = false
  let url = world.gateway().process.url
  let proxy: CuttingProxy | undefined
  if (victim === 'connection') {
    proxy = await startCuttingProxy(url, () => isCutting && chance.percent(70))
    url = new URL(url.pathname, proxy.url)
  }
  const first = startImport(file, url, TOKEN)
  const over: Promise<unknown> = first.done
  const arrivals = chance.between(0, REQUESTS)
  const jitterMs = chance.next() * LONGEST_JITTER_MS
  await Promise.race([world.upstream.arrivals(arrivals), over])
  await pause(jitterMs)
  if (victim === 'client') first.kill()
  if (victim === 'gateway') await world.replaceGateway()
  isCutting = victim === 'connection'
  if (victim === 'connection') await Promise.race([over, pause(2_000)])
  isCutting = false
  const last = await runUntilDone(file, url, (await first.done).printed)
  await proxy?.close()
  const ids = (await world.upstream.take()).flatMap((request) => request.ids)
  return { ...judge(last, ids, victim), cuts: proxy?.cuts() ?? 0 }
}

interface Told {
  readonly runs: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
}

/** Runs the command until it has told of all rows. */
async function runUntilDone(file: string, url: URL, firstPrinted: string): Promise<Told> {
  let printed = firstPrinted
  for (let runs = 1; runs <= MOST_RUNS; runs++) {
    const counts = /([\d,]+) accepted, ([\d,]+) rejected, ([\d,]+) unconfirmed/.exec(printed)?.slice(1).map(numberOf)
    const [accepted = 0, rejected = 0, unconfirmed = 0] = counts ?? []
    if (accepted + rejected + unconfirmed === ROWS && !printed.includes('Not accepted for now'))
      return { runs, accepted, rejected, unconfirmed }
    ;({ printed } = await startImport(file, url, TOKEN).done)
  }
  throw new Error(`Not done after ${MOST_RUNS} runs; the last said: ${printed}`)
}

function numberOf(text: string): number {
  return Number(text.replaceAll(',', ''))
}

function judge({ runs, accepted, rejected, unconfirmed }: Told, ids: readonly string[], victim: string): Omit<Found, 'cuts'> {
  const written = new Set(ids).size
  const mostUnconfirmed = victim === 'gateway' ? MOST_IN_FLIGHT : 0
  return {
    runs,
    twice: ids.length - written,
    lost: Math.max(0, accepted - written),
    untold: Math.abs(ROWS - accepted - unconfirmed) + rejected + Math.max(0, written - accepted - unconfirmed),
    unconfirmed,
    beyond: Math.max(0, unconfirmed - mostUnconfirmed),
  }
}
