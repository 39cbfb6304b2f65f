import type { Driver, Until } from './drive.ts'
import { cpuMicroseconds, peakMemoryMiB, resetPeakMemory } from './process-usage.ts'
import type { Running } from './start-process.ts'

/** One measured stretch of one subject under one load. */
export interface Sample {
  readonly cpuPerRow: number
  readonly rowsPerSecond: number
  readonly p50: number
  readonly p99: number
  readonly peakMiB: number
  readonly loopP99: number
  readonly loopMax: number
  readonly rows: number
}

/** What is sent while measuring. */
export interface Stretch {
  readonly next: () => Buffer
  readonly rowsPerRequest: number
  readonly until: Until
  /** Throws when an answer is not what this load must be answered with. */
  readonly check: (answer: string) => void
}

/** Drives a subject for a while and reads from outside what that cost it. */
export async function measure(subject: Running, driver: Driver, { next, rowsPerRequest, until, check }: Stretch): Promise<Sample> {
  await subject.ask('reset')
  resetPeakMemory(subject.pid)
  const before = cpuMicroseconds(subject.pid)
  const { requests, seconds, latencies, sample } = await driver.drive(next, until)
  const cpu = cpuMicroseconds(subject.pid) - before
  const loop = await subject.ask<{ p99: number; max: number }>('read')
  check(sample)

  const rows = requests * rowsPerRequest
  return {
    rows,
    cpuPerRow: cpu / rows,
    rowsPerSecond: rows / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    peakMiB: peakMemoryMiB(subject.pid),
    loopP99: loop.p99,
    loopMax: loop.max,
  }
}

/** The value below which a share of the sorted numbers lies. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  return (lower + upper) / 2
}
