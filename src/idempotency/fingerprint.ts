import { createHash } from 'node:crypto'
import type { Operation } from '../ingest/outcome.ts'

/** What a request with a key is about, beside its rows. */
export interface FingerprintTarget {
  /** The name of the resource in the API. */
  readonly resource: string
  readonly operation: Operation
  /** The name of the solution. */
  readonly solution: string
}

/** SHA-256 over what a request is about and the text of its rows as sent, however that is cut into pieces. */
export function fingerprint({ resource, operation, solution }: FingerprintTarget, pieces: Iterable<string | Uint8Array>): string {
  const digest = createHash('sha256').update(JSON.stringify([resource, operation, solution]))
  for (const piece of pieces) digest.update(piece)
  return digest.digest('hex')
}
