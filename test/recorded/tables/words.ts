import type { Batch } from '../../../src/ingest/batch.ts'
import type { UpstreamError } from '../../../src/ingest/upstream-port.ts'
import { createUpstreamWords } from '../../../src/ingest/upstream-words.ts'
import { wireRows } from '../../../src/rows/chunk.ts'
import { createShapeReport, createUnusableReport } from '../../../src/upstream/answer-reports.ts'
import { readOrigin } from '../../../src/util/request-origin.ts'
import { secret } from '../../../src/util/secret.ts'
import { resourceNamed } from '../../support/rows.ts'
import type { Table } from './table.ts'

const resource = resourceNamed('Products')
const solution = { name: 'S', modules: [resource.module], prefix: '', suffix: '' }
const CELLS = [
  'abc',
  'product_id',
  'DI_E_10003',
  'Jane Roe',
  '(up or on)',
  'pack size',
  'ü',
  'ab',
  '4711',
  12,
  120,
  98_765,
  true,
  null,
  'size',
  'in',
  { deep: ['Hidden-Word', { inner_name: 5 }] },
  'a\\u0062c%41&amp;',
]

function batchOf(isShared: boolean): Batch {
  const destination = {
    tenant: { id: 'T', credential: secret('token-77') },
    solution,
    resource,
    operation: 'UPSERT',
    dryRun: false,
  } as const
  const origins = [readOrigin({ headers: {} }), ...(isShared ? [readOrigin({ headers: {} })] : [])]
  return {
    destination,
    rows: wireRows(CELLS.map((cell, at) => ({ product_id: `P${at}`, note: cell }))),
    origins,
    waitingSince: 0,
    sentUntil: 0,
  }
}

const CODES = [
  ...[
    '',
    'E',
    'DI_E_10003',
    'DI_E_1',
    'di_e_10003',
    'DI_E_100034',
    '7',
    '4711',
    '47',
    'E-4711',
    'E_4712',
    'E-471',
    'BAD_ROW',
    'bad.row:7',
    'bad row',
    '-E',
    'ABC_1',
    'XABC',
    'ab',
    'E.F-G:H_1',
  ],
  ...[
    'E1F2',
    'E_1234567',
    'E_123456',
    'E_',
    'JaneRoe',
    'JANE_ROE',
    'x'.repeat(64),
    'x'.repeat(65),
    `${'x'.repeat(64)} y`,
    `${'E'.repeat(63)}-12345`,
    'HIDDENWORD',
    'TOKEN77',
    'true',
  ],
]

const COLUMNS = [
  'product_id',
  'PRODUCT_ID',
  'productId',
  'PRODUCTID',
  'pack_size',
  'Pack_Size',
  'products',
  'new_column',
  'abc',
  'abcd',
  'ab',
  'x-y',
  '1x',
  'note',
  'inner_name',
  'x'.repeat(100),
  'x'.repeat(101),
  '',
]

const MESSAGES = [
  ...[
    '',
    'not good',
    'Not Good',
    'NOT GOOD',
    'nOt good',
    'the size',
    'the sizes',
    'bad abc',
    'bad xabcx',
    'bad a b c',
    'bad ab',
    'bad in',
    'is in of',
    'bad Jane',
    'go up or on',
    'up or on it',
    'go up or in',
    'bad roe',
    'packSize is bad',
    'PACK_SIZE is bad',
  ],
  ...[
    'pack size is bad',
    'row 1',
    'row 16',
    'row 17',
    'rows 2',
    'index 3',
    'lines 3',
    'entry 4',
    'number 12',
    'row 120',
    'at 3',
    '3 rows',
    'row  5',
    'row: 5',
    'record #5',
    'Item 5 and row 6',
  ],
  ...[
    'E_CODE_1 is bad',
    'E_CODE',
    'CODE_E1',
    'code_e',
    `${'A'.repeat(32)}_${'B'.repeat(31)}`,
    `${'A'.repeat(32)}_${'B'.repeat(32)}`,
    'DI_E_10003 is bad',
    'MYCODE is bad',
    "it isn't",
    "it wasn’t we're they've he'll o'clock",
  ],
  ...[
    'größer',
    'gros',
    'GRÖSSER',
    'bad ü',
    'плохо',
    'плоxо',
    'bad <b>',
    'bad…',
    'bad – worse',
    'bad\tthing\n here',
    'ab cd',
    'xy',
    'hidden word',
    'innername',
    'inner name',
    'token',
    'bad 98765',
    'row 12',
  ],
  ...[
    `${'good '.repeat(60)}`,
    `${'good '.repeat(59)}goods`,
    `${'good '.repeat(60)}end`,
    'x'.repeat(301),
    `${'good '.repeat(58)}then Jane comes`,
  ],
]

