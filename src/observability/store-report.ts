import type { Logger } from './log.ts'

const MINUTE_MS = 60_000

/** Says in the log that the store of idempotency keys cannot be used, which one, and what that means; and that it can be again. */
export function reportStore(log: Logger, store: string) {
  let outage: { readonly since: number; readonly mayBeSaid: () => boolean } | undefined
  return {
    onUnavailable(error: unknown): void {
      outage ??= { since: performance.now(), mayBeSaid: createOnceAMinute() }
      if (!outage.mayBeSaid()) return
      const cause = error instanceof Error ? error.message : typeof error
      log.warn(
        { cause, store },
        'the store of idempotency keys cannot be used: mutations with a key are declined, all others are not touched by it; said once a minute',
      )
    },
    onAvailable(): void {
      if (outage === undefined) return
      const seconds = Math.ceil((performance.now() - outage.since) / 1_000)
      log.info({ store, seconds }, 'the store of idempotency keys can be used again, and has all that it had failed to take')
      outage = undefined
    },
  }
}

/** Says in the log that requests come back whose records only a newer version of Rowgate can read. */
export function reportNewerRecords(log: Logger) {
  const mayBeSaid = createOnceAMinute()
  return (): void => {
    if (mayBeSaid())
      log.warn(
        'a newer version of Rowgate wrote what is stored under an idempotency key: requests with that key are declined here; said once a minute',
      )
  }
}

function createOnceAMinute(): () => boolean {
  let saidAt = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - saidAt < MINUTE_MS) return false
    saidAt = performance.now()
    return true
  }
}
