import { z } from 'zod'
import { ACCEPTED, JUDGES, type Outcome, type Rejected, UNCONFIRMED_REASONS } from '../ingest/outcome.ts'
import { ROW_ISSUE_CODES, type RowIssue } from '../rows/issue.ts'
import { meaningOf } from '../util/code-words.ts'

// What is stored of an outcome: its codes, who rejected the row, the fields, and texts while there is room. `retryAfterMs` is not
// stored: that time has passed when the outcome is read.

/** How many bytes of outcomes a record stores with their texts; then as many again with field names, after that codes only. */
export const MAX_TEXT_BYTES = 64 * 1024

const isKeyOf = <Key extends string>(table: Readonly<Record<Key, unknown>>) => z.enum(Object.keys(table) as [Key, ...Key[]])

const STORED_ISSUE = z.object({
  code: isKeyOf(ROW_ISSUE_CODES),
  field: z.string().exactOptional(),
  column: z.string().exactOptional(),
  message: z.string().exactOptional(),
  hint: z.string().exactOptional(),
  upstreamCode: z.string().exactOptional(),
})

/** The schema of a stored outcome. */
export const STORED_OUTCOME = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ACCEPTED') }),
  z.object({ status: z.literal('REJECTED'), by: isKeyOf(JUDGES), retryable: z.boolean(), issues: z.array(STORED_ISSUE) }),
  z.object({ status: z.literal('UNCONFIRMED'), reason: isKeyOf(UNCONFIRMED_REASONS), safeToResend: z.boolean() }),
])

/** An outcome as it is stored. */
export type StoredOutcome = z.infer<typeof STORED_OUTCOME>

type StoredIssue = z.infer<typeof STORED_ISSUE>

/** Decides how much of each outcome a record stores, and keeps count. */
export interface TextBudget {
  fit(outcome: Outcome): StoredOutcome
}

/** The budget of a record that holds no texts yet. */
export function createTextBudget(): TextBudget {
  const left = { words: MAX_TEXT_BYTES, names: MAX_TEXT_BYTES }
  const pays = (purse: keyof typeof left, outcome: StoredOutcome) => {
    const bytes = Buffer.byteLength(JSON.stringify(outcome))
    if (bytes > left[purse]) return false
    left[purse] -= bytes
    return true
  }
  return {
    fit(outcome) {
      if (outcome.status === 'ACCEPTED') return { status: 'ACCEPTED' }
      if (outcome.status === 'UNCONFIRMED') return { status: 'UNCONFIRMED', reason: outcome.reason, safeToResend: outcome.safeToResend }
      const whole = rejected(outcome, outcome.issues.map(withWords))
      if (pays('words', whole)) return whole
      const named = rejected(outcome, outcome.issues.map(withName))
      return pays('names', named)
        ? named
        : rejected(
            outcome,
            outcome.issues.slice(0, 1).map(({ code }) => ({ code })),
          )
    },
  }
}

/** Restores a stored outcome; an issue whose text was left out gets the meaning of its code. */
export function restoreOutcome(stored: StoredOutcome): Outcome {
  if (stored.status === 'ACCEPTED') return ACCEPTED
  if (stored.status === 'UNCONFIRMED') return stored
  return {
    ...stored,
    issues: stored.issues.map((issue) => ({ ...issue, message: issue.message ?? meaningOf(ROW_ISSUE_CODES[issue.code]) })),
  }
}

function rejected({ by, retryable }: Rejected, issues: StoredIssue[]): StoredOutcome {
  return { status: 'REJECTED', by, retryable, issues }
}

function withWords(issue: RowIssue): StoredIssue {
  const { column, message, hint, upstreamCode } = issue
  return {
    ...withName(issue),
    ...(column !== undefined && { column }),
    message,
    ...(hint !== undefined && { hint }),
    ...(upstreamCode !== undefined && { upstreamCode }),
  }
}

function withName({ code, field }: RowIssue): StoredIssue {
  return { code, ...(field !== undefined && { field }) }
}
