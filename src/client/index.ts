import { createAskFacts } from './gateway-facts.ts'
import type { Target } from './ingest-request.ts'
import { startRun } from './run.ts'
import { createTransport } from './transport.ts'
import type { Client, ClientOptions } from './types.ts'

// biome-ignore lint/performance/noBarrelFile: a package has one entry.
export { ClientError } from './client-error.ts'
export type { RawNumber, ResourceName, RowInputs } from './rows.d.ts'
export type * from './types.ts'

/** A client of one gateway; nothing is sent before it is asked to. */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options)
  const query: Client['query'] = async <T>(document: string, variables?: Record<string, unknown>, signal?: AbortSignal) =>
    (await transport.post({ bytes: JSON.stringify({ query: document, variables }) }, signal)) as T
  const parts = { transport, askFacts: createAskFacts(query) }
  const starter =
    (operation: Target['operation']): Client[typeof operation] =>
    (resource, rows, sending = {}) =>
      startRun({ resource, operation }, rows, sending, parts)
  return { upsert: starter('upsert'), append: starter('append'), query }
}
