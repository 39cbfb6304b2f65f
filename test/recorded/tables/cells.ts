import { cellHint } from '../../../src/tabular/cell-hint.ts'
import { type CellType, type Column, cellTypeOf } from '../../../src/tabular/column.ts'
import { convertCell } from '../../../src/tabular/convert-cell.ts'
import { guessResources } from '../../../src/tabular/guess-resources.ts'
import { createHeaderNames } from '../../../src/tabular/header-names.ts'
import { createMakeRow, isRagged } from '../../../src/tabular/make-row.ts'
import { findMappingProblems, matchHeaders } from '../../../src/tabular/match-headers.ts'
import { createNumberForms, mixedForms } from '../../../src/tabular/number-forms.ts'
import { findDelimiter } from '../../../src/tabular/read/csv-records.ts'
import { formatOf } from '../../../src/tabular/read/records.ts'
import type { Table } from './table.ts'

const TYPES = ['STRING', 'INTEGER', 'FLOAT', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'JSON'] as const satisfies readonly CellType[]

const CELLS: readonly unknown[] = [
  ...['', ' ', ' a ', '0', '00', '-0', '+1', '--1', '1.', '.5', '1.5', '1.50', '1.500', '12.345', '0.123', '-1.234', '1,5', '1 000'],
  ...['1e3', '1E-3', '1e', '1e400', '9007199254740993', '0.1234567890123456789', 'Infinity', 'NaN', '0x10', '१'],
  ...['true', 'TRUE', ' t ', 'yes', 'Y', 'no', 'n', 'f', '2', 'on'],
  ...['2025-01-28', ' 2025-01-28 ', '2025-01-28 14:30:00', '[1, 1.50]', '{"a":12345678901234567890}', '{', 'null', '"x"'],
  ...[null, undefined, 7, 1.5, true, [1], { a: { rawJSON: '1.50' } }, { rawJSON: '0.1234567890123456789' }, { rawJSON: 'x' }],
  ...[new Date('2025-01-28T00:00:00Z'), new Date('2025-01-28T14:29:59.600Z'), new Date('2025-01-27T23:59:59.700Z')],
]

const column = (field: string, type: Column['type'], presence: Column['presence'] = 'REQUIRED'): Column => ({
  ...{ field, column: field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), type, presence },
})
const ATTRIBUTES = [
  { name: 'SHELF_LIFE', dataType: 'NUMERIC(9,2)' },
  { name: 'IS_NEW', dataType: 'BOOL' },
]
const THINGS = {
  ...{ name: 'Things', object: 'THINGS', attributes: ATTRIBUTES },
  columns: [
    column('thingId', 'STRING'),
    column('packSize', 'INTEGER'),
    column('netPrice', 'FLOAT', 'OPTIONAL'),
    column('soldAt', 'TIMESTAMP', 'NULLABLE'),
  ],
}
const PARTS = { name: 'ThingParts', object: 'PARTS', columns: [column('thingId', 'STRING'), column('partId', 'STRING')] }

const HEADERS = [
  ...['thing_id', 'THINGID', 'Thing-Id', 'thing', 'packsise', 'pak_sise', 'paksise1', 'net price', 'nett prices', 'sold_at ', 'sold'],
  ...[
    'shelf_life',
    'Shelf Life',
    'extra.shelf_life',
    'extra.other',
    'EXTRA.Other',
    'extra',
    'extra.',
    'extra.1',
    `extra.${'a'.repeat(127)}`,
  ],
  ...[`extra.${'a'.repeat(128)}`, 'constructor', 'extra.prototype', 'Rejected_Line', 'rejected_lines', '', 'x', 'größe'],
]

const DATA_TYPES = [
  ...['int8', 'INTEGER', 'bigint', 'smallint', 'long', 'float8', 'DOUBLE PRECISION', 'real', 'numeric(9,2)', 'DECIMAL', 'number'],
  ...['bool', 'BOOLEAN', 'timestamp', 'DATETIME', 'date', 'DATE', 'json', 'SUPER', 'varchar', '', 'point'],
]

const NUMBERS = [
  ...[
    '1,5',
    '1,50',
    '1,500',
    '1,5000',
    '1.500,5',
    '1.500',
    '12.500',
    '1234.500',
    '1.50',
    '1,500.5',
    ' 1,5 ',
    '-1,5',
    '+1.500',
    '1.500.000,0',
  ],
  ...['1.500.000', 'a,b', '1,', ',5', `${'1'.repeat(37)},55`, `${'1'.repeat(38)},55`],
]

const LINES = [
  ...['a,b', 'a;b', 'a\tb', 'a|b', 'a,b;c;d', '"a;b;c",d', 'a', '', 'thing_id;a,b,c', 'thing_id,sold_at;x;y;z', '\n a;b', '"a,b'],
]

