import { ClientError } from './client-error.ts'

/** How often a request may go unanswered; the last pauses are half a minute. */
export const TRIES = 12
/** The same when nothing was sent yet, or when only the store of the gateway is down. */
export const FEW_TRIES = 4

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 30_000

/** How long to wait before the next try: what was asked for, plus a random part up to a bound that doubles with each try. */
export function pauseMs(tries: number, retryAfterMs: number | null | undefined): number {
  return Math.ceil((retryAfterMs ?? 0) + Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries))
}

/** Whether the same request, with its key, may succeed when it is repeated. */
function isWorthRepeating({ code, status = 200, retryAfterMs }: ClientError): boolean {
  // A field is declined with a code of its own beside the fields that are not.
  return retryAfterMs !== undefined || status >= 500 || status === 429 || code === 'UNREACHABLE' || code === 'INTERNAL_SERVER_ERROR'
}

/** Calls `ask`, and repeats it while that may help, within the limit of tries; `pause` resolves with whether to go on. */
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
