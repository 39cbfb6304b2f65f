import { wireRows } from '../../../src/rows/chunk.ts'
import { readAnswer } from '../../../src/upstream/read-answer.ts'
import { readRefusal } from '../../../src/upstream/read-refusal.ts'
import { secret } from '../../../src/util/secret.ts'
import { resourceNamed } from '../../support/rows.ts'
import type { Table } from './table.ts'

const resource = resourceNamed('Products')
const solution = { name: 'INV_OOTB', modules: [resource.module], prefix: 'INV_', suffix: '_OOTB' }
const tenant = { id: 'T', credential: secret('t') }

function batchOf(dryRun: boolean) {
  const wire = ['A', 'B', 'C'].map((id) => ({ product_id: id, updated_at: '2025-01-15 08:00:00' }))
  const destination = { tenant, solution, resource, operation: 'UPSERT', dryRun } as const
  return { destination, rows: wireRows(wire), origins: [], waitingSince: 0, sentUntil: 0 }
}

/** Of each topic a name or two, in the ways that names are joined. */
const NAMES = [
  ...[
    'failed',
    'failedRows',
    'failed_count',
    'errors',
    'error',
    'errorCode',
    'rejectedRecords',
    'skipped',
    'unprocessed',
    'notWritten',
    'category',
    'nothing',
  ],
  ...[
    'accepted',
    'acceptedCount',
    'acceptedIds',
    'acceptedIndexes',
    'rowsWritten',
    'processed',
    'ok',
    'valid',
    'success',
    'isSuccess',
    'queued',
    'ids',
  ],
  ...[
    'inserted',
    'updated',
    'created',
    'total',
    'received',
    'rows',
    'records',
    'count',
    'items',
    'data',
    'results',
    'statuses',
    'rowResults',
  ],
  ...[
    'status',
    'state',
    'result',
    'statusCode',
    'code',
    'retCode',
    'successRate',
    'percentage',
    'message',
    'statusMessage',
    'details',
    'info',
    'meldung',
  ],
  ...[
    'warning',
    'warnings',
    'notices',
    'limit',
    'limitReached',
    'rateLimit',
    'maxRows',
    'table',
    'tableLocked',
    'policy',
    'dryRun',
    'wouldInsert',
    'validateOnly',
    'testMode',
  ],
  ...[
    'requestId',
    'traceId',
    'timestamp',
    'durationMs',
    'version',
    'solutionName',
    'object',
    'operation',
    'operationType',
    'mode',
    'async',
    'hasMore',
    'cached',
    'foo',
    '结果',
  ],
]

const VALUES: readonly unknown[] = [
  ...[null, '', true, false, 'yes', 'off', 0, 1, 2, 3, 4, 99, -1, 200, 207, 500, 1.5, 1_700_000_000, '0', '3', '2', '100%', '50 %', 0.5],
  ...[
    'ok',
    'success',
    'completed',
    'accepted',
    'failed',
    'partial_success',
    'pending',
    'none',
    'unknown word',
    'INV_OOTB',
    'PRODUCTS',
    'INV_PRODUCTS_OOTB',
    'UPSERT',
    'insert',
    'dry-run',
    '2025-01-15T08:00:00Z',
    '{"failed":1}',
    '{"ok":true}',
    'x'.repeat(2_001),
  ],
  ...[
    [],
    [0],
    [0, 1, 2],
    [0, 0, 1],
    [1, 2, 3],
    ['A', 'B', 'C'],
    ['x'],
    [true, true, true],
    [true, false, true],
    ['ok', 'ok', 'ok'],
    ['ok', 'failed', 'ok'],
    [null],
  ],
  ...[
    {},
    { count: 3 },
    { count: 2 },
    { total: 3, failed: 0 },
    { failed: 1 },
    { message: 'all rows were accepted' },
    { message: 'one row is missing' },
    { 0: 'ok', 1: 'ok', 2: 'ok' },
  ],
  ...[
    [{}],
    [{ index: 0, status: 'ok' }],
    [{ index: 0 }, {}, { index: 2 }],
    [{}, {}, {}],
    [{ index: 0 }, { index: 1 }, { index: 2 }],
    [{ index: 0 }, { index: 0 }, { index: 5 }],
    [{ product_id: 'A', updated_at: '2025-01-15 08:00:00', success: false }],
  ],
]

