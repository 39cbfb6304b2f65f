import { isUtf8 } from 'node:buffer'
import { expect, test } from 'vitest'
import { createRowReader, type ReadGoodRows } from '../src/rows/row-reader/row-reader.ts'
import type { WireOptions } from '../src/rows/wire-row.ts'
import { ALL_TYPES, expectPlain, FLOAT_KEY, LEFT_TYPES, readingOf, within } from './support/row-reading.ts'

const FORMATS = ['ISO-8601 UTC', 'YYYY-MM-DD HH:MM:SS'] as const
const READERS = FORMATS.map((timestampFormat) => {
  const options: WireOptions = { timestampFormat, keyCase: 'lower' }
  return { options, read: createRowReader(ALL_TYPES, options) as ReadGoodRows }
})

const USUAL = {
  word: '"K"',
  number: '12',
  flag: 'false',
  day: '"2025-01-28"',
  instant: '"2025-01-28 14:30:00Z"',
  ofExactlySixteen: '7',
  ratio: '1.50',
  share: '2.250',
  atMost: '-3.75',
  belowZeroIsANameOfMoreThanThirtyTwoLetters: '0.5',
  free: '-12345678901234567.25',
  weight: '0.1234567890123456789',
  isOpen: 'true',
  since: '"2025-01-28T14:30:00.00Z"',
  text: '"Sixteen letters, and some more \u20ac"',
}

const written = (cells: object) =>
  `{${Object.entries(cells)
    .map(([name, value]) => `"${name}":${value}`)
    .join()}}`

/** Demands that what is read of a text, from its beginning, is what is there; gives how many rows are. */
function read(text: Buffer, after = ''): number {
  if (!isUtf8(text)) return 0
  const bytes = within(text, '', after)
  const counts = READERS.map(({ options, read }) => {
    const reading = readingOf(read, bytes, 0, 5)
    expectPlain(reading, bytes, 0, ALL_TYPES, options)
    return reading.count
  })
  return Math.max(...counts)
}

const NUMBERS = [
  ...[
    '0',
    '-0',
    '00',
    '01',
    '-01',
    '-1',
    '+1',
    '-',
    '',
    '1.',
    '.5',
    '0.0',
    '-0.0',
    '1.0',
    '1.50',
    '-1.50',
    '-1.51',
    '0.5',
    '0.49',
    '1.5.5',
  ],
  ...['1e3', '1E3', '1e999', '5e-324', '0.1', '0.10', '0.000001', '0.0000010', '0.0000001', '0.00000123', '-0.0000001', '-0.000001'],
  ...[
    '999999999',
    '1000000000',
    '1000000000.0',
    '1000000000.5',
    '-1000000000.5',
    '999999999999999',
    '-999999999999999',
    '9007199254740991',
  ],
  ...[
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567',
    '99999999999999999999',
    '100000000000000000000',
    '999999999999999999999',
  ],
  ...[
    '123456789012345678901',
    '-12345678901234567.5',
    '0.1000000000000000',
    '0.10000000000000001',
    '0.1234567890123456789',
    '-0.1234567890123456',
  ],
  ...[
    '1.000000000000000',
    '1.0000000000000001',
    '12345678901234.50',
    '12345678901234.5',
    '0.00000012345678901234567',
    '-0.000000000000000000',
    '0.000000000000000000',
  ],
  ...[
    '18446744073709551616',
    '1.8446744073709551616',
    '0.0000000000000000001',
    '1.2345678901234567890123456789012345678901',
    '000000000000000000001',
  ],
]
const TEXTS = [
  ...[
    '""',
    '" "',
    '"\u200b"',
    '"\u00a0"',
    '"\u007f"',
    '" a"',
    '"!"',
    '"~"',
    '"\u00e9"',
    '"a\u00e9"',
    '"\ud834\udd1e"',
    '"a"b"',
    '"a',
    'a"',
    "'a'",
  ],
  ...['\\n', '\\"', '\\\\', '\\u0041', '\\u0000', '\\ud800', '\\x', '\0', '\u0001', '\u001f', '\t', '\n', '\ufeff', '\u2028', '/'].flatMap(
    (sign) => [0, 1, 14, 15, 16, 31].map((before) => `"${'x'.repeat(before)}${sign}"`),
  ),
  ...[15, 16, 17, 31, 1_023, 1_024, 1_025, 65_535, 65_536].flatMap((length) => [
    `"${'x'.repeat(length)}"`,
    `"${'x'.repeat(length - 2)}\u00e9"`,
    `"\u00e9${'x'.repeat(length - 1)}"`,
  ]),
]
const DAYS = [
  ...[
    '2024-02-29',
    '2023-02-29',
    '2000-02-29',
    '1900-02-29',
    '2100-02-29',
    '0000-02-29',
    '0004-02-29',
    '2025-00-10',
    '2025-13-01',
    '2025-01-00',
  ],
  ...Array.from({ length: 12 }, (_, month) => [30, 31, 32].map((day) => `2025-${String(month + 1).padStart(2, '0')}-${day}`)).flat(),
  ...[
    '20x5-01-01',
    'x025-01-01',
    '2025/01-01',
    '2025-01/01',
    '2025-1-01',
    '2025-01-1',
    '2025-01-0x',
    '02025-01-1',
    '2025-01-011',
    '20:5-01-01',
  ],
]
const TIMES = [
  ...[
    '00:00:00',
    '23:59:59',
    '24:00:00',
    '00:60:00',
    '00:00:60',
    '0:00:00',
    '00:00',
    '00-00:00',
    '00:00-00',
    '1a:00:00',
    '00:00:0x',
    '000:0:00',
  ],
  ...['.0', '.000', '.', '.5', '.050', '.05', '.00x'].map((fraction) => `08:30:05${fraction}`),
]
const INSTANTS = ['T', ' ', 't', '_', ''].flatMap((separator) =>
  ['', 'Z', 'z', ' Z', '+00:00', '+02:00', 'ZZ', 'Z ', '.0Z', '.00', '.5Z', '.'].map((end) => `2025-01-28${separator}14:30:00${end}`),
)
const AT_ALL = ['null', 'true', 'false', 'nul', 'nulll', 'xalse', 'fals', 'falsee', 'tru', 'truee', 'True', '{}', '[]', '[1]', 'NaN']
const CELLS = [
  ...[...NUMBERS, ...TEXTS, ...AT_ALL],
  ...DAYS.flatMap((day) => [`"${day}"`, `"${day}`, `${day}"`, `"${day}x"`, `"${day}T00:00:00Z"`, `"${day} 00:00:00"`]),
  ...[...TIMES.flatMap((time) => [`2025-01-28T${time}Z`, `2025-01-28 ${time}`]), ...INSTANTS].flatMap((instant) => [
    `"${instant}"`,
    `"${instant}`,
    `x${instant}"`,
  ]),
]

