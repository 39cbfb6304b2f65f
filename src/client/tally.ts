import type { Chunk } from './chunks.ts'
import type { ClientError } from './client-error.ts'
import type { NotAccepted, Payload } from './ingest-request.ts'
import { issueOf } from './row-text.ts'
import type { Issue, IssueCount, Outcome, Summary } from './types.ts'

/** A chunk whose rows all have an outcome; the texts that were sent are not kept. */
export interface Settled<Row> {
  readonly chunk: Pick<Chunk<Row>, 'start' | 'rows' | 'faults'>
  readonly key: string | null
  /** The last answer of the gateway; undefined where no row could be sent. */
  readonly payload: Payload | undefined
  /** Rows that were settled by an earlier run. */
  readonly replayed: number
  /** The gateway could not store the key, and the rows were sent without one. */
  readonly isKeyLost: boolean
  /** Why the run should stop after this chunk. */
  readonly failure: ClientError | undefined
}

const KEY_LOST = 'The gateway could not store keys: another run sends these rows again.'

/** The outcome of each row of a chunk, in order. */
export function* outcomesOf<Row>({ chunk, key, payload, replayed }: Settled<Row>): Generator<Outcome<Row>> {
  const { rows, start, faults } = chunk
  const told = new Map(payload?.rows.map((row) => [row.index, row]))
  const isReplayed = replayed > 0 && replayed === rows.length - faults.size
  let sent = 0
  for (const [place, row] of rows.entries()) {
    const fault = faults.get(place)
    const result = resultOf(fault === undefined ? told.get(sent++) : { retryable: false, issues: [fault] })
    yield { index: start + place, row, key, replayed: isReplayed, ...result }
  }
}

type RowResult = Pick<Outcome<unknown>, 'status' | 'retryable' | 'issues'>

const ACCEPTED: RowResult = { status: 'accepted', retryable: false, issues: [] }

function resultOf(told: NotAccepted | undefined): RowResult {
  if (!told) return ACCEPTED
  const { retryable, issues, reason } = told
  if (issues) return { status: 'rejected', retryable, issues }
  const hint = retryable ? 'send it again' : 'look it up; if it is missing, append it again'
  return { status: 'unconfirmed', retryable, issues: [issueOf(reason, 'The row may have been written.', null, hint)] }
}

const MOST_REJECTED_ROWS = 10_000
const MOST_ISSUES = 100
/** Bounds the kinds of issues that are told apart, since field names may be anything. */
const MOST_KINDS = 1_000
const FIRST_INDEXES = 10

/** Counts what became of rows, in bounded memory. */
export function createTally<Row>() {
  const counts = { accepted: 0, rejected: 0, unconfirmed: 0, replayed: 0 }
  const kinds = new Map<string, IssueCount & { count: number; readonly firstIndexes: number[] }>()
  const rejectedRows: Outcome<Row>[] = []
  const warnings = new Set<string>()

  function addIssue(index: number, { code, field, message }: Issue): void {
    const name = `${code} ${field}`
    const kind = kinds.get(name) ?? { code, field, message, count: 0, firstIndexes: [] }
    if (kind.count === 0 && kinds.size < MOST_KINDS) kinds.set(name, kind)
    kind.count++
    // Chunks settle in any order.
    kind.firstIndexes.push(index)
    kind.firstIndexes.sort((a, b) => a - b).splice(FIRST_INDEXES)
  }

  return {
    counts,
    add(settled: Settled<Row>): void {
      counts.replayed += settled.replayed
      const { payload, chunk, isKeyLost } = settled
      for (const warning of payload?.warnings ?? []) if (warnings.size < MOST_ISSUES) warnings.add(warning)
      if (isKeyLost) warnings.add(KEY_LOST)
      const others = (payload?.rows.length ?? 0) + chunk.faults.size
      counts.accepted += chunk.rows.length - others
      // Most chunks have only accepted rows, which need not be visited.
      if (others === 0) return
      for (const outcome of outcomesOf(settled)) {
        const { status } = outcome
        if (status === 'accepted') continue
        counts[status]++
        if (status === 'rejected' && rejectedRows.length < MOST_REJECTED_ROWS) rejectedRows.push(outcome)
        for (const issue of outcome.issues) addIssue(outcome.index, issue)
      }
    },
    summary(rows: number): Summary<Row> {
      const issueSummary = [...kinds.values()].sort((a, b) => b.count - a.count).slice(0, MOST_ISSUES)
      return { rows, ...counts, issueSummary, rejectedRows: rejectedRows.sort((a, b) => a.index - b.index), warnings: [...warnings] }
    },
  }
}
