import { LRUCache } from 'lru-cache'

const REMEMBERED = 10_000

// As `attemptHeaders` makes them; ids of this form that nobody made here are the upstream's own.
const QUOTED_ID = /"((?:[A-Za-z0-9._~:@/+=-]{1,128}~)?[0-9a-f]{8})"/
const QUOTED_IDS = new RegExp(QUOTED_ID, 'g')

// As JSON may write what stands in an id.
const ESCAPED = /\\(?:\/|u00)/
const ESCAPES = /\\(?:\/|u00([0-9a-f]{2}))/gi
const unescaped = (_: string, hex: string | undefined) => (hex === undefined ? '/' : String.fromCharCode(Number.parseInt(hex, 16)))

const MAX_CALLERS_ID = 128

/** What may be an id that has its `~` there, in a text with more around it: from wherever it begins. */
function idsAround(text: string, at: number): readonly string[] {
  const end = at + 1 + 8
  if (!/^[0-9a-f]{8}$/.test(text.slice(at + 1, end))) return []
  let from = at
  while (from > 0 && at - from < MAX_CALLERS_ID && /[A-Za-z0-9._~:@/+=-]/.test(text[from - 1] ?? '')) from--
  return Array.from({ length: at - from }, (_, skipped) => text.slice(from + skipped, end))
}

/** Knows the ids of the last ten thousand attempts at the upstream, of whichever tenant. */
export function createAttemptIds() {
  const ids = new LRUCache<string, true>({ max: REMEMBERED })
  return {
    note: (id: string): void => void ids.set(id, true),
    /** Whether an answer to the attempt of that id carries the id of another one: as a header, as a text in its body, or within one. */
    isOfAnother(id: string, headers: Readonly<Record<string, string | string[] | undefined>>, body: string): boolean {
      const isAnother = (carried: unknown) => typeof carried === 'string' && carried !== id && ids.has(carried)
      for (const name in headers) if ([headers[name]].flat().some(isAnother)) return true
      const text = ESCAPED.test(body) ? body.replace(ESCAPES, unescaped) : body
      if (QUOTED_ID.test(text) && [...text.matchAll(QUOTED_IDS)].some(([, carried]) => isAnother(carried))) return true
      for (let at = text.indexOf('~'); at >= 0; at = text.indexOf('~', at + 1)) if (idsAround(text, at).some(isAnother)) return true
      return false
    },
  }
}
