import { setTimeout as pause } from 'node:timers/promises'
import type { Running } from '../bench/measure/start-process.ts'
import type { Chance } from '../support/random.ts'
import { atEnd } from './at-end.ts'
import type { Break } from './check-keyed-run.ts'
import { startGatewayProcess } from './gateway-process.ts'
import type { KeyedStore } from './keyed-stores.ts'
import { clock, type KeyedUpstream, startKeyedUpstream } from './keyed-upstream.ts'

/** A gateway and the name by which the upstream knows it. */
export interface KeyedGateway {
  readonly name: string
  readonly process: Running
}

/** Rows of a round, in one mutation or several. */
export const ROWS = 20_000

const CONCURRENCY = 8
const BATCH_ROWS = 500

/** Rows that one gateway may have on their way at once. */
export const MOST_IN_FLIGHT = CONCURRENCY * BATCH_ROWS

const SHORTEST_ANSWER_MS = 100
const LONGEST_ANSWER_MS = 200

const SETTINGS = { REQUESTS_PER_SECOND: '1000000', UPSTREAM_CONCURRENCY: String(CONCURRENCY), MAX_BATCH_ROWS: String(BATCH_ROWS) }

/** The upstream of a round, which ends at the end. */
export async function startSlowUpstream(seed: number): Promise<KeyedUpstream> {
  const upstream = await startKeyedUpstream({ seed, fromMs: SHORTEST_ANSWER_MS, toMs: LONGEST_ANSWER_MS })
  atEnd(upstream.close)
  return upstream
}

/** Starts gateways on a store, each under a name of its own. */
export function createStarter(store: KeyedStore, upstream: KeyedUpstream): () => Promise<KeyedGateway> {
  let count = 0
  return async () => {
    const name = `g${++count}`
    return { name, process: await startGatewayProcess(upstream.urlFor(name), { ...store.settings, ...SETTINGS }) }
  }
}

/** A seeded moment of a round: some time after so many of its requests have arrived, at its start, or when all is `over`. */
export function momentOf(chance: Chance, upstream: KeyedUpstream, over: Promise<unknown>): Promise<void> {
  const arrivals = chance.between(0, ROWS / BATCH_ROWS + 1)
  const jitterMs = chance.next() * LONGEST_ANSWER_MS
  return Promise.race([upstream.arrivals(arrivals), over]).then(() => pause(jitterMs))
}

/** Kills a gateway as the kernel would when memory is short; resolves when it is gone. */
export async function kill({ name, process: { pid, stop } }: KeyedGateway): Promise<Break> {
  const at = clock()
  process.kill(pid, 'SIGKILL')
  await stop()
  return { gateway: name, at }
}
