import type { Logger } from './log.ts'

/** Says in the log that the store of idempotency keys cannot be used, and what that means. */
export function reportStore(log: Logger) {
  return (error: unknown): void => {
    const cause = error instanceof Error ? error.message : typeof error
    log.warn({ cause }, 'the store of idempotency keys cannot be used: mutations with a key are declined, all others are not touched by it')
  }
}
