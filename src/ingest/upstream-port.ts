import type { RowIssueCode } from '../rows/issue.ts'
import type { Batch } from './batch.ts'
import type { UnconfirmedReason } from './outcome.ts'

/** One error the upstream reported on a row, in its own words. */
export interface UpstreamError {
  readonly code?: string
  readonly category?: string
  readonly message?: string
  readonly column?: string
}

/** What the upstream says of one row. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly errors: readonly UpstreamError[] }
  | { readonly kind: 'none'; readonly reason: UnconfirmedReason }

/** How an attempt ended, as far as retries are concerned; the table in `retry-policy.ts` explains each class. */
export type FailureClass = 'UNSENT' | 'NOT_YET' | 'UNAVAILABLE' | 'LOST' | 'ROW_NOT_YET' | 'FINAL'

/** The result of one attempt; unless it has verdicts on rows, with its failure class. */
export type Answer =
  /** The upstream answered: one verdict per row, in the order sent. */
  | { readonly kind: 'answered'; readonly verdicts: readonly Verdict[] }
  /** The upstream declined the whole request and applied nothing. */
  | {
      readonly kind: 'refused'
      readonly failure: FailureClass
      readonly code: RowIssueCode
      /** A single bad row may be the cause: dividing the batch may help. */
      readonly divisible: boolean
      /** How long the upstream asked to wait, in milliseconds, clamped. */
      readonly retryAfterMs?: number
      readonly status: number
      readonly error?: UpstreamError
      /** One verdict per row, in the order sent, where the refusal names rows: these are rejected, the others have none. */
      readonly named?: readonly Verdict[]
    }
  /** The request left, and it is not known whether it was taken. */
  | {
      readonly kind: 'lost'
      readonly failure: FailureClass
      readonly reason: UnconfirmedReason
      readonly retryAfterMs?: number
      /** A proxy before the upstream timed out; the upstream may still be at work. */
      readonly mayStillBeWritten?: true
    }
  /** An attempt was made, and nothing left the process. */
  | { readonly kind: 'unsent'; readonly failure: FailureClass }
  | Withheld

/** The result of a request that Rowgate did not send. */
export interface Withheld {
  readonly kind: 'withheld'
  readonly failure: FailureClass
  readonly code: 'UPSTREAM_UNAVAILABLE' | 'OVERLOADED'
}

/** The port to the upstream: what `ingest` needs of the folder `upstream`. */
export interface UpstreamPort {
  /** The request of a batch; the caller disposes of it when it is not sent again. */
  prepare(batch: Batch): UpstreamRequest
}

/** A serialised request that can be sent several times; disposing of it returns its memory to the pool. */
export interface UpstreamRequest extends Disposable {
  /** The length of its body. */
  readonly byteLength: number
  /** One attempt, ended by the signal; rejects only on a defect. Calls `noteLeft` when the request starts to leave the process. */
  send(signal: AbortSignal, noteLeft: () => void): Promise<Answer>
}