const shown = (value: unknown) =>
  value === undefined ? 'undefined' : value instanceof Date ? `Date ${value.toISOString()}` : JSON.stringify(value)

/** What is made of cells, headers and numbers of files. */
export const cells: Table = {
  name: 'cells',
  title: 'Files of tables: what cells, headers, numbers and first lines come to.',
  about: 'Each line is what stands in a file, and what is made of it.',
  lines: () => [
    ...CELLS.map((cell) => `cell ${shown(cell)} -> ${TYPES.map((type) => `${type} ${shown(convertCell(cell, type))}`).join(', ')}`),
    ...DATA_TYPES.map((dataType) => `type ${shown(dataType)} -> ${cellTypeOf(dataType)}`),
    ...['a whole number', 'a number', 'a string', 'a boolean'].map(
      (what) => `hint ${what} -> ${cellHint({ code: 'WRONG_TYPE', message: `x must be ${what}.`, hint: 'h' })}`,
    ),
    `hint of another code -> ${cellHint({ code: 'TOO_LONG', message: 'x must be a number.', hint: 'h' })}`,
    ...HEADERS.map((header) => `header ${shown(header)} -> ${shown(matchHeaders([header], THINGS)[0])}`),
    ...HEADERS.map((header) => `name ${shown(header)} -> ${shown(createHeaderNames(THINGS).targetOf(header))}`),
    ...[
      ['thing_id', 'THING_ID', 'thingid1', 'thing id'],
      ['pack', 'packsizes', 'packsize'],
      ['rejected_code', 'x', ''],
    ].map(
      (headers) =>
        `headers ${shown(headers)} -> ${matchHeaders(headers, THINGS)
          .map(({ target, how }) => `${target} ${how}`)
          .join(', ')}`,
    ),
    ...guessLines(),
    `mapping -> ${shown(findMappingProblems(['a', 'b', 'c', 'd', 'rejected_line'], ['thingId', 'thingId', null, 'thingId', null], THINGS))}`,
    ...[
      ['A', '1', '2'],
      ['A', '', ''],
      ['A', '1', '2', '', ''],
      ['A', '1', '2', 'x'],
      ['A', '1'],
    ].map(
      (row) =>
        `row ${shown(row)} -> ${isRagged(row, 3) ? 'ragged' : ''} ${shown(createMakeRow(THINGS, ['thingId', 'packSize', 'extra.SHELF_LIFE'])(row))}`,
    ),
    ...NUMBERS.map((cell) => `number ${shown(cell)} -> ${formOf(cell)}`),
    ...[
      [null, 'netPrice', 'extra.SHELF_LIFE'],
      ['thingId', 'soldAt', 'extra.IS_NEW'],
      ['packSize', null, null],
    ].map(
      (targets) =>
        `numbers to ${shown(targets)} -> ${shown(
          mixedForms(
            [
              { comma: 3, thousands: 2 },
              { comma: 0, thousands: 5 },
              { comma: 4, thousands: 0 },
            ],
            targets,
            THINGS,
          ),
        )}`,
    ),
    ...['a.csv', 'A.TSV.gz', 'a.txt', 'a.ndjson', 'a.jsonl.gz', 'a.json', 'a', 'a.md', 'a.csv.json'].map(
      (name) => `format of ${name} -> ${[' [', '\n{', 'a', ''].map((head) => formatOf(name, head)).join(', ')}`,
    ),
    ...LINES.map(
      (line) => `line ${shown(line)} -> ${shown(findDelimiter(line, (name) => createHeaderNames(THINGS).targetOf(name) !== undefined))}`,
    ),
  ],
}

function guessLines(): readonly string[] {
  const files: readonly (readonly [string, readonly string[]])[] = [
    ['things.csv', ['thing_id']],
    ['parts.csv', ['thing_id']],
    ['thing-parts.2025.csv', ['thing_id', 'part_id', 'note']],
    ['x.csv', ['thing_id', 'pack_size', 'rejected_line']],
    ['x.csv', ['thingid1', 'packsizes']],
    ['x.csv', ['nothing']],
    ['x.csv', ['rejected_line']],
  ]
  return files.map(
    ([name, headers]) =>
      `file ${name} with ${shown(headers)} -> ${guessResources(headers, name, [PARTS, THINGS]).map(({ resource, score }) => `${resource.name} ${score.toFixed(3)}`)}`,
  )
}

function formOf(cell: string): string {
  const forms = createNumberForms()
  const isNew = forms.see([cell], 7)
  return `${isNew} ${shown(forms.columns[0])} ${forms.see([cell], 8)}`
}
