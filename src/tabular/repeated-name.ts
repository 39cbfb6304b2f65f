/**
 * Whether an object in a JSON text has a name twice: all but one of its values would be lost without a word. The text is known to be
 * JSON, where a colon outside of texts stands behind each name.
 */
export function hasRepeatedName(text: string): boolean {
  return namesWritten(text) !== namesRead(JSON.parse(text))
}

function namesWritten(text: string): number {
  let count = 0
  let isInText = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') isInText = !isInText
    else if (!isInText) count += char === ':' ? 1 : 0
    else if (char === '\\') at++
  }
  return count
}

function namesRead(value: unknown): number {
  let count = 0
  const left = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null) continue
    const inner: readonly unknown[] = Object.values(next)
    if (!Array.isArray(next)) count += inner.length
    for (const one of inner) left.push(one)
  }
  return count
}
