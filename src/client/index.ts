import { ClientError } from './client-error.ts'
import type { Client, ClientOptions } from './types.ts'

// biome-ignore lint/performance/noBarrelFile: a package has one entry.
export { ClientError } from './client-error.ts'
export type { RawNumber, ResourceName, RowInputs } from './rows.d.ts'
export type * from './types.ts'

/** A client of one gateway; nothing is sent before it is asked to. */
export function createClient(_options: ClientOptions): Client {
  const notYet = () => {
    throw new ClientError('UNREACHABLE', 'The client is not written yet.')
  }
  return { upsert: notYet, append: notYet, query: notYet }
}