test.each(Object.keys(USUAL))('whatever stands in %s', (name) => {
  for (const cell of CELLS) read(Buffer.from(written({ ...USUAL, [name]: cell })))
})

test.each(Object.keys(USUAL))('without %s, and with it twice', (name) => {
  const { [name as 'text']: value, ...others } = USUAL
  read(Buffer.from(written(others)))
  read(Buffer.from(written(USUAL).replace(/\}$/, `,"${name}":${value}}`)))
})

const PUTS = ['', '}', ']', '{', '[', ',', '"', ':', '\\', ' ', '0', '.', '-', 'e', 'n', 'Z', 'x', '\0', '\n', '\u00e9']

test.each(['"kind":"B"', '"kind":"A"', '"json":"{"', '"json":"1"'])('%s is left to the plain twin', (member) => {
  const left = createRowReader(LEFT_TYPES, { timestampFormat: 'ISO-8601 UTC', keyCase: 'lower' })
  const countOf = (row: string) => left?.(Buffer.from(row), 0, 1).count
  expect([countOf('{"word":"K"}'), countOf(`{"word":"K",${member}}`)]).toEqual([1, 0])
})

test('a number of a key that a double may not hold is left to the plain twin: equal ones count as one key, however they are written', () => {
  const options: WireOptions = { timestampFormat: 'ISO-8601 UTC', keyCase: 'lower' }
  const ofFloats = createRowReader(FLOAT_KEY, options) as ReadGoodRows
  for (const number of ['12345678901234567.25', '-0.1234567890123456789', '1.50', '1.5']) {
    const text = within(Buffer.from(`{"size":${number}}`), '', '')
    expectPlain(readingOf(ofFloats, text, 0, 1), text, 0, FLOAT_KEY, options)
  }
})

test('with a byte lost, exchanged or put in anywhere, or cut off', () => {
  const row = Buffer.from(written(USUAL))
  for (let at = 0; at < row.length; at++) {
    // Behind a text that is cut off the reader must not go on with what lies there.
    read(within(row.subarray(0, at), '', row.toString('utf8', at)) as Buffer, row.toString('utf8', at))
    for (const drop of [0, 1]) for (const put of PUTS) read(Buffer.concat([row.subarray(0, at), Buffer.from(put), row.subarray(at + drop)]))
  }
})

test('with anything behind it', () => {
  const row = written(USUAL)
  expect(read(Buffer.from(`${row} ,\n${row}\t`))).toBe(2)
  for (const end of [
    ',',
    ', ',
    ' ',
    '}',
    ']',
    '\0',
    ',,',
    'x',
    ';',
    `;${row}`,
    `${row}`,
    ` ${row}`,
    `,,${row}`,
    `,\ufeff${row}`,
    `\f,${row}`,
    `],[${row}`,
  ])
    for (const before of ['', `${row},`]) read(Buffer.from(before + row + end))
})

test('in a text that is shorter than the one before it', () => {
  const row = written(USUAL)
  read(Buffer.from(`${row},${row}`))
  read(Buffer.from(row.slice(0, -1)))
})
