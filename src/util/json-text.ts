const BACKSLASH = 0x5c
const QUOTE = 0x22
const MAX_NAMED = 100

/** Parses JSON written by the operator; throws an error that says what is wrong and quotes at most the name of a member. */
export function parseStrictly(text: string): unknown {
  const value = parse(text)
  // `JSON.parse` keeps the last of two members with the same name, but whoever wrote both meant something else.
  const name = repeatedName(text)
  if (name !== undefined) throw new Error(`it has the name ${JSON.stringify(name.slice(0, MAX_NAMED))} twice in one object`)
  return value
}

function parse(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    throw new Error('it is not JSON')
  }
}

/**
 * Parses JSON with its names as written; throws as `JSON.parse` if it is not JSON, and a `RangeError` if it has an escape in a name and is
 * nested too deep. `parse` reads texts without such names. `JSON.parse` of V8 13 and 14 may misread a name with an escape as another one
 * that it begins with, if the process has seen that before: `"\\""` reads as a backslash (https://issues.chromium.org/issues/521080746). So
 * it is never given a text with such a name.
 */
export function parseJson(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  return hasEscapedName(text) ? parseOwnNames(text, parse) : parse(text)
}

function hasEscapedName(text: string): boolean {
  for (let at = text.indexOf('\\'); at >= 0; ) {
    const end = endOfText(text, at - 1)
    if (isName(text, end)) return true
    at = text.indexOf('\\', end)
  }
  return false
}

const COLON = /[ \t\r\n]*:/y

/** Whether the string closed at `end` is the name of a member. */
function isName(text: string, end: number): boolean {
  COLON.lastIndex = end + 1
  return COLON.test(text)
}

/** Parses with numbered placeholders for names, each of which is read as a string of its own. */
function parseOwnNames(text: string, parse: (text: string) => unknown): unknown {
  const numbers = new Map<string, string>()
  const pieces: string[] = []
  let copied = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    const from = at
    at = endOfText(text, from)
    if (!isName(text, at)) continue
    const name: string = JSON.parse(text.slice(from, at + 1))
    // One per distinct name: of equal names in an object the last value counts, in the place of the first.
    const number = numbers.get(name) ?? `name ${numbers.size}`
    numbers.set(name, number)
    pieces.push(text.slice(copied, from), `"${number}"`)
    copied = at + 1
  }
  const names = new Map(Array.from(numbers, ([name, number]) => [number, name]))
  return withNames(parse(pieces.join('') + text.slice(copied)), names)
}

/** Puts the names back in place of their placeholders; an object without placeholders is an `ExactNumber`. */
function withNames(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => withNames(item, names))
  const members = Object.entries(value)
  if (members.some(([number]) => !names.has(number))) return value
  return Object.fromEntries(members.map(([number, inner]) => [names.get(number) as string, withNames(inner, names)]))
}

/** The index of the quote that closes a string; if it is unclosed, the end of the text or one beyond. */
export function endOfText(text: string, open: number): number {
  let at = text.indexOf('"', open + 1)
  if (at >= 0 && text.charCodeAt(at - 1) !== BACKSLASH) return at
  // Escape by escape: searching for the next quote costs as much as twenty characters.
  for (at = open + 1; at < text.length && text.charCodeAt(at) !== QUOTE; ) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/** The first name that an object of a JSON text has twice; undefined if there is none. */
export function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') open.push(new Set())
    if (text[at] === '}') open.pop()
    if (text[at] !== '"') continue
    const from = at
    at = endOfText(text, from)
    if (isName(text, at)) {
      const name: string = JSON.parse(text.slice(from, at + 1))
      if (open.at(-1)?.has(name)) return name
      open.at(-1)?.add(name)
    }
  }
  return undefined
}
