import { contract } from '../../../schema/index.ts'
import type { Column } from '../../../src/resource/column.ts'
import { exampleRow, type Resource } from '../../../src/resource/define-resource.ts'
import { checkDecimal } from '../../../src/rows/check-number.ts'
import { charactersIn, checkValue, isBlank, isCleanText } from '../../../src/rows/check-value.ts'
import type { WireRows } from '../../../src/rows/chunk.ts'
import { diagnose } from '../../../src/rows/diagnose.ts'
import { checkExtra, isForbiddenName, printableName } from '../../../src/rows/extra.ts'
import { createJudge, type JudgedRows } from '../../../src/rows/judge.ts'
import { isDate, isWireTimestamp, wireTimestamp } from '../../../src/rows/timestamp.ts'
import { showable, toWire } from '../../../src/rows/wire-row.ts'
import { exactNumber } from '../../../src/util/exact-number.ts'
import { sliceIfBusy } from '../../../src/util/time-slices.ts'
import { resourceNamed } from '../../support/rows.ts'
import { takeClock } from '../../support/virtual-clock.ts'
import { wireText } from '../../support/wire-text.ts'
import type { Table } from './table.ts'

const FORMATS = ['YYYY-MM-DD HH:MM:SS', 'ISO-8601 UTC'] as const

const VALUES: readonly unknown[] = [
  ...[
    '',
    ' ',
    '\u200b',
    '\u2800',
    'a',
    ' a',
    'a\0',
    '\ud800',
    '[1',
    '{"a":1}',
    'x'.repeat(40),
    'x'.repeat(41),
    '\u{1f600}'.repeat(40),
    '\u{1f600}'.repeat(41),
    'won',
    'true',
    '1',
    '1.50',
    '12,5',
    '1e400',
  ],
  ...[0, -0, 1, -1, 0.5, 1.5, 100, 101, 2 ** 53 - 1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, true, false, [], {}, ['a'], { a: 1 }],
  ...[
    '1.00',
    '1e-400',
    '0.1234567890123456789',
    '12345678901234567890',
    '1e400',
    '0.0',
    '-1e-400',
    '1.0000000000000000001',
    '-0.00000000000000000001',
  ].map(exactNumber),
  ...[
    '2025-01-15',
    '2025-02-29',
    '2024-02-29',
    '2025-1-5',
    '2025-00-10',
    '2025-13-10',
    '2025-12-31',
    '2025-12-32',
    '0000-01-01',
    '2100-02-29',
    '2000-02-29',
  ],
  ...[
    '2025-01-15T08:00:00Z',
    '2025-01-15 08:00:00',
    '2025-01-15T08:00:00',
    '2025-01-15t08:00:00z',
    '2025-01-15T08:00:00+01:30',
    '2025-01-15 08:00:00 -0130',
    '2025-01-15 08:00:00+01',
    '2025-01-15T23:59:59Z',
  ],
  ...[
    '2025-01-15T23:59:60Z',
    '2025-01-15T24:00:00Z',
    '2025-01-15T23:60:00Z',
    '2025-01-15T08:00:00.000Z',
    '2025-01-15T08:00:00.120Z',
    '2025-01-15T08:00:00.Z',
    '2025-01-15 08:00:00.5',
    '2025-01-15T08:00:00+24:00',
    '2025-01-15T08:00:00+23:59',
  ],
  ...[
    '2025-01-15T08:00:00+01:60',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '2025-02-30 08:00:00',
    '2025-01-15_08:00:00',
    '2025-01-15 8:00:00',
    '20250115T080000Z',
    '2025-01-15T08:00:00 Z',
    '2025-01-15T08:00:00  Z',
  ],
]

const column = (changes: Partial<Column>): Column => ({
  name: 'c',
  field: 'c',
  description: 'A column.',
  isKey: false,
  presence: 'optional',
  type: 'string',
  ...changes,
})
const COLUMNS: readonly Column[] = [
  ...[
    {},
    { isKey: true, presence: 'required' as const },
    { maxLength: 40 },
    { maxLength: 40, isKey: true },
    { allowed: ['won', 'a'] },
    { content: 'json' as const },
    { content: 'json' as const, maxLength: 3, isKey: true },
  ].map(column),
  ...(['integer', 'float'] as const).flatMap((type) =>
    [{}, { min: 0 }, { min: 1, max: 100 }, { max: 0, presence: 'required' as const }].map((bounds) => column({ type, ...bounds })),
  ),
  ...(['boolean', 'date', 'timestamp'] as const).flatMap((type) => [column({ type }), column({ type, presence: 'required' })]),
]

