import { hash } from 'node:crypto'
import type { Operation } from '../ingest/outcome.ts'

/** What a request with a key is about, beside its rows. */
export interface FingerprintTarget {
  /** The name of the resource in the API. */
  readonly resource: string
  readonly operation: Operation
  /** The name of the solution. */
  readonly solution: string
}

/** SHA-256 over what a request is about and the digest of its rows as sent. */
export function fingerprint({ resource, operation, solution }: FingerprintTarget, rows: string): string {
  return hash('sha256', JSON.stringify([resource, operation, solution]) + rows)
}
