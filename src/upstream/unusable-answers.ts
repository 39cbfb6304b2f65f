import type { Batch } from '../ingest/upstream-port.ts'

/** An answer that says nothing of its rows for certain: its status, what kind of body it had, and for whom it was. */
export interface UnusableAnswer {
  readonly status: number
  /** By its first character. */
  readonly body: 'none, or cut off' | 'HTML' | 'JSON' | 'other text'
  readonly tenantId: string
  readonly origins: Batch['origins']
}

/** Told of such answers, and of nothing that stood in them. */
export type OnUnusableAnswer = (answer: UnusableAnswer) => void

const QUIET_MS = 60_000

/** Takes status and body of each answer that says nothing of its rows; reports one of each status and kind of body in a minute. */
export function createUnusableReport(report: OnUnusableAnswer, now: () => number = () => performance.now()) {
  // As many entries as there are statuses and kinds of bodies at most.
  const reportedAt = new Map<string, number>()
  return (status: number, text: string | undefined, { destination, origins }: Batch): void => {
    const body = kindOf(text)
    const before = reportedAt.get(status + body)
    if (before !== undefined && now() - before < QUIET_MS) return
    reportedAt.set(status + body, now())
    report({ status, body, tenantId: destination.tenant.id, origins })
  }
}

function kindOf(text = ''): UnusableAnswer['body'] {
  const start = text.trimStart().slice(0, 1)
  if (start === '') return 'none, or cut off'
  if (start === '<') return 'HTML'
  return start === '{' || start === '[' ? 'JSON' : 'other text'
}