const TEXTS = [
  ...[
    'ok',
    'done',
    '3 rows were accepted',
    '2 rows were accepted',
    'two of three rows accepted',
    'accepted: 3',
    'accepted: 2',
    'all 3 rows written',
    'no errors',
    'without any errors: 3 rows written',
    '0 failed',
    '1 failed',
  ],
  ...[
    '3 accepted, 0 rejected',
    '2 accepted, 1 rejected',
    'processed 3/3',
    'processed 2/3',
    '2of3 stored',
    'the rows could not be written',
    "rows weren't accepted",
    'partially accepted',
    'some rows were written',
    'only the first was written',
  ],
  ...[
    'request 7 accepted',
    'accepted in 12 ms',
    'accepted by node 2',
    'batch 1 of 4 accepted',
    'job-17 queued',
    'HTTP 200 OK',
    '200',
    'version 2.1.0 accepted it',
    '100 % written',
    '99.9% written',
    'written at 2025-01-15 08:00:00',
  ],
  ...[
    'ingesta completada',
    'Daten angenommen',
    'abgelehnt',
    'nicht geschrieben',
    'rejeté',
    'would be written',
    'dry run: nothing was written',
    'validated',
    'unique rows accepted',
    'undone',
    'misplaced',
    'sent',
    'maybe',
    '<html>',
    '{"a"',
    'deferred',
    'a duplicate was dropped',
    'value truncated',
    'rounded',
  ],
]

const LISTS: readonly (readonly [status: number, body: unknown])[] = [
  ...[2, 3, 4, 30, 31, 32, 33].flatMap((depth) => [
    [207, within(depth, 'inner', { failed: [{ index: 1 }] })] as const,
    [200, within(depth, 'inner', { ok: true })] as const,
  ]),
  ...[
    [],
    [{ index: 1 }],
    [{ index: '1' }],
    [{ rowIndex: 1, errors: [{ code: 'E', message: 'm', column: 'pack_size' }] }],
    [{ row_number: 1 }],
    [{ index: 1, rowNumber: 2 }],
    [{ index: 1, rowNumber: 3 }],
    [{ index: 3 }],
    [{ index: -1 }],
    [{ index: 1.5 }],
  ].map((failed) => [207, { failed }] as const),
  ...[
    [{ row: { product_id: 'B', updated_at: '2025-01-15 08:00:00' } }],
    [{ record: { PRODUCT_ID: 'B', UPDATED_AT: '2025-01-15 08:00:00' } }],
    [{ product_id: 'B', updated_at: '2025-01-15 08:00:00', message: 'm' }],
    [{ row: { product_id: 'B' } }],
    [{ row: { product_id: 'B', updated_at: '2025-01-15 08:00:00' }, key: { product_id: 'A', updated_at: '2025-01-15 08:00:00' } }],
    [{ key: { product_id: 'C', updated_at: '2025-01-15 08:00:00' }, data: { product_id: 'A', updated_at: '2025-01-15 08:00:00' } }],
    [{ product_id: 'C', updated_at: '2025-01-15 08:00:00', data: { product_id: 'A', updated_at: '2025-01-15 08:00:00' } }],
    [{ index: 0, row: { product_id: 'B', updated_at: '2025-01-15 08:00:00' } }],
  ].map((failed) => [207, { failed }] as const),
  ...[
    [{ index: 0 }, { index: 2 }],
    [{ index: 0 }, { index: 0 }],
    [
      { index: 0, code: 'A' },
      { index: 0, code: 'B' },
    ],
    [
      { index: 0, error: { column: 'a' } },
      { index: 0, error: { column: 'b' } },
    ],
    [{ index: 0, accepted: true }],
    [{ index: 0, status: 'pending' }],
    [{}],
    ['x'],
    [{ index: 0, failed: [] }],
    'x',
    { index: 0 },
  ].map((failed) => [207, { failed }] as const),
  ...[
    { accepted: 2, failed: [{ index: 0 }] },
    { accepted: 3, failed: [{ index: 0 }] },
    { total: 3, rejected: 1, failed: [{ index: 0 }] },
    { accepted: 3, failed: [] },
    { failed: [], ok: true },
    { data: { result: { failed: [{ index: 2 }] } } },
    { failed: [], more: { failed: [] } },
    { message: '2 rows accepted, 1 failed', failed: [{ index: 0 }] },
    { status: 'partial_success', failed: [{ index: 0 }] },
    { acceptedIndexes: [1, 2], failed: [{ index: 0 }] },
    { acceptedIndexes: [0, 2], failed: [{ index: 0 }] },
    {},
    [],
    [{ index: 0 }, { index: 1 }, { index: 2 }],
    [{ status: 'ok' }, { status: 'ok' }],
    '',
    'x',
    '{"a":1,"a":1}',
    7,
  ].flatMap(
    (body) =>
      [
        [200, body],
        [207, body],
        [202, body],
      ] as const,
  ),
]

/** Something under so many names. */
function within(depth: number, name: string, inner: unknown): unknown {
  return depth === 0 ? inner : { [name]: within(depth - 1, name, inner) }
}

