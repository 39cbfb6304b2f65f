import fc from 'fast-check'
import type { Column } from '../../src/resource/column.ts'
import type { Resource } from '../../src/resource/define-resource.ts'
import type { ReadType } from '../../src/rows/row-reader/layout.ts'
import { anyText } from './any-text.ts'

const repeated = (piece: fc.Arbitrary<string>, most: number) => fc.array(piece, { maxLength: most }).map((pieces) => pieces.join(''))
const digits = repeated(fc.constantFrom(...'00123456789'), 25)

// Usual values are those that a row must be read with.

const wholeNumber = fc.integer({ min: 1, max: 999_999_999 }).map(String)
const decimal = fc.tuple(wholeNumber, fc.constantFrom('', '.0', '.50', '.25', '.000125')).map((parts) => parts.join(''))
const letters = repeated(
  fc.constantFrom('A', 'z', '7', '-', ' ', 'sixteen letters.', 'é', '€', '𝄞', '\u007f', '\u2028', '/', '},{', '['),
  6,
)
const day = fc.constantFrom('2024-02-29', '2000-02-29', '2025-12-31', '0000-01-01', '9999-04-30')
const time = fc.constantFrom('00:00:00', '23:59:59', '08:30:05')
const instant = fc
  .tuple(day, fc.constantFrom(['T', ['Z', '.000Z']], [' ', ['', 'Z', '.0', '.00Z']]), time, fc.nat())
  .map(([on, [separator, ends], at, nth]) => `"${on}${separator}${at}${ends[nth % ends.length]}"`)

const USUAL = {
  string: letters.map((text) => `"K${text}"`),
  integer: wholeNumber,
  float: decimal,
  boolean: fc.constantFrom('true', 'false'),
  date: day.map((text) => `"${text}"`),
  timestamp: instant,
} satisfies Record<ReadType, fc.Arbitrary<string>>

const isRead = (type: Column['type']): type is ReadType => type in USUAL

function usualCell({ type, presence, isKey, max, maxLength, allowed, content }: Column): fc.Arbitrary<string> {
  // The reader leaves these to its plain twin.
  if (!isRead(type) || allowed !== undefined || content !== undefined) return fc.constant('null')
  const isShort = type === 'string' && (isKey || maxLength !== undefined)
  const value = isShort ? wholeNumber.map((number) => `"${number}"`) : max === 1 ? fc.constantFrom('0', '0.5', '1.0') : USUAL[type]
  return presence === 'required' ? value : fc.oneof({ weight: 5, arbitrary: value }, fc.constant('null'))
}

const oddText = repeated(
  fc.oneof(
    fc.constantFrom('\\u0000', '\\ud800', '\\ud834\\udd1e', '\\n', '\\"', '\\\\', '\\/', '\\u0041', '\\x', '\0', '\u0001', '\t', '\n'),
    fc.constantFrom('"', '\\', ' ', '\u200b', '\ufeff', 'A', 'sixteen letters.', 'é', '𝄞', '},{"', '","', '":'),
    anyText(20),
  ),
  5,
)

/** At the lengths where something else begins to hold. */
const longText = fc
  .tuple(
    fc.constantFrom(1, 15, 16, 17, 31, 32, 1_023, 1_024, 1_025, 65_534, 65_535, 65_536, 70_000),
    fc.constantFrom('x', 'é', '𝄞', ' '),
    fc.nat(2),
  )
  .map(([length, sign, more]) => `"${sign}${'x'.repeat(Math.max(0, length - more))}"`)

const oddNumber = fc.oneof(
  fc.constantFrom('0', '-0', '-0.0', '0.0', '00', '01', '-01', '0.10', '1.', '.5', '+1', '-', '1e3', '1E-3', '1e999', '1.5e300', '5e-324'),
  fc.constantFrom('0.000001', '0.0000001', '0.00000123', '0.1000000000000000055511151231257827', '0.1000000000000000', '1.5', '1.0'),
  fc.constantFrom(
    '9007199254740991',
    '9007199254740993',
    '999999999999999',
    '123456789012345678901',
    '-1',
    '-1.50',
    '2',
    '100',
    '101',
    '10.25',
  ),
  fc.tuple(fc.constantFrom('', '-'), digits, fc.constantFrom('', '.'), digits).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('0.', '1.', '0.000', '0.00000', '0.000000'), digits).map((parts) => parts.join('')),
  fc.double().map(String),
  fc.maxSafeInteger().map(String),
)

const oddTime = fc
  .tuple(
    fc.oneof(
      day,
      fc.constantFrom(
        '2023-02-29',
        '1900-02-29',
        '2100-02-29',
        '2025-04-31',
        '2025-13-01',
        '2025-00-10',
        '2025-01-00',
        '20x5-01-01',
        '2025/01-01',
        '2025-01_01',
        '2025-1-01',
      ),
    ),
    fc.constantFrom('', 'T', 'T', ' ', ' ', 't', '_'),
    fc.oneof(time, fc.constantFrom('', '24:00:00', '00:60:00', '00:00:60', '0:00:00', '00:00', '00-00:00', '00:00.00', '1a:00:00')),
    fc.constantFrom('', '', '.0', '.000', '.', '.5', '.050', `.${'0'.repeat(1_100)}`),
    fc.constantFrom('', 'Z', 'Z', 'z', ' Z', '+00:00', '+02:00', '-0530', 'ZZ', 'Z ', '\\u005a'),
  )
  .map((parts) => `"${parts.join('')}"`)

