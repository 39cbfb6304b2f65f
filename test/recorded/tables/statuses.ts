import type { Batch } from '../../../src/ingest/batch.ts'
import type { Operation } from '../../../src/ingest/outcome.ts'
import { divisionOf, rowsToRepeat } from '../../../src/ingest/retry-policy.ts'
import { settle } from '../../../src/ingest/settle.ts'
import type { Answer, Verdict } from '../../../src/ingest/upstream-port.ts'
import { wireRows } from '../../../src/rows/chunk.ts'
import { meaningOf, readRetryAfter } from '../../../src/upstream/statuses.ts'
import { readOrigin } from '../../../src/util/request-origin.ts'
import { secret } from '../../../src/util/secret.ts'
import { resourceNamed } from '../../support/rows.ts'
import type { Table } from './table.ts'

const resource = resourceNamed('Products')
const solution = { name: 'INV_OOTB', modules: [resource.module], prefix: '', suffix: '' }

function batchOf(operation: Operation, dryRun: boolean, count: number): Batch {
  const destination = { tenant: { id: 'T', credential: secret('t') }, solution, resource, operation, dryRun }
  const rows = Array.from({ length: count }, (_, at) => ({ product_id: `P${at}`, EXTRA_ONE: 'x' }))
  return { destination, rows: wireRows(rows), origins: [readOrigin({ headers: {} })], waitingSince: 0, sentUntil: 0 }
}

const ACCEPTED: Verdict = { kind: 'accepted' }
const rejected = (...codes: readonly (string | undefined)[]): Verdict => ({
  kind: 'rejected',
  errors: codes.map((code) => (code === undefined ? {} : { code })),
})
const NONE: Verdict = { kind: 'none', reason: 'UNREADABLE_ANSWER' }
const refused = (status: number, more: object = {}): Answer => ({
  kind: 'refused',
  failure: 'FINAL',
  code: 'UPSTREAM_REFUSED_BATCH',
  divisible: true,
  status,
  ...more,
})

const ANSWERS: readonly Answer[] = [
  ...[
    [ACCEPTED, ACCEPTED, ACCEPTED],
    [ACCEPTED, rejected('SOON'), rejected('NEVER')],
    [rejected('SOON', 'NEVER'), rejected('SOON', 'SOON_TOO'), rejected()],
  ].map((verdicts): Answer => ({ kind: 'answered', verdicts })),
  ...[
    [NONE, rejected('SOON'), ACCEPTED],
    [rejected(undefined), rejected('SOON'), rejected('SOON', undefined)],
    [ACCEPTED],
    [NONE, NONE, NONE],
  ].map((verdicts): Answer => ({ kind: 'answered', verdicts })),
  ...[
    refused(400),
    refused(400, { divisible: false }),
    refused(400, { error: { code: 'DI_E_10003', message: 'not good', column: 'product_id', category: 'DATA' } }),
    refused(400, { error: { category: 'DATA' } }),
    refused(400, { named: [ACCEPTED, rejected('A'), NONE] }),
    refused(400, { named: [rejected('A'), rejected('B', 'C'), rejected('D')] }),
    refused(400, { named: [NONE, NONE, NONE] }),
    refused(400, {
      error: { column: 'extra_one' },
      named: [
        { kind: 'rejected', errors: [{ column: 'extra_one', message: 'too long' }, { column: 'PACKSIZE' }, { column: 'other' }] },
        NONE,
        NONE,
      ],
    }),
    refused(429, { failure: 'NOT_YET', code: 'UPSTREAM_RATE_LIMITED', divisible: false, retryAfterMs: 7 }),
    refused(503, { failure: 'NOT_YET' }),
  ],
  ...(['LOST', 'UNAVAILABLE'] as const).map((failure): Answer => ({ kind: 'lost', failure, reason: 'UPSTREAM_ERROR' })),
  ...(['TIMED_OUT', 'CONNECTION_LOST'] as const).map((reason): Answer => ({ kind: 'lost', failure: 'LOST', reason })),
  { kind: 'unsent', failure: 'UNSENT' },
  { kind: 'withheld', failure: 'FINAL', code: 'OVERLOADED' },
  { kind: 'withheld', failure: 'FINAL', code: 'UPSTREAM_UNAVAILABLE' },
]

