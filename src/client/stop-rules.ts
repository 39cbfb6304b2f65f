import { ClientError } from './client-error.ts'
import type { Payload } from './ingest-request.ts'
import type { Settled } from './tally.ts'

/** Codes that are about the token or the table: other rows would be rejected as well. */
const ABOUT_ALL_ROWS: readonly string[] = ['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_NOT_FOUND']
/** If this many chunks at the start of a run are refused for the same reason, the rest would be as well. */
const FIRST_CHUNKS = 2

/** Decides after each chunk whether to go on. */
export function createStopRules(maxRejected: number | undefined) {
  let chunks = 0
  let rejected = 0
  const reasons = new Set<string | undefined>()

  return {
    /** Why the run should stop after a chunk; undefined where it should go on. */
    after<Row>({ payload, chunk }: Settled<Row>): ClientError | undefined {
      const refusal = refusalOf(payload)
      chunks++
      rejected += (payload?.rejectedCount ?? 0) + chunk.faults.size
      if (reasons.size < FIRST_CHUNKS) reasons.add(refusal?.code)
      if (refusal && (refusal.isOfAll || (chunks >= FIRST_CHUNKS && reasons.size === 1)))
        return new ClientError('ROOT_ERROR', `No row of a request was accepted (${refusal.code}): ${refusal.message}`)
      if (maxRejected === undefined || rejected <= maxRejected) return undefined
      return new ClientError('MAX_REJECTED', 'Too many rows were rejected.', { limit: maxRejected, actual: rejected })
    },
  }
}

/** The one reason that all rows, or all that were sent, were refused for; `isOfAll`: rows of later chunks would be refused as well, or were refused because something was unavailable and did not come back. */
function refusalOf(payload: Payload | undefined) {
  if (!payload || payload.acceptedCount + payload.unconfirmedCount > 0) return undefined
  const issues = payload.rows.flatMap((row) => row.issues ?? [])
  // Beside such a row others may be bad in themselves, and were never sent.
  const ofAll = issues.find(({ code }) => ABOUT_ALL_ROWS.includes(code))
  if (ofAll) return { ...ofAll, isOfAll: true }
  const [issue] = issues
  if (!issue || issues.some(({ code }) => code !== issue.code)) return undefined
  return { ...issue, isOfAll: payload.rows.every(({ retryable }) => retryable) }
}
