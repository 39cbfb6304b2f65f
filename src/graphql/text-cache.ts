/** What was made of texts, by the text. */
export interface TextCache<Value> {
  get(text: string): Value | undefined
  set(text: string, value: Value): void
}

/** How much a cache keeps. */
export interface TextCacheLimits {
  readonly entries: number
  /** Characters of all texts together: what is made of a text is mostly as large as the text. */
  readonly characters: number
}

/** Keeps what was made of the texts that were asked for last; a text longer than all may be together is not kept. */
export function createTextCache<Value>({ entries, characters }: TextCacheLimits): TextCache<Value> {
  const kept = new Map<string, Value>()
  let length = 0
  // Most requests come with the text of the one before, which stands last already.
  let last: { readonly text: string; readonly value: Value } | undefined

  function drop(text: string): void {
    if (kept.delete(text)) length -= text.length
  }

  function keep(text: string, value: Value): void {
    drop(text)
    kept.set(text, value)
    length += text.length
    last = { text, value }
    for (const oldest of kept.keys()) {
      if (kept.size <= entries && length <= characters) return
      drop(oldest)
    }
  }

  return {
    get(text) {
      if (text === last?.text) return last.value
      const value = kept.get(text)
      if (value !== undefined) keep(text, value)
      return value
    },
    set(text, value) {
      if (text.length <= characters) keep(text, value)
    },
  }
}
