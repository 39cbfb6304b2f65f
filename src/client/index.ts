import { createAskFacts } from './gateway-facts.ts'
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
    (await transport.post({ bytes: JSON.stringify({ query: document, variables }), headers: {} }, signal)) as T
  const parts = { transport, askFacts: createAskFacts(query) }
  return {
    upsert: (resource, rows, sending = {}) => startRun({ resource, operation: 'upsert' }, rows, sending, parts),
    append: (resource, rows, sending = {}) => startRun({ resource, operation: 'append' }, rows, sending, parts),
    query,
  }
}
