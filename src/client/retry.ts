import { ClientError } from './client-error.ts'

/** How often the same request goes unanswered before that is the end of it: the last pauses are half a minute. */
export const TRIES = 12
/** As often when nothing was sent yet, or when the gateway lives and only its store does not. */
export const FEW_TRIES = 4

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 30_000

/** How long to wait before another try: what was asked for, and by chance up to a pause that doubles each time. */
export function pauseMs(tries: number, retryAfterMs: number | null | undefined): number {
  return Math.ceil((retryAfterMs ?? 0) + Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries))
}

/** Whether the very same request, with its key, may come to another end. */
function isWorthRepeating({ code, status = 200, retryAfterMs }: ClientError): boolean {
  // A field is declined with a code of its own beside the fields that are not.
  return retryAfterMs !== undefined || status >= 500 || status === 429 || code === 'UNREACHABLE' || code === 'INTERNAL_SERVER_ERROR'
}

/** What `ask` comes to, repeated while that is worth it and has not been done too often; `pause` says whether to go on after it. */
export async function repeated<T>(
  ask: () => Promise<T>,
  pause: (ms: number) => Promise<boolean>,
  triesFor: (error: ClientError) => number,
): Promise<T> {
  for (let nth = 1; ; nth++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof ClientError && isWorthRepeating(error) && nth < triesFor(error))) throw error
      if (!(await pause(pauseMs(nth, error.retryAfterMs)))) throw error
    }
  }
}
