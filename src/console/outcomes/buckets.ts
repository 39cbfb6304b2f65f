import type { Bucket } from '../session/queries.ts'

/** The length of a chart's buckets. */
export type BucketLength = 'MINUTE' | 'HOUR'

/** A period to look at. */
export interface Period {
  readonly title: string
  readonly bucket: BucketLength
  readonly bars: number
}

/** The periods, by name. */
export const PERIODS = {
  day: { title: 'Last 24 hours', bucket: 'HOUR', bars: 24 },
  hour: { title: 'Last hour', bucket: 'MINUTE', bars: 60 },
} as const satisfies Record<string, Period>

const LENGTH_MS: Readonly<Record<BucketLength, number>> = { MINUTE: 60_000, HOUR: 3_600_000 }

/** The start of a period's first bar. */
export function sinceOf({ bucket, bars }: Period, now: number): number {
  const length = LENGTH_MS[bucket]
  return (Math.floor(now / length) - bars + 1) * length
}

/** One bar per bucket of a period; empty buckets, which are not in the answer, are filled in. */
export function filledBuckets(buckets: readonly Bucket[], { bucket, bars }: Period, since: number): readonly Bucket[] {
  const byStart = new Map(buckets.map((one) => [Date.parse(one.start), one]))
  return Array.from({ length: bars }, (_, at) => {
    const start = since + at * LENGTH_MS[bucket]
    return byStart.get(start) ?? { start: new Date(start).toISOString(), accepted: 0, rejected: 0, unconfirmed: 0 }
  })
}

/** The next round number for a scale, even so that its half is whole. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  const step = [2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value && (one * power) % 2 === 0) ?? 10
  return step * power
}
