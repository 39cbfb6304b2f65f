import type { Logger } from './log.ts'

/** Says in the log that what a setting names cannot be used as it stands now. */
export function reportUnusable(log: Logger) {
  return (setting: string, cause: unknown): void => {
    log.warn(
      { setting, cause: cause instanceof Error ? cause.message : typeof cause },
      'cannot be used as it is now; what was read before goes on being used, where there is any',
    )
  }
}
