import { LRUCache } from 'lru-cache'

const REMEMBERED = 10_000

// As `attemptHeaders` ends them: behind the id of a request, or by themselves. What nobody made here is the upstream's own.
const ENDINGS = /(["~])([0-9a-f]{8})/g

// As JSON may write what stands in an id.
const ESCAPED = /\\(?:\/|u00)/
const ESCAPES = /\\(?:\/|u00([0-9a-f]{2}))/gi
const unescaped = (_: string, hex: string | undefined) => (hex === undefined ? '/' : String.fromCharCode(Number.parseInt(hex, 16)))

/** Knows the ids of the last ten thousand attempts at the upstream, of whichever tenant. */
export function createAttemptIds() {
  const idsByEnding = new LRUCache<string, string>({ max: REMEMBERED })
  return {
    note: (id: string): void => void idsByEnding.set(id.slice(-8), id),
    /** Whether an answer to the attempt of that id carries the id of another one: as a header, as a text in its body, or within one. */
    isOfAnother(id: string, headers: Readonly<Record<string, string | string[] | undefined>>, body: string): boolean {
      const another = (ending: string) => {
        const known = idsByEnding.peek(ending)
        return known === id ? undefined : known
      }
      for (const name in headers) if ([headers[name]].flat().some((value) => value && another(value.slice(-8)) === value)) return true
      const text = ESCAPED.test(body) ? body.replace(ESCAPES, unescaped) : body
      for (const { 0: found, 1: mark, 2: ending = '', index } of text.matchAll(ENDINGS)) {
        const end = index + found.length
        const known = another(ending)
        if (known === undefined) continue
        // Eight digits within a text say nothing.
        if (known === ending ? mark === '"' && text[end] === '"' : text.endsWith(known, end)) return true
      }
      return false
    },
  }
}
