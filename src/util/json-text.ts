const BACKSLASH = 0x5c
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
    return JSON.parse(text)
  } catch {
    throw new Error('it is not JSON')
  }
}

/** Where the text that opens there is closed; the end of all where it is not. */
export function endOfText(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = at
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes--
    if ((at - escapes) % 2 === 0) return at
  }
  return text.length
}

const COLON = /\s*:/y

/** The first name that an object of a JSON text has twice; undefined where none has. */
export function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') open.push(new Set())
    if (text[at] === '}') open.pop()
    if (text[at] !== '"') continue
    const end = endOfText(text, at) + 1
    COLON.lastIndex = end
    if (COLON.test(text)) {
      const name: string = JSON.parse(text.slice(at, end))
      if (open.at(-1)?.has(name)) return name
      open.at(-1)?.add(name)
    }
    at = end - 1
  }
  return undefined
}
