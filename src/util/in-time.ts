/** Waits for work, but no longer than `ms`: resolves with undefined then, and the work goes on. */
export function inTime<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), ms).unref()
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}
