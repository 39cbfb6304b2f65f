const MINUTE_MS = 60_000

/** True when it is asked first, and when it last said so a minute ago: for what is said in the log no oftener. */
export function createOnceAMinute(): () => boolean {
  let saidAt = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - saidAt < MINUTE_MS) return false
    saidAt = performance.now()
    return true
  }
}
