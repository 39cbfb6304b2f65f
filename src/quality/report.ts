import { addCount, type IssueCount, type IssueCounts, type Minute } from './minutes.ts'

/** Lengths of the buckets of a report, in minutes. */
const BUCKETS = { MINUTE: 1, HOUR: 60, DAY: 1_440 } as const satisfies Record<string, number>

/** The length of a bucket. */
export type BucketLength = keyof typeof BUCKETS

/** Outcomes of rows, in total or in one bucket. */
export interface Quality {
  readonly mutations: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  /** Accepted rows over all rows; undefined where there were none. */
  readonly passRate: number | undefined
  /** Issues by code and field, most frequent first. */
  readonly issues: readonly IssueCount[]
}

/** One bucket, which begins at `start` (milliseconds since 1970). */
export interface QualityBucket extends Quality {
  readonly start: number
}

/** The totals of some minutes. */
export function sumUp(minutes: readonly Minute[]): Quality {
  const sum = (of: (minute: Minute) => number) => minutes.reduce((total, minute) => total + of(minute), 0)
  const [accepted, rejected, unconfirmed] = [sum((m) => m.rows.ACCEPTED), sum((m) => m.rows.REJECTED), sum((m) => m.rows.UNCONFIRMED)]
  const issues: IssueCounts = new Map()
  for (const minute of minutes) for (const count of minute.issues.values()) addCount(issues, count, count.count)
  const rows = accepted + rejected + unconfirmed
  return {
    mutations: sum((m) => m.mutations),
    accepted,
    rejected,
    unconfirmed,
    passRate: rows === 0 ? undefined : accepted / rows,
    issues: [...issues.values()].sort((a, b) => b.count - a.count),
  }
}

/** The totals over time: buckets with activity, in order. */
export function overTime(minutes: readonly Minute[], length: BucketLength): QualityBucket[] {
  const ms = BUCKETS[length] * 60_000
  const groups = Map.groupBy(minutes, ({ start }) => Math.floor(start / ms) * ms)
  return [...groups].sort(([a], [b]) => a - b).map(([start, ofBucket]) => ({ start, ...sumUp(ofBucket) }))
}
