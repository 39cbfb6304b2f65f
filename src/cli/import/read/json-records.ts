import { hasRepeatedName } from '../../../tabular/repeated-name.ts'
import { parseExactly } from '../../../util/exact-json.ts'
import { ImportFailure } from '../failure.ts'
import { MAX_RECORD_SIZE, type SourceRecord } from './records.ts'

/** The objects of a text that has one on each line, with numbers in all their digits. */
export async function* ndjsonRecords(texts: AsyncIterable<string>): AsyncIterable<readonly SourceRecord[]> {
  let rest = ''
  let line = 0
  for await (const text of texts) {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > MAX_RECORD_SIZE) throw tooLong(line + parts.length + 1)
    yield parts.flatMap((part) => recordOf(part, ++line))
  }
  yield recordOf(rest, line + 1)
}

function recordOf(text: string, line: number): SourceRecord[] {
  return text.trim() === '' ? [] : [parsed(text, line)]
}

function parsed(text: string, line: number): SourceRecord {
  if (text.length > MAX_RECORD_SIZE) throw tooLong(line)
  let value: unknown
  try {
    value = parseExactly(text)
  } catch {
    throw new ImportFailure(
      { code: 'INVALID_JSON', line, message: 'What begins here is not JSON.' },
      'Correct it where the file is made: it must be one object a line, or one array of objects.',
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ImportFailure({ code: 'NOT_AN_OBJECT', line, message: 'What begins here is no object of fields.' }, 'Write one object a row.')
  if (hasRepeatedName(text)) throw repeatedName(line)
  return { line, value: value as Record<string, unknown> }
}

function repeatedName(line: number): ImportFailure {
  return new ImportFailure(
    { code: 'DOUBLED_COLUMN', line, message: 'In the object that begins here a name stands twice: one of its values would be lost.' },
    'Write each name once.',
  )
}

function tooLong(line: number): ImportFailure {
  return new ImportFailure(
    {
      code: 'RECORD_TOO_LONG',
      line,
      message: `The record beginning here has more than ${MAX_RECORD_SIZE.toLocaleString('en')} characters.`,
    },
    'One upstream request takes about a million bytes; check whether line ends are missing.',
  )
}

/** The objects of a text that is one JSON array, cut out one by one, so that no more than one of them is held. */
export async function* jsonRecords(texts: AsyncIterable<string>): AsyncIterable<readonly SourceRecord[]> {
  const splitter = createArraySplitter()
  for await (const text of texts) yield splitter.take(text)
  splitter.end()
}

type Place = 'before' | 'first' | 'element' | 'after element' | 'next' | 'end'

/** Cuts the elements of an array out of a text that comes bit by bit; what they are is left to the parser. */
function createArraySplitter() {
  let place: Place = 'before'
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
        found.push(parsed(kept + text.slice(from, end), beginsOn))
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

/** Finds the ends of elements: given one character after the other, it says whether one ends before or with it. */
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

function broken(line: number): ImportFailure {
  return new ImportFailure(
    { code: 'INVALID_JSON', line, message: 'The array of rows is broken here, or its end is missing.' },
    'Fetch or make the file again: it must be one array of objects, or one object a line.',
  )
}