const short = (value: unknown) => JSON.stringify(value)?.replace(/(.)\1{20,}/gu, (run, of) => `${of} * ${run.length}`) ?? String(value)

/** Values with one complaint about them stand in one line. */
function complaintsOf(of: Column, format: (typeof FORMATS)[number]): string {
  const groups = Map.groupBy(VALUES.keys(), (at) =>
    checkValue(VALUES[at], of, format)
      .map(({ code, says, hint }) => `${code} ${says}${hint ? ` (${hint})` : ''}`)
      .join(', '),
  )
  return [...groups].map(([complaint, places]) => `${complaint || 'good'}: ${places.join(' ')}`).join('\n  ')
}

const DIGITS = [{ precision: 5 }, { precision: 5, scale: 2 }, { precision: 5, scale: 0 }]
const NUMBERS = [
  ...[
    '0',
    '00',
    '-0',
    '123.45',
    '1234.5',
    '12.345',
    '99999',
    '100000',
    '0.00001',
    '0.000001',
    '1e4',
    '1e5',
    '1e-2',
    '1e-3',
    '-999.99',
    ' 1',
    '1 ',
    '',
    ' ',
    '+1',
    '.5',
    '5.',
    '1_0',
  ],
  ...[0, 123.45, 99_999, 100_000, 1e-7, Number.NaN, true, null, exactNumber('123.450'), exactNumber('1e400')],
]

const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
const EXTRAS: readonly unknown[] = [
  ...[
    'x',
    7,
    [],
    {},
    { A: 1 },
    { A: 1, a: 2 },
    { A: 1, a: 2, B: 3 },
    { '1a': 1 },
    { ['x'.repeat(127)]: { '': '\0' } },
    { ['x'.repeat(128)]: 1 },
    { 'a b': 1 },
    { ['x'.repeat(100)]: '\0' },
    { ['x'.repeat(101)]: '\0' },
  ],
  ...[
    '__proto__',
    '__PROTO__',
    'constructor',
    'Constructor',
    'prototype',
    'productId',
    'PRODUCT_ID',
    'product_id',
    'packsize',
    'pack__size',
  ].map((name) => JSON.parse(`{"${name}": 1}`)),
  ...[
    '\0',
    '\ud800',
    Number.NaN,
    exactNumber('1e-400'),
    exactNumber('1e400'),
    null,
    true,
    deep(8),
    deep(9),
    [[[[[[[[1]]]]]]]],
    [[[[[[[[[1]]]]]]]]],
    { 'a\\b': 1 },
    { 'a\0': 1 },
    { constructor: 1 },
    [1, ['\0', Number.NaN]],
  ].map((value) => ({ A: value })),
  ...[JSON.parse('{"A": {"__proto__": 1}}'), { A: '\0', B: '\0' }],
]

const ROWS: readonly ((good: Record<string, unknown>) => unknown)[] = [
  ...[null, undefined, 7, 'x', [], {}, exactNumber('1.0')].map((row) => () => row),
  (good) => good,
  (good) => ({ ...good, productId: null }),
  (good) => ({ ...good, productId: undefined }),
  (good) => ({ ...good, productId: undefined, product_id: 'A' }),
  (good) => ({ ...good, productName: null, extra: null }),
  (good) => ({ ...good, packSize: 0, unknown: 1, 'not plain': 2, PRODUCTID: 3, product_names: 4, constructor: 5, extra: { a: '\0' } }),
  (good) => ({ ...good, extra: { A: 1, b: { c: [1.5] } } }),
  (good) => ({ ...good, productName: 'a\0', packSize: '1', updatedAt: 'x', extra: 7 }),
  (good) => ({ ...good, ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`more${at}`, at])) }),
  (good) => JSON.parse(JSON.stringify({ ...good, extra: {} }).replace('"extra"', '"__proto__"')),
]

/** What the generated judge makes of rows, beside what its plain twin says. */
function judgedText(resource: Resource, keyCase: 'lower' | 'upper'): string[] {
  const options = { timestampFormat: FORMATS[keyCase === 'lower' ? 0 : 1], keyCase }
  const judge = createJudge(resource, options, 2)
  return ROWS.map((make) => {
    const row = make(exampleRow(resource))
    const judged = judge([[row]]) as JudgedRows
    const names = judged.attributeNames && [...judged.attributeNames].join(' ')
    judged.judgeAttributes(undefined)
    const { faults, chunks, publicKeys } = judged
    const told = faults[0]?.map(({ code, field, column: of, hint, message }) => `${code} ${field} ${of} ${hint} ${message}`).slice(0, 12)
    const isSame = short(faults[0] ?? []) === short(diagnose(row, resource, options.timestampFormat))
    return `${short(row)?.slice(0, 90)}\n  ${told?.join('\n  ') ?? chunks.map(({ rows }) => wireText(rows)).join()} ${short(publicKeys.at(0))} ${names}${isSame ? '' : ', and its twin says something else'}`
  })
}

