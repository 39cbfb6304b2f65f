import { LRUCache } from 'lru-cache'

/** Told why the upstream could not be reached or broke a connection: the code of an error such as ENOTFOUND, and nothing else of it. */
export type OnConnectionError = (code: string) => void

const QUIET_MS = 60_000
const MAX_CODES = 100
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/

/** Passes each code on once in a minute; what an error says beside it could hold an address or a secret. */
export function oncePerMinute(report: OnConnectionError, now: () => number = () => performance.now()): (error: unknown) => void {
  const reportedAt = new LRUCache<string, number>({ max: MAX_CODES })
  return (error) => {
    const code = codeOf(error) ?? 'UNKNOWN'
    const before = reportedAt.get(code)
    if (before !== undefined && now() - before < QUIET_MS) return
    reportedAt.set(code, now())
    report(code)
  }
}

/** The code nearest to the socket: undici wraps some errors in one of its own. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const inner = 'cause' in error ? codeOf(error.cause) : undefined
  if (inner !== undefined) return inner
  return 'code' in error && typeof error.code === 'string' && CODE.test(error.code) ? error.code : undefined
}
