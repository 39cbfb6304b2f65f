const MAX_DOCUMENTS = 500
const MAX_TEXT = 4_000
const INLINE_ROWS = /(?<!\$)\brows\s*:\s*[[{]/

/** What Yoga asks of a cache of documents by their text. */
export interface DocumentCache<Value> {
  get(text: string): Value | undefined
  set(text: string, value: Value): void
}

/**
 * Keeps what was made of the last 500 documents. One that is long or has rows written into it is not kept: it will not
 * come again, and trees of such documents filled a gigabyte within seconds.
 */
export function createDocumentCache<Value>(): DocumentCache<Value> {
  const kept = new Map<string, Value>()
  // Most requests come with the document of the one before, which stands last already.
  let last: { readonly text: string; readonly value: Value } | undefined
  return {
    get(text) {
      if (text === last?.text) return last.value
      const value = kept.get(text)
      if (value === undefined) return undefined
      kept.delete(text)
      kept.set(text, value)
      last = { text, value }
      return value
    },
    set(text, value) {
      if (!isWorthKeeping(text)) return
      kept.set(text, value)
      last = { text, value }
      if (kept.size > MAX_DOCUMENTS) kept.delete(kept.keys().next().value as string)
    },
  }
}

/** Whether a document is likely to be sent again as it is. */
export function isWorthKeeping(text: string): boolean {
  return text.length <= MAX_TEXT && !INLINE_ROWS.test(text)
}