const short = (value: unknown) => JSON.stringify(value)

/** What is done about rows after an answer, by the operation and by what the operator vouches for. */
function repeats(answer: Answer): string {
  const cases = (['UPSERT', 'APPEND'] as const).flatMap((operation) =>
    [false, true].flatMap((vouched) =>
      [3, 1].map((count) => {
        const choices = { retryableCodes: new Set(['SOON', 'SOON_TOO']), retryAppendOn503: vouched, bisectAppend: vouched }
        const batch = batchOf(operation, false, count)
        const { again, attempts, isFree } = rowsToRepeat(answer, batch, choices)
        const division = divisionOf(answer, batch, (at) => at + 10, choices)
        return `${operation}${vouched ? ' vouched' : ''} of ${count}: ${again.join(' ')} up to ${attempts}${isFree ? ' free' : ''} ${division === undefined ? '' : short(division)}`
      }),
    ),
  )
  return [short(answer), ...cases].join('\n  ')
}

const WAITS = [
  ...[
    '0',
    '1',
    ' 1 ',
    '1.5',
    '0.0001',
    '59',
    '60',
    '61',
    '99999999999',
    '-1',
    '1e3',
    '1,5',
    '1, 5',
    '5, 1 ',
    '1,',
    ',',
    '',
    'soon',
    '1 2',
    'Infinity',
  ],
  ...[
    'Tue, 14 Nov 2023 22:13:20 GMT',
    'Tue, 14 Nov 2023 22:13:22 GMT',
    'Tue, 14 Nov 2023 22:13:18 GMT',
    'Tuesday, 14-Nov-23 22:13:25 GMT',
    'Tue Nov 14 22:13:25 2023',
  ],
  ...[
    'Tue, 14 Nov 2023 23:13:20 GMT',
    '2023-11-14T22:13:25Z',
    'Tue, 14 Nov 2023',
    ' Tue, 14 Nov 2023 22:13:25 GMT ',
    'tue, 14 Nov 2023 22:13:25 GMT',
    '22:13:25',
  ],
]

/** With the time of the day standing still. */
function waits(): string[] {
  const real = Date.now
  Date.now = () => 1_700_000_000_000
  try {
    return [undefined, ...WAITS].map((header) => `${short(header)}: ${readRetryAfter(header).retryAfterMs}`)
  } finally {
    Date.now = real
  }
}

/** What statuses and answers come to, for rows and for what is sent again. */
export const statuses: Table = {
  name: 'statuses',
  title: 'What each status means, how long is waited, which rows are sent again after an answer, and what is told of them.',
  about:
    'A status is read without and with a time to wait. Of an answer: rows to be sent again, up to how many attempts, for free or not, and parts.',
  lines: () => [
    ...Array.from({ length: 500 }, (_, at) => at + 100)
      .map((status) => `${status} ${short(meaningOf(status, false))}${status === 503 ? short(meaningOf(status, true)) : ''}`)
      .reduce<string[]>(joinAlike, []),
    ...waits(),
    ...ANSWERS.map(repeats),
    ...ANSWERS.flatMap((answer) =>
      [batchOf('UPSERT', false, 3), batchOf('APPEND', false, 3), batchOf('APPEND', true, 3)].map(
        (batch) => `${short(answer)}\n  ${settle(answer, batch).map(short).join('\n  ')}`,
      ),
    ),
  ],
}

/** Neighbours that mean the same stand in one line. */
function joinAlike(lines: string[], line: string): string[] {
  const meaning = line.slice(4)
  const last = lines.at(-1)
  if (last?.endsWith(` ${meaning}`) !== true) return [...lines, line]
  return [...lines.slice(0, -1), `${last.split(/[ -]/)[0]}-${line}`]
}
