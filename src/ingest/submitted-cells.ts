import type { Tenant } from '../identity.ts'

/** How many values are looked at. */
const MAX_CELLS = 200_000

/** Submitted values, normalised for finding quotes of them in a text. */
export interface Cells {
  /** All of them, without punctuation and spaces, one per line. */
  readonly joined: string
  /** Those of three characters or more, with punctuation replaced by single spaces. */
  readonly apart: readonly string[]
  /** False where there are more values than are looked at. */
  readonly areAll: boolean
}

/** Whether a text occurs in a cell, or a cell in the text. */
export function holdsQuote(text: string, { joined, apart, areAll }: Cells): boolean {
  if (!areAll) return true
  const spaced = apartOf(text)
  const isWithinCell =
    spaced.split(' ').some((word) => word.length >= 3 && joined.includes(word)) ||
    (spaced.length >= 3 && joined.includes(spaced.replaceAll(' ', '')))
  return isWithinCell || apart.some((cell) => spaced.includes(cell))
}

/** Whether a code contains a cell, or ends in a number that occurs in one. */
export function holdsCell(code: string, { joined, apart, areAll }: Cells): boolean {
  const bare = apartOf(code).replaceAll(' ', '')
  const [number = ''] = /\d{3,}$/.exec(code) ?? []
  return !areAll || apart.some((cell) => bare.includes(cell.replaceAll(' ', ''))) || (number !== '' && joined.includes(number))
}

/** The cells of some values: texts, numbers and member names, at any depth; and the token. */
export function cellsOf(values: readonly unknown[], { credential }: Tenant): Cells {
  const found = new Set<string>([credential.reveal()])
  let left = MAX_CELLS
  const add = (value: unknown): void => {
    if (value === null || value === undefined || typeof value === 'boolean' || --left < 0) return
    if (typeof value !== 'object') found.add(String(value))
    else if (Array.isArray(value)) value.forEach(add)
    else
      for (const [name, inner] of Object.entries(value)) {
        found.add(name)
        add(inner)
      }
  }
  values.forEach(add)
  const apart = [...new Set([...found].flatMap(formsOf))]
  return {
    joined: apart.map((cell) => cell.replaceAll(' ', '')).join('\n'),
    apart: apart.filter((cell) => cell.length >= 3),
    areAll: left >= 0,
  }
}

/** A cell in normal form, as it is and with JSON, URL and HTML escapes decoded. */
function formsOf(cell: string): string[] {
  const plain = unescaped(cell)
  return plain === cell ? [apartOf(cell)] : [apartOf(cell), apartOf(plain)]
}

function unescaped(text: string): string {
  if (!/[\\%&]/.test(text)) return text
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\[nrtbf]|&[a-z]+;/g, ' ')
}

/** In lower case, without diacritics, and with one space for whatever is neither letter nor digit. */
function apartOf(text: string): string {
  if (ASCII_WORD.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}]+/gu, ' ')
    .trim()
}

const ASCII_WORD = /^[A-Za-z0-9]*$/
