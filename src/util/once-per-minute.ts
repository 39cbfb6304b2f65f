import { LRUCache } from 'lru-cache'

const MINUTE_MS = 60_000
/** Subjects that are remembered; what is said of more than these in a minute may be said again. */
const MAX_SUBJECTS = 100

/** Says whether something may be told now: not where the same subject was told less than a minute ago. */
export function createOncePerMinute(now: () => number = () => performance.now()): (subject?: string) => boolean {
  const toldAt = new LRUCache<string, number>({ max: MAX_SUBJECTS })
  return (subject = '') => {
    const before = toldAt.get(subject)
    if (before !== undefined && now() - before < MINUTE_MS) return false
    toldAt.set(subject, now())
    return true
  }
}
