import type { Progress, SendOptions } from './types.ts'

type Counts = Pick<Progress, 'accepted' | 'rejected' | 'unconfirmed' | 'replayed'>

/** Tells a caller how far a run is; where the caller's function throws, that is a reason to stop. */
export function createProgress(counts: Counts, onProgress: SendOptions['onProgress'], onError: (error: unknown) => void) {
  let [rows, requests, retries, waitingUntil] = [0, 0, 0, 0]

  function tell(): void {
    if (onProgress === undefined) return
    const waitingMs = Math.ceil(waitingUntil - performance.now())
    const settled = counts.accepted + counts.rejected + counts.unconfirmed
    try {
      onProgress({ rows, settled, ...counts, requests, retries, ...(waitingMs > 0 && { waitingMs }) })
    } catch (error) {
      onError(error)
    }
  }

  return {
    rows: () => rows,
    /** Rows were read. */
    read(count: number): void {
      rows += count
      tell()
    },
    /** Rows were settled: the counts have changed. */
    settled: tell,
    request(isRepeated: boolean): void {
      requests++
      if (isRepeated) retries++
    },
    pause(ms: number): void {
      waitingUntil = Math.max(waitingUntil, performance.now() + ms)
      tell()
    },
  }
}
