/** A name without what editions of the upstream differ in: case, underscores and dashes do not count. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '')
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value under the first of the names that an object has, in any case, with or without underscores and dashes. */
export function valueAt(holder: unknown, names: readonly string[]): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined
  const entries = Object.entries(holder)
  for (const name of names) {
    const found = entries.find(([key]) => plainName(key) === plainName(name))
    if (found) return found[1]
  }
  return undefined
}

/** The same, as text: a number counts as its digits; anything else, or an empty text, as absent. */
export function textAt(holder: unknown, names: readonly string[]): string | undefined {
  const value = valueAt(holder, names)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The same, where it is a list. */
export function listAt(holder: unknown, names: readonly string[]): readonly unknown[] | undefined {
  const value = valueAt(holder, names)
  return Array.isArray(value) ? value : undefined
}

/** What a JSON text holds, undefined where it is none. */
export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
