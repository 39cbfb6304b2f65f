import { endOfText, repeatedName } from '../../util/json-text.ts'
import { FileFault } from '../file-faults.ts'
import { MAX_RECORD_SIZE, type SourceRecord, TOO_LONG } from './records.ts'

/** Parses JSON; throws if it is not JSON. */
export type ParseJson = (text: string) => unknown

/** The objects of a text with one on each line. */
export async function* ndjsonRecords(texts: AsyncIterable<string>, parse: ParseJson): AsyncIterable<readonly SourceRecord[]> {
  let rest = ''
  let line = 0
  for await (const text of texts) {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > MAX_RECORD_SIZE) throw tooLong(line + parts.length + 1)
    yield parts.flatMap((part) => recordOf(part, ++line, parse))
  }
  yield recordOf(rest, line + 1, parse)
}

function recordOf(text: string, line: number, parse: ParseJson): SourceRecord[] {
  return text.trim() === '' ? [] : [{ line, value: parsedObject(text, line, parse) }]
}

function parsedObject(text: string, line: number, parse: ParseJson): Readonly<Record<string, unknown>> {
  if (text.length > MAX_RECORD_SIZE) throw tooLong(line)
  const value = parsedValue(text, line, parse)
  if (!isRecord(value)) throw new FileFault('NOT_AN_OBJECT', 'What begins here is not an object of fields.', line)
  return value
}

/** Parses JSON that starts on a given line; throws if it is not JSON, or has a duplicate name in an object. */
export function parsedValue(text: string, line: number, parse: ParseJson): unknown {
  let value: unknown
  try {
    value = parse(text)
  } catch {
    throw new FileFault('INVALID_JSON', 'What begins here is not JSON.', line)
  }
  if (isTooDeep(text)) throw new FileFault('INVALID_JSON', `What begins here nests more than ${MAX_DEPTH} levels deep.`, line)
  if (repeatedName(text) !== undefined)
    throw new FileFault('DOUBLED_COLUMN', 'In the object that begins here a name stands twice: one of its values would be lost.', line)
  return value
}

/** Deeper values could be parsed, but not serialised again. */
const MAX_DEPTH = 500
const MANY_BRACKETS = new RegExp(`^(?:[^[{]*[[{]){${MAX_DEPTH}}`)

function isTooDeep(text: string): boolean {
  if (!MANY_BRACKETS.test(text)) return false
  let [depth, deepest] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') at = endOfText(text, at)
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth)
    else if (char === '}' || char === ']') depth--
  }
  return deepest > MAX_DEPTH
}

/** Whether a value is an object of fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function tooLong(line: number): FileFault {
  return new FileFault('RECORD_TOO_LONG', TOO_LONG, line)
}

/** The objects of a JSON array, one by one, so that only one is held in memory. */
export async function* jsonRecords(texts: AsyncIterable<string>, parse: ParseJson): AsyncIterable<readonly SourceRecord[]> {
  const splitter = createArraySplitter(parse)
  for await (const text of texts) yield splitter.take(text)
  splitter.end()
}

/** Splits a JSON array, read in pieces, into its elements, which are left to the parser. */
function createArraySplitter(parse: ParseJson) {
  let place: 'before' | 'first' | 'element' | 'after element' | 'next' | 'end' = 'before'
  let [line, beginsOn] = [1, 1]
  let kept = ''

  const endsWith = createElementEnd()
  const between = (char: string): void => {
    if (isWhite(char)) return
    if (place === 'before' && char === '[') place = 'first'
    else if (place === 'after element' && char === ',') place = 'next'
    else if ((place === 'after element' || place === 'first') && char === ']') place = 'end'
    else throw broken(line)
  }
  return {
    take(text: string): SourceRecord[] {
      const found: SourceRecord[] = []
      let from = place === 'element' ? 0 : -1
      const close = (end: number) => {
        found.push({ line: beginsOn, value: parsedObject(kept + text.slice(from, end), beginsOn, parse) })
        kept = ''
        from = -1
        place = 'after element'
      }
      for (let at = 0; at < text.length; at++) {
        const char = text[at] as string
        if (char === '\n') line++
        if (from < 0 && (place === 'first' || place === 'next') && !isWhite(char) && !(place === 'first' && char === ']')) {
          from = at
          beginsOn = line
          place = 'element'
        }
        if (from < 0) between(char)
        else {
          const end = endsWith(char)
          if (end !== 'no') close(end === 'with' ? at + 1 : at)
          if (end === 'before') between(char)
        }
      }
      if (from >= 0) kept += text.slice(from)
      if (kept.length > MAX_RECORD_SIZE) throw tooLong(beginsOn)
      return found
    },
    end(): void {
      if (place !== 'end') throw broken(line)
    },
  }
}

/** Finds the ends of elements: called with each character, it says whether an element ends before or with it. */
function createElementEnd(): (char: string) => 'before' | 'with' | 'no' {
  let depth = 0
  let [isInText, isEscaped] = [false, false]
  return (char) => {
    if (isInText) {
      if (isEscaped) isEscaped = false
      else if (char === '\\') isEscaped = true
      else if (char === '"') isInText = false
      return 'no'
    }
    if (char === '"') isInText = true
    else if (char === '{' || char === '[') depth++
    else if (depth === 0 && (char === ',' || char === ']')) return 'before'
    else if ((char === '}' || char === ']') && --depth === 0) return 'with'
    return 'no'
  }
}

function isWhite(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r'
}

function broken(line: number): FileFault {
  return new FileFault('INVALID_JSON', 'The array of rows is broken here, or its end is missing.', line)
}