/** Messages that are all different, of which no more than so many are looked at. */
const MANY = Array.from({ length: 52 }, (_, at) => `very ${'bcdfghjklm'[at % 10]}${'aeiouy'[Math.floor(at / 10)]}thing`)

const QUOTES = ['abc', 'ab', 'Jane', 'jane roe', 'x Jane Roe x', 'other', '4711', '471', 'hidden', 'b c', 'abcA', 'token 77', '']

const short = (value: unknown) =>
  JSON.stringify(value)
    .replace(/(.)\1{20,}/g, (run, of) => `${of} x ${run.length}`)
    .replace(/(?:good ){5,}/g, (run) => `good x ${run.length / 5} `)

const SHAPES: readonly (readonly string[])[] = [
  ...[
    [],
    ['done'],
    ['done'],
    ['done', 'x-y.z_1'],
    ['a b', '1a', '_a', '-a', 'aü'],
    ['x'.repeat(40), 'x'.repeat(41)],
    ['abc', 'ab', 'hidden'],
    Array.from({ length: 22 }, (_, at) => 'abcdefghijklmnopqrstuvw'[at] ?? ''),
  ],
]
const BODIES = [undefined, '', '  ', ' <html>', '{', '[', ' {"a"', 'x', '\ufeff{', '"a"']

/** What is told of answers that say nothing of rows. */
function reports(): string[] {
  const told: string[] = []
  let counted = 0
  const note = createShapeReport(
    (names) => told.push(names.join(' ')),
    () => {
      counted++
    },
  )
  for (const names of SHAPES) note(names, batchOf(false))
  for (let nth = 0; nth < 99; nth++) note([`other${'x'.repeat(nth)}`], batchOf(false))
  const unusable = createUnusableReport(({ status, body, tenantId }) => told.push(`${status} ${body} ${tenantId}`))
  for (const text of BODIES) for (const status of [200, 500]) unusable(status, text, batchOf(false))
  return [
    `${counted} counted`,
    ...told.filter((line) => !line.startsWith('other') && line !== '?'),
    `${told.filter((line) => line.startsWith('other') || line === '?').length} others told`,
  ]
}

/** What of the upstream's words may be shown. */
export const words: Table = {
  name: 'words',
  title: 'What of the words of the upstream is shown, beside cells that must not be: its codes, categories, columns and messages.',
  about: `
Codes and columns are asked of a batch of one request, and of one whose rows are those of two. Messages, without a code and with two: + as it is, - not at all.`,
  lines: () => {
    const [own, shared] = [false, true].map((isShared) => createUpstreamWords(batchOf(isShared)))
    const both = (error: UpstreamError) => [own, shared].map((one) => short(one?.show(error))).join(' ')
    const told = (error: UpstreamError) => {
      const message = own?.show(error).message
      return message === undefined ? '-' : message === error.message ? '+' : short(message)
    }
    return [
      ...CODES.map((code) => `code ${short(code)}: ${both({ code, category: code })}`),
      ...COLUMNS.map((column) => `column ${short(column)}: ${both({ column })}`),
      ...MESSAGES.map(
        (message) =>
          `${short(message)}: ${[{}, { code: 'MYCODE' }, { code: 'DI_E_10003' }].map((more) => told({ message, ...more })).join(' ')}`,
      ),
      ...MANY.map((message) => `${message}: ${told({ message })}`),
      ...reports(),
      ...QUOTES.map((text) => `${text}: ${own?.isQuote(text)}`),
    ]
  },
}
