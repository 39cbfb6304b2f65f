import type { RowIssue, RowIssueCode } from '../rows/issue.ts'
import type { CodeWords } from '../util/code-words.ts'

/** UPSERT inserts or updates by primary key; APPEND only inserts. */
export type Operation = 'UPSERT' | 'APPEND'

/** Why it is not known whether a row was applied; printed into the SDL as the enum's docs. */
export const UNCONFIRMED_REASONS = {
  TIMED_OUT: {
    cause: 'The request was sent and no answer came in time; the row may have been written, or may still be written later.',
    cure: 'UPSERT: send it again. APPEND: look the row up first, some time later.',
  },
  CONNECTION_LOST: {
    cause: 'The connection broke after the request was sent; the row may have been written.',
    cure: 'UPSERT: send it again. APPEND: look the row up first.',
  },
  UPSTREAM_ERROR: {
    cause: 'The upstream failed (5xx) and does not say whether the row was written; it may have been.',
    cure: 'UPSERT: send it again. APPEND: look the row up first.',
  },
  UNREADABLE_ANSWER: {
    cause:
      'The upstream answered, but the answer contradicts itself or cannot be matched to this row for certain; it may have been written.',
    cure: 'UPSERT: send it again. APPEND: look the row up first.',
  },
  NO_VERDICT: {
    cause: 'The upstream said nothing about this row, or something went wrong in Rowgate; the row may have been written.',
    cure: 'UPSERT: send it again. APPEND: look the row up first, and tell the operators.',
  },
} as const satisfies Record<string, CodeWords>

/** The closed list of reasons a row stays unconfirmed. */
export type UnconfirmedReason = keyof typeof UNCONFIRMED_REASONS

/** Who refused a row; printed into the SDL as the enum's docs. */
export const JUDGES = {
  GATEWAY: 'Rowgate refused the row itself, or could not send it.',
  UPSTREAM: 'The upstream refused the row, or a request that carried it.',
} as const satisfies Record<string, string>

/** What became of one row, as its caller is told: the public outcome. */
export type Outcome = Accepted | Rejected | Unconfirmed

export interface Accepted {
  readonly status: 'ACCEPTED'
}

/** Certainly not written. */
export interface Rejected {
  readonly status: 'REJECTED'
  readonly by: keyof typeof JUDGES
  /** The same row may succeed when sent again unchanged. */
  readonly retryable: boolean
  /** How long to wait before that, in milliseconds, where somebody asked for it. */
  readonly retryAfterMs?: number
  readonly issues: readonly RowIssue[]
}

/** May or may not have been written. */
export interface Unconfirmed {
  readonly status: 'UNCONFIRMED'
  readonly reason: UnconfirmedReason
  /** Sending the row again cannot write it twice. */
  readonly safeToResend: boolean
  /** How long to wait before that, in milliseconds, where somebody asked for it. */
  readonly retryAfterMs?: number
}

/** The one outcome of every row the upstream took. */
export const ACCEPTED: Accepted = Object.freeze({ status: 'ACCEPTED' })

/** The outcome of a row that Rowgate refused itself. */
export function rejectedHere(issues: readonly RowIssue[], retryable = false): Rejected {
  return { status: 'REJECTED', by: 'GATEWAY', retryable, issues }
}

const NOT_SENT = {
  UPSTREAM_UNREACHABLE: 'The upstream could not be reached; the row was not written.',
  UPSTREAM_UNAVAILABLE: 'The upstream has been failing, so the row was not sent; it was not written.',
  OVERLOADED: 'The row could not be sent in time; it was not written.',
} as const satisfies Partial<Record<RowIssueCode, string>>

/** The outcome of a row that could not be sent; it may be sent again. Earlier attempts, if there were any, were refused. */
export function notSent(code: keyof typeof NOT_SENT): Outcome {
  return rejectedHere([{ code, message: NOT_SENT[code] }], true)
}

/** The outcome of a row of which it is not known whether it was written; only an UPSERT, or a dry run, is safe to send again. */
export function unconfirmed(reason: UnconfirmedReason, { operation, dryRun }: { operation: Operation; dryRun: boolean }): Unconfirmed {
  return { status: 'UNCONFIRMED', reason, safeToResend: operation === 'UPSERT' || dryRun }
}

/** The outcome of a row after a further attempt: one that may have been written before stays unconfirmed when it is rejected now. */
export function outcomeAfter(earlier: Outcome | undefined, later: Outcome): Outcome {
  return earlier?.status === 'UNCONFIRMED' && later.status === 'REJECTED' ? earlier : later
}

/** The outcome, marked as worth sending again, after `retryAfterMs` where the upstream asked for that. */
export function worthAnother(outcome: Outcome, retryAfterMs: number | undefined): Outcome {
  const asked = retryAfterMs !== undefined && { retryAfterMs }
  if (outcome.status === 'REJECTED') return { ...outcome, retryable: true, ...asked }
  return outcome.status === 'UNCONFIRMED' && asked ? { ...outcome, ...asked } : outcome
}

/** Runs of the same outcome, in order: rows that share one are counted and printed together. */
export function* runsOf(outcomes: readonly Outcome[]): Iterable<{ readonly outcome: Outcome; readonly count: number }> {
  for (let from = 0, to = 0; from < outcomes.length; from = to) {
    const outcome = outcomes[from] as Outcome
    while (outcomes[to] === outcome) to++
    yield { outcome, count: to - from }
  }
}

/** Whether the same row may be sent again unchanged, as its outcome says. */
export function isRepeatable(outcome: Outcome): boolean {
  return outcome.status === 'REJECTED' ? outcome.retryable : outcome.status === 'UNCONFIRMED' && outcome.safeToResend
}

/** Codes that blame the token or the table, not the row: it may be taken once somebody has mended that. */
const OF_NO_ROW: readonly string[] = ['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_NOT_FOUND']

/** Whether a row was refused for the token or the table alone, so that sending it again helps only once that is mended. */
export function isRefusedForAll(outcome: Outcome): boolean {
  if (outcome.status !== 'REJECTED' || outcome.retryable || outcome.issues.length === 0) return false
  return outcome.issues.every(({ code }) => OF_NO_ROW.includes(code))
}

/** Whether a rejected row may be taken unchanged, at once or after something else was mended. */
export function mayBeTakenLater(outcome: Outcome): boolean {
  return outcome.status === 'REJECTED' && (outcome.retryable || isRefusedForAll(outcome))
}

/** The outcome of a row that must not be sent again, since row `by`, a later one with its key, was accepted. */
export function overtaken(outcome: Outcome, by: number): Outcome {
  if (outcome.status === 'UNCONFIRMED') return { ...outcome, safeToResend: false }
  if (outcome.status === 'ACCEPTED') return outcome
  const { status, by: judge, issues } = outcome
  const message = `Row ${by} of this request has the same primary key and was accepted; sent again, this one would undo that.`
  return { status, by: judge, retryable: false, issues: [...issues, { code: 'DUPLICATE_KEY', message }] }
}
