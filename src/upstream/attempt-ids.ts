import { LRUCache } from 'lru-cache'

/** Knows the ids of recent attempts at the upstream, of whichever tenant. */
export interface AttemptIds {
  note(id: string): void
  /** Whether an answer to the attempt of that id carries the id of another one, in a header or as a text in its body. */
  isOfAnother(id: string, headers: Readonly<Record<string, string | string[] | undefined>>, body: string): boolean
}

const REMEMBERED = 10_000

// As `attemptHeaders` makes them; ids of this form that nobody made here are the upstream's own.
const QUOTED_ID = /"((?:[A-Za-z0-9._~:@/+=-]{1,128}~)?[0-9a-f]{8})"/
const QUOTED_IDS = new RegExp(QUOTED_ID, 'g')

/** A memory of the last ten thousand ids. */
export function createAttemptIds(): AttemptIds {
  const ids = new LRUCache<string, true>({ max: REMEMBERED })
  return {
    note: (id) => void ids.set(id, true),
    isOfAnother(id, headers, body) {
      const isAnother = (carried: unknown) => typeof carried === 'string' && carried !== id && ids.has(carried)
      for (const name in headers) if (name.endsWith('id') && [headers[name]].flat().some(isAnother)) return true
      const text = body.includes('\\/') ? body.replaceAll('\\/', '/') : body
      return QUOTED_ID.test(text) && [...text.matchAll(QUOTED_IDS)].some(([, carried]) => isAnother(carried))
    },
  }
}
