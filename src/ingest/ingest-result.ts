import type { JudgedRows } from '../rows/judge.ts'
import type { Destination } from './batch.ts'
import type { Outcome } from './outcome.ts'

/** What a mutation came to: one outcome per row sent, at the row's own index. */
export interface IngestResult {
  /** Of the request that the mutation came with, which may hold several. */
  readonly requestId: string
  readonly destination: Destination
  readonly publicKeys: JudgedRows['publicKeys']
  readonly outcomes: readonly Outcome[]
  /** Rows that were good to be sent, and the upstream requests that they fill. */
  readonly sent: { readonly rows: number; readonly requests: number }
  readonly counts: Readonly<Record<Outcome['status'], number>>
  /** What the caller should know beside the outcomes. */
  readonly warnings?: readonly string[]
  /** Rows whose outcome is a stored one; absent where there is no key. */
  readonly replayedCount?: number
  /** Rows that the same request would send once more; absent where there is no key, and their outcomes say it. */
  readonly retryableCount?: number
}
