const BACKSLASH = 0x5c
const QUOTE = 0x22
const MAX_NAMED = 100

/** What the operator's own JSON says; throws an error whose message says what is wrong with it, and quotes the name of a member at most. */
export function parseStrictly(text: string): unknown {
  const value = parse(text)
  // Of two members of one name `JSON.parse` keeps the last: whoever wrote both meant something else.
  const name = repeatedName(text)
  if (name !== undefined) throw new Error(`it has two members of the name ${JSON.stringify(name.slice(0, MAX_NAMED))} in one object`)
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
 * What a JSON text says, with the names that it has; throws as `JSON.parse` where it is not JSON, and a `RangeError` where it has an
 * escape in a name and nests too deep. `parse` is who reads a text without such names.
 *
 * `JSON.parse` of V8 13 and 14 takes a name that has an escape for another whose letters it begins with, where the process has seen that
 * before: `"\\""` reads as a backslash (https://issues.chromium.org/issues/521080746). So no text with such a name is given to it.
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

/** Whether a text that is closed there is the name of a member. */
function isName(text: string, end: number): boolean {
  COLON.lastIndex = end + 1
  return COLON.test(text)
}

/** The same by numbers in the place of names, each of which is read as a text. */
function parseOwnNames(text: string, parse: (text: string) => unknown): unknown {
  const numbers = new Map<string, string>()
  const pieces: string[] = []
  let copied = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    const from = at
    at = endOfText(text, from)
    if (!isName(text, at)) continue
    const name: string = JSON.parse(text.slice(from, at + 1))
    // One for equal names: of those in one object the last counts, in the place of the first.
    const number = numbers.get(name) ?? `name ${numbers.size}`
    numbers.set(name, number)
    pieces.push(text.slice(copied, from), `"${number}"`)
    copied = at + 1
  }
  const names = new Map(Array.from(numbers, ([name, number]) => [number, name]))
  return withNames(parse(pieces.join('') + text.slice(copied)), names)
}

/** The same value with names in the place of their numbers; an object without such is none of JSON, but a number of many digits. */
function withNames(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => withNames(item, names))
  const members = Object.entries(value)
  if (members.some(([number]) => !names.has(number))) return value
  return Object.fromEntries(members.map(([number, inner]) => [names.get(number) as string, withNames(inner, names)]))
}

/** Where the text that opens there is closed; the end of all, or one behind it, where it is not. */
export function endOfText(text: string, open: number): number {
  let at = text.indexOf('"', open + 1)
  if (at >= 0 && text.charCodeAt(at - 1) !== BACKSLASH) return at
  // Each escape by itself: looking for the next quote costs as much as twenty characters.
  for (at = open + 1; at < text.length && text.charCodeAt(at) !== QUOTE; ) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/** The first name that an object of a JSON text has twice; undefined where none has. */
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