const REFUSALS: readonly unknown[] = [
  ...[
    '',
    'not json',
    {},
    [],
    { message: 'm' },
    { error: 'e' },
    { error: { code: 'C', message: 'm', category: 'k', column: 'pack_size' } },
    { errors: ['a', 'b'] },
    { errors: [{ message: 'general' }, { index: 1, message: 'm' }] },
    { fault: { code: 7 } },
  ],
  ...[
    {
      errors: [
        { index: 0, code: 'A' },
        { index: 0, code: 'B' },
      ],
    },
    { errors: [{ index: 9 }] },
    { failed: [{ index: 1 }] },
    { details: [{ index: 1, error: 'x' }] },
    { rows: [{ index: 1, error: 'x' }, { index: 2 }] },
    { warnings: [{ index: 1, error: 'x' }] },
    { accepted: [{ index: 1, error: 'x' }] },
  ],
  ...[
    { accepted: 0 },
    { accepted: 2 },
    { accepted: 4 },
    { accepted: true },
    { acceptedIds: ['A'] },
    { acceptedIndexes: [0] },
    { accepted: ['A', 0] },
    { accepted: [] },
    { written: 3 },
    { written: '2' },
    { queued: false },
    { inserted: 1.5 },
    { acceptedRows: { count: 2 } },
    { status: 'partially accepted' },
    { status: 'ok' },
    { message: '2 rows were accepted' },
    { message: '3 of 3 rows were accepted' },
    { valid: 3 },
    {
      results: [
        { index: 0, status: 'accepted' },
        { index: 1, status: 'failed' },
      ],
    },
    [{ index: 1, errorCode: 'E', errorMessage: 'm' }],
    { result: { data: { inserted: 1 } } },
  ],
  ...[
    [{ ok: true, written: '2025-01-15' }],
    [{ ok: true, seen: '2025-01-15' }],
    [
      { index: 0, status: 201 },
      { index: 1, status: 400 },
    ],
    [{ index: 0, state: '204 done' }],
    [{ index: 0, status: 200 }],
    [{ success: true, note: 'rows written' }],
    [{ success: true, note: 'rows seen' }],
    [{ ok: false, written: '2025-01-15' }],
  ].map((rows) => ({ message: 'm', rows })),
  ...[1, 2, 8, 9, 10].map((depth) => within(depth, 'data', { message: `under ${depth} envelopes` })),
  ...[3, 4, 5, 8, 9].map((depth) => within(depth, 'inner', { errors: [{ index: 1, message: 'm' }] })),
  ...[6, 7, 8, 9].map((depth) => within(depth, 'inner', { accepted: 2 })),
]

const LETTERS = { accepted: 'a', rejected: 'r', none: 'u' }

function lettersOf(verdicts: readonly { kind: keyof typeof LETTERS }[]): string {
  const letters = verdicts.map(({ kind }) => LETTERS[kind]).join('')
  return /^(.)\1*$/.test(letters) ? letters.slice(0, 1) : letters
}

function told(status: number, body: unknown, dryRun = false, base: 0 | 1 = 0): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { verdicts, unknownShape } = readAnswer(status, text, batchOf(dryRun), { rowIndexBase: base, keyCase: 'lower' })
  return `${lettersOf(verdicts)}${unknownShape ? '?' : ''}`
}

function refusal(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { error, named, contradiction } = readRefusal(text, batchOf(false), { rowIndexBase: 0, keyCase: 'lower' })
  return `${lettersOf(contradiction ?? named ?? []) || '-'} ${contradiction ? 'contradicts itself ' : ''}${JSON.stringify(error)} ${JSON.stringify(named ?? contradiction ?? '')}`
}

const short = (value: unknown) => JSON.stringify(value).slice(0, 160)

/** What answers of the upstream say of the rows that were sent. */
export const reading: Table = {
  name: 'reading',
  title: 'How answers of the upstream to three rows are read: every name that may stand in one, with every value.',
  about: `
a: all are accepted, r: all rejected, u: all unconfirmed; three letters where rows differ; with ? where the answer is believed on its status alone.
The first lines are 200 answers of one member each, the values in the order of the list at the top.`,
  lines: () => [
    ...VALUES.map((value, nth) => `value ${nth}: ${short(value)}`),
    ...NAMES.map((name) => `${name.padEnd(16)} ${VALUES.map((value) => told(200, { [name]: value })).join(' ')}`),
    ...NAMES.map(
      (name) =>
        `${name.padEnd(16)} beside a failed row ${VALUES.map((value) => told(207, { [name]: value, failed: [{ index: 0 }], ...(name === 'failed' && { failed: value }) })).join(' ')}`,
    ),
    ...['dryRun', 'wouldInsert', 'validateOnly', 'valid', 'message', 'inserted', 'mode'].map(
      (name) => `${name.padEnd(16)} of a dry run ${VALUES.map((value) => told(200, { [name]: value }, true)).join(' ')}`,
    ),
    ...TEXTS.map(
      (text) =>
        `${told(200, { message: text })} ${told(200, { message: text }, true)} ${told(200, { foo: text })} ${told(200, { status: text })} ${told(200, { warning: text })} ${told(207, { message: text, failed: [{ index: 1 }] })} ${text}`,
    ),
    ...LISTS.map(([status, body]) => `${told(status, body)} ${told(status, body, false, 1)} ${status} ${short(body)}`),
    ...REFUSALS.map((body) => `${short(body)} ${refusal(body)}`),
  ],
}
