import type { Logger } from './log.ts'
import { createOnceAMinute } from './once-a-minute.ts'

/** Says in the log that the store of idempotency keys cannot be used, which one, and what that means. */
export function reportStore(log: Logger, store: string) {
  const mayBeSaid = createOnceAMinute()
  return (error: unknown): void => {
    if (!mayBeSaid()) return
    const cause = error instanceof Error ? error.message : typeof error
    log.warn(
      { cause, store },
      'the store of idempotency keys cannot be used: mutations with a key are declined, all others are not touched by it; said once a minute',
    )
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
