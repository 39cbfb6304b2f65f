import { parseJson } from '../util/json-text.ts'

/** Parses a request body as an object; undefined if it is not JSON or not an object. */
export function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = readJson(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

interface SourceJson {
  parse(text: string, read: (name: string, value: unknown, context: { source?: string }) => unknown): unknown
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
}

// Raw JSON numbers, which TypeScript's types of JSON do not include yet.
const sourceJson = JSON as unknown as SourceJson

/** A number that is printed as written. */
export const rawJSON = (text: string): unknown => sourceJson.rawJSON(text)

/** Whether a value is a number that is printed as written. */
export const isRawJSON = (value: unknown): boolean => sourceJson.isRawJSON(value)

const LONG_NUMBER = /\d(?:\.?\d){15}/

/** Parses JSON; numbers that a double would change are kept as written. */
export function readJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? parseJson(text, parseDigits) : parseJson(text)
}

function parseDigits(text: string): unknown {
  return sourceJson.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value,
  )
}
