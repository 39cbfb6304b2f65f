import { LRUCache } from 'lru-cache'
import { errorCode } from '../util/error-code.ts'

/** Told why the upstream could not be reached or broke a connection: the code of an error such as ENOTFOUND, and nothing else of it. */
export type OnConnectionError = (code: string) => void

const QUIET_MS = 60_000
const MAX_CODES = 100

/** Passes each code on once in a minute; what an error says beside it could hold an address or a secret. */
export function oncePerMinute(report: OnConnectionError, now: () => number = () => performance.now()): (error: unknown) => void {
  const reportedAt = new LRUCache<string, number>({ max: MAX_CODES })
  return (error) => {
    const code = errorCode(error) ?? 'UNKNOWN'
    const before = reportedAt.get(code)
    if (before !== undefined && now() - before < QUIET_MS) return
    reportedAt.set(code, now())
    report(code)
  }
}
