const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
// A double holds every decimal of fifteen digits.
const CERTAIN_LENGTH = 15

interface RawJson {
  rawJSON?(text: string): unknown
}

/** The number that a text writes, with every digit; undefined where the text is no number as JSON writes it. */
export function exactNumber(text: string): unknown {
  if (!NUMBER.test(text)) return undefined
  if (text.length <= CERTAIN_LENGTH && !/e/i.test(text)) return Number(text)
  return String(Number(text)) === text ? Number(text) : (JSON as RawJson).rawJSON?.(text)
}