const anyCell = fc.oneof(
  { weight: 3, arbitrary: oddText.map((text) => `"${text}"`) },
  { weight: 1, arbitrary: longText },
  { weight: 3, arbitrary: oddNumber },
  { weight: 3, arbitrary: oddTime },
  {
    weight: 2,
    arbitrary: fc.constantFrom('null', 'true', 'false', 'nul', 'nulll', 'truef', 'fals', 'xalse', '""', '" "', '{}', '[]', '', '"a'),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)) },
)

const ODD_OF = {
  string: fc.oneof(
    oddText.map((text) => `"${text}"`),
    longText,
  ),
  integer: oddNumber,
  float: oddNumber,
  boolean: fc.constantFrom('true', 'false', 'True', 'tru', 'null'),
  date: oddTime,
  timestamp: oddTime,
} satisfies Record<ReadType, fc.Arbitrary<string>>

const usualSpace = fc.constantFrom('', '', '', '', ' ', '\n  ', '\r\n\t')
const anySpace = fc.oneof({ weight: 9, arbitrary: usualSpace }, fc.constantFrom('\f', '\u00a0', '\ufeff', '\0', '/**/', '\v'))

interface Member {
  readonly name: string
  readonly value: string
}

function written(members: readonly Member[], spaces: readonly string[]): string {
  let nth = 0
  const space = () => spaces[nth++ % spaces.length] ?? ''
  const items = members.map(({ name, value }) => `${space()}${name}${space()}:${space()}${value}${space()}`)
  return `{${items.length > 0 ? items.join(',') : space()}}`
}

/** Rows in the form in which clients mostly write them, all of them good: the reader has to read them. */
export function usualRow({ columns }: Resource): fc.Arbitrary<string> {
  const cells = fc.tuple(...columns.map((column) => usualCell(column)))
  const left = fc.subarray(columns.filter(({ presence }) => presence !== 'required'))
  return fc
    .tuple(
      cells,
      left,
      fc.shuffledSubarray([...columns.keys()], { minLength: columns.length }),
      fc.boolean(),
      fc.array(usualSpace, { maxLength: 3 }),
    )
    .map(([values, absent, order, isShuffled, spaces]) => {
      const members = columns.map((column, at) => ({ column, name: `"${column.field}"`, value: values[at] as string }))
      const ordered = isShuffled ? order.map((at) => members[at] as (typeof members)[number]) : members
      return written(
        ordered.filter(({ column }) => !absent.includes(column)),
        spaces,
      )
    })
}

/** Rows with something unusual in their text: most are good, or JSON at least. */
export function oddRow(resource: Resource): fc.Arbitrary<string> {
  const { columns } = resource
  const values = fc.tuple(
    ...columns.map((column) =>
      fc.oneof({ weight: 8, arbitrary: usualCell(column) }, { weight: 2, arbitrary: isRead(column.type) ? ODD_OF[column.type] : anyCell }),
    ),
  )
  const changes = fc.array(fc.record({ at: fc.nat(columns.length), name: nameOf(resource), value: anyCell, how: fc.nat(9) }), {
    maxLength: 2,
  })
  const spaces = fc.oneof({ weight: 3, arbitrary: fc.array(usualSpace, { maxLength: 4 }) }, fc.array(anySpace, { maxLength: 9 }))
  return fc.tuple(values, changes, spaces).map(([all, made, blanks]) => {
    const members: Member[] = columns.map(({ field }, at) => ({ name: `"${field}"`, value: all[at] as string }))
    for (const { at, name, value, how } of made) {
      const old = members[at % members.length] ?? { name, value }
      if (how < 3) members.splice(at, 1)
      else if (how < 5) members.splice(at, 0, { name, value })
      else if (how < 6) members.splice(at, 0, { name: old.name, value })
      else if (how < 7) members.splice(at, 1, { name, value: old.value })
      else members.splice(at, 1, { name: old.name, value })
    }
    return written(members, blanks)
  })
}

function nameOf({ columns }: Resource): fc.Arbitrary<string> {
  const names = columns.flatMap(({ field, name }) => [
    `"${field}"`,
    `"${name}"`,
    `"\\u00${field.charCodeAt(0).toString(16)}${field.slice(1)}"`,
    `"${field}x"`,
    `"${field.slice(0, -1)}"`,
    `${field}`,
  ])
  return fc.constantFrom(...names, '"extra"', '"nope"', '"__proto__"', '""', '"a\\"b"')
}

/** A text with bytes of it lost, doubled or exchanged, or cut off. */
export function patched(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const place = fc.double({ min: 0, max: 1, noNaN: true })
  const puts = ['', '', '}', ']', '{', '[', ',', '"', ':', '\\', ' ', '0', '.', '-', 'e', 'n', '\xff', '\xc3', '\0', '},{"', '},', ',,']
  const patch = fc.record({ at: place, drop: fc.nat(2), put: fc.constantFrom(...puts) })
  const cut = fc.option(place, { freq: 4 })
  return fc.tuple(text, fc.array(patch, { maxLength: 2 }), cut).map(([whole, patches, end]) => {
    const bytes = patches.reduce((before, { at, drop, put }) => {
      const from = Math.floor(at * before.length)
      return Buffer.concat([before.subarray(0, from), Buffer.from(put, 'latin1'), before.subarray(from + drop)])
    }, Buffer.from(whole))
    return end === null ? bytes : bytes.subarray(0, Math.floor(end * bytes.length))
  })
}
