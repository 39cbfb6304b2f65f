import { LRUCache } from 'lru-cache'

const MINUTE_MS = 60_000
/** How many subjects are remembered; with more in a minute, some may be reported twice. */
const MAX_SUBJECTS = 100

/** Whether something may be reported now: not within a minute after the last report on the same subject. */
export function createOncePerMinute(now: () => number = () => performance.now()): (subject?: string) => boolean {
  const toldAt = new LRUCache<string, number>({ max: MAX_SUBJECTS })
  return (subject = '') => {
    const before = toldAt.get(subject)
    if (before !== undefined && now() - before < MINUTE_MS) return false
    toldAt.set(subject, now())
    return true
  }
}
