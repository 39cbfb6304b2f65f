import type { Progress, SendOptions } from './types.ts'

type Counts = Pick<Progress, 'accepted' | 'rejected' | 'unconfirmed' | 'replayed'>

/** Tells a caller how far a run is; where the caller's function throws, that is a reason to stop. */
export function createProgress(counts: Counts, onProgress: SendOptions['onProgress'], onError: (error: unknown) => void) {
  let [rows, requests, retries] = [0, 0, 0]

  function tell(waiting?: Pick<Progress, 'waitingMs'>): void {
    const settled = counts.accepted + counts.rejected + counts.unconfirmed
    try {
      onProgress?.({ rows, settled, ...counts, requests, retries, ...waiting })
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
    settled: tell as () => void,
    request(isRepeated: boolean): void {
      requests++
      if (isRepeated) retries++
    },
    /** A request is repeated after so many milliseconds. */
    pause: (waitingMs: number) => tell({ waitingMs }),
  }
}