/** All values in one column of rows that are judged one after the other, where the plain twin says something else; nowhere, so it should be. */
function inARow(resource: Resource): string[] {
  return FORMATS.flatMap((timestampFormat) =>
    resource.columns.map(({ field, type }) => {
      const made = [...VALUES, ...VALUES].flatMap((value) => [exampleRow(resource), { ...exampleRow(resource), [field]: value }])
      const options = { timestampFormat, keyCase: 'lower' as const }
      const { faults, chunks } = createJudge(resource, options, 1_000)([made]) as JudgedRows
      const others = made.flatMap((row, at) => (short(faults[at] ?? []) === short(diagnose(row, resource, timestampFormat)) ? [] : [at]))
      const good = made.filter((_, at) => faults[at] === undefined).map((row) => toWire(row as Record<string, unknown>, resource, options))
      const isSame = short(JSON.parse(wireText(chunks[0]?.rows as WireRows))) === short(JSON.parse(JSON.stringify(good)))
      return `${field} ${type} ${timestampFormat}: ${good.length} good, ${others.length} told otherwise${isSame ? '' : ', and written otherwise'}`
    }),
  )
}

/** Milliseconds after which a turn of the event loop has worked long enough. */
function turns(): string[] {
  const clock = takeClock()
  const { now } = performance
  let ms = 5
  Object.assign(performance, { now: () => ms })
  try {
    return [5, 24, 25, 26].map((at) => {
      ms = at
      return `${at}: ${sliceIfBusy() === undefined ? 'goes on' : 'waits'}`
    })
  } finally {
    Object.assign(performance, { now })
    clock.restore()
  }
}

/** What values come to by themselves, and in rows. */
export const values: Table = {
  name: 'values',
  title: 'Values, each by its number, in columns of every kind: what is said of them, and what rows with them come to.',
  about: 'Then decimals, timestamps, custom attributes, names, whole rows of two kinds, and how long a turn works.',
  lines: () => [
    ...VALUES.map((value, at) => `value ${at}: ${short(value)}`),
    ...COLUMNS.map(
      (of) => `${short(of)}\n  ${complaintsOf(of, FORMATS[0])}${of.type === 'timestamp' ? `\n  ${complaintsOf(of, FORMATS[1])}` : ''}`,
    ),
    ...DIGITS.flatMap((digits) =>
      (['required', 'optional'] as const).map(
        (presence) =>
          `${short(digits)} ${presence}: ${NUMBERS.map((value) => `${short(value)} ${checkDecimal(value, digits, { presence }).map(({ code, says, hint }) => `${code} ${says} ${hint}`)}`).join('; ')}`,
      ),
    ),
    ...VALUES.flatMap((value) =>
      typeof value === 'string'
        ? [
            `${short(value)}: ${isDate(value)} ${FORMATS.map((format) => `${isWireTimestamp(value, format)} ${short(wireTimestamp(value, format))}`).join(' ')} ${isBlank(value)} ${isCleanText(value)} ${charactersIn(value)}`,
          ]
        : [],
    ),
    ...EXTRAS.map(
      (extra) =>
        `${short(extra)}: ${checkExtra(extra, resourceNamed('Products'))
          .map((issue) => short(Object.values(issue)))
          .join(' ')}`,
    ),
    ...['a', '__proto__', '__Proto__', 'Prototype', 'prototype', 'x'.repeat(100), 'x'.repeat(101), '1a', 'a-b', ''].map(
      (name) => `${short(name)}: ${isForbiddenName(name)} ${short(printableName(name))}`,
    ),
    ...['x'.repeat(1_024), 'x'.repeat(1_025), 'a\0', 7, Number.NaN, true, null, {}, exactNumber('1.0')].map(
      (value) => `${short(value)}: ${short(showable(value))}`,
    ),
    ...judgedText(resourceNamed('Products'), 'lower'),
    ...judgedText(
      contract.resources.find(({ module }) => contract.modules[module]?.timestampFormat === 'ISO-8601 UTC') as Resource,
      'upper',
    ),
    ...inARow(resourceNamed('Products')),
    ...turns(),
  ],
}
