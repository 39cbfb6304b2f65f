/** Knows the ids of recent attempts at the upstream, of whichever tenant. */
export interface AttemptIds {
  note(id: string): void
  /** Whether an answer to the attempt of that id carries the id of another one, in a header or as a text in its body. */
  isOfAnother(id: string, headers: Readonly<Record<string, string | string[] | undefined>>, body: string): boolean
}

/** Ids that are known at least; twice as many at most. */
const REMEMBERED = 10_000

// As `attemptHeaders` makes them; ids of this form that nobody made here are the upstream's own.
const QUOTED_ID = /"((?:[A-Za-z0-9._~:@/+=-]{1,128}~)?[0-9a-f]{8})"/g

/** A memory of ids in two halves, of which the older one is forgotten when the younger one is full. */
export function createAttemptIds(): AttemptIds {
  let young = new Set<string>()
  let old = new Set<string>()
  return {
    note(id) {
      if (young.size >= REMEMBERED) {
        old = young
        young = new Set()
      }
      young.add(id)
    },
    isOfAnother(id, headers, body) {
      const isAnother = (carried: string | undefined) => carried !== undefined && carried !== id && (young.has(carried) || old.has(carried))
      const ofHeaders = Object.entries(headers).flatMap(([name, value]) => (name.endsWith('id') ? value : []))
      if (ofHeaders.some(isAnother)) return true
      return [...body.replaceAll('\\/', '/').matchAll(QUOTED_ID)].some(([, carried]) => isAnother(carried))
    },
  }
}
