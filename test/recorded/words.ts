import type { Scenario } from '../support/recording/run.ts'
import { item } from './rows.ts'

/** What the upstream says of the row with that number: each error in another form, some quoting a cell. */
const ERRORS: readonly object[] = [
  ...[
    'must be a whole number',
    'value "secret-cell" is not a number',
    'secret cell is bad',
    'SECRET CELL',
    's e c r e t',
    'secretcell',
    'the value is %73ecret-cell',
    'row 3 is bad',
    'row 99 is bad',
    'line 2: 17 is too large',
  ].map((message) => ({ message })),
  ...[
    '',
    ' ',
    'no',
    'x'.repeat(400),
    'word '.repeat(120),
    'pack_size must be at least 1',
    'PRODUCT_ID exceeds the length',
    'DI_E_10003',
    'it can\u2019t be null',
    "column 'pack_size' of type INTEGER",
    'Überprüfung fehlgeschlagen',
    '错误',
    'a-b_c/d.e:f;g',
    '<b>bold</b>',
    '{"a":1}',
    'https://example.com/x',
  ].map((message) => ({ message })),
  ...[
    { code: 'DI_E_10003' },
    { code: 'E 1' },
    { code: 'secret-cell' },
    { code: 10003 },
    { code: 'x'.repeat(100) },
    { category: 'DATA_TYPE' },
    { category: 'secret cell' },
    { category: 'DATA_TYPE', message: 'secret-cell' },
  ],
  ...[
    { column: 'pack_size', message: 'too small' },
    { column: 'packSize' },
    { column: 'PACK_SIZE' },
    { column: 'COLOUR', message: 'unknown' },
    { column: 'secret-cell' },
    { field: 'updated_at', errorMessage: 'must be a date', errorCode: 'D1' },
  ],
  ...[
    {
      errors: [
        { code: 'A', message: 'first' },
        { code: 'B', column: 'pack_size', message: 'second' },
      ],
    },
    { errors: Array.from({ length: 40 }, (_, nth) => ({ code: `C${nth}` })) },
    { error: 'a bare text' },
    { error: { message: 'within' } },
    { errors: ['one', 'two'] },
    {},
  ],
]

/** What of the upstream's words reaches a caller. */
export const words: Scenario = {
  name: 'words',
  title: "The upstream's words on rejected rows: plain ones are passed on, and nothing that could quote a cell of anybody.",
  about: `
Every row is refused with other words. One cell of the batch is \`secret-cell\`. What is hidden is told as such.`,
  upstream:
    () =>
    ({ rows }) => ({ status: 207, body: { failed: rows.map((_, index) => ({ index, ...ERRORS[index] })) } }),
  async play({ ingest }) {
    const rows = ERRORS.map((_, nth) => item(`R${nth}`, nth === 0 ? { productName: 'secret-cell' } : {}))
    await ingest('ann', 'upsertProducts', rows)
    await ingest('ann', 'appendProducts', [item('alone', { extra: { COLOUR: 'red' } })])
  },
}
