import type { Running } from '../bench/measure/start-process.ts'
import type { Break } from './check-keyed-run.ts'
import { startGatewayProcess } from './gateway-process.ts'
import type { KeyedStore } from './keyed-stores.ts'
import { clock, type KeyedUpstream } from './keyed-upstream.ts'

/** A gateway and the name by which the upstream knows it. */
export interface KeyedGateway {
  readonly name: string
  readonly process: Running
}

const CONCURRENCY = 8
const BATCH_ROWS = 500

/** Rows that one gateway may have on their way at once. */
export const MOST_IN_FLIGHT = CONCURRENCY * BATCH_ROWS

const SETTINGS = { REQUESTS_PER_SECOND: '1000000', UPSTREAM_CONCURRENCY: String(CONCURRENCY), MAX_BATCH_ROWS: String(BATCH_ROWS) }

/** Starts gateways on a store, each under a name of its own. */
export function createStarter(store: KeyedStore, upstream: KeyedUpstream): () => Promise<KeyedGateway> {
  let count = 0
  return async () => {
    const name = `g${++count}`
    return { name, process: await startGatewayProcess(upstream.urlFor(name), { ...store.settings, ...SETTINGS }) }
  }
}

/** Kills a gateway as the kernel would when memory is short; resolves when it is gone. */
export async function kill({ name, process: { pid, stop } }: KeyedGateway): Promise<Break> {
  const at = clock()
  process.kill(pid, 'SIGKILL')
  await stop()
  return { gateway: name, at }
}
