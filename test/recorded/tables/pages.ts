import { CLIENT_CODES } from '../../../src/client/client-codes.ts'
import { ClientError } from '../../../src/client/index.ts'
import { failureOf } from '../../../src/console/file/failure.ts'
import { type FailedRow, type Plan, type SendResult, sendRows } from '../../../src/console/file/send-rows.ts'
import type { SourceRow } from '../../../src/console/file/source-row.ts'
import { broughtTogether, corrected, rowsToResend } from '../../../src/console/load/corrections.ts'
import type { LoadState, StateOf } from '../../../src/console/load/load-state.ts'
import { rejectedCsv } from '../../../src/console/load/rejected-csv.ts'
import { hasRowIssue, isEdited, issuesOf } from '../../../src/console/load/shown-row.ts'
import { filledBuckets, niceCeiling, PERIODS, sinceOf } from '../../../src/console/outcomes/buckets.ts'
import { moved } from '../../../src/console/parts/grid/move.ts'
import { bytes, count, counted, duration, percent } from '../../../src/console/parts/number-text.ts'
import { createStore } from '../../../src/console/session/store.ts'
import { GATEWAY_ERRORS } from '../../../src/errors.ts'
import { FILE_FAULTS, FileFault, type FileFaultCode } from '../../../src/tabular/file-faults.ts'
import { type Chance, createChance } from '../../support/random.ts'
import type { Table } from './table.ts'

const lineOf = (error: unknown) => Object.values(failureOf(error)).join(' | ')

const KEYS = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'ArrowRight', 'ArrowLeft', 'Home', 'End', 'Enter']
const PLACES = [
  { row: 0, column: 0 },
  { row: 12, column: 2 },
  { row: 29, column: 4 },
]
const FAR = [
  { ctrlKey: false, metaKey: false },
  { ctrlKey: true, metaKey: false },
  { ctrlKey: false, metaKey: true },
]

const HEADERS = ['id', 'rejected_code', 'size', 'note; or not']
const issue = (code: string, field: string | null) => ({
  code,
  field,
  column: null,
  message: `says "${code}"`,
  hint: null,
  upstreamCode: null,
})
const CELLS: readonly unknown[] = ['a', '1', '', ' b', 'c,d', 'e"f', 'g\nh', null, undefined, 7, true, new Date(0), { x: 1 }]

function drawRow(chance: Chance, number: number): SourceRow {
  const width = chance.pick([4, 4, 4, 3, 5])
  const cells = Array.from({ length: width }, () => chance.pick(CELLS))
  return { number, ...(chance.percent(70) && { line: number + 1 }), cells }
}

function drawFailed(chance: Chance, number: number): FailedRow {
  const issues = Array.from({ length: chance.between(1, 2) }, () =>
    issue(chance.pick(['A', 'B']), chance.pick([null, 'id', 'size', 'gone'])),
  )
  return { row: drawRow(chance, number), status: chance.pick(['rejected', 'unconfirmed']), retryable: chance.percent(30), issues }
}

const told = ({ row, status, retryable, issues }: FailedRow) =>
  `${row.number} ${status}${retryable ? ' again' : ''} ${issues.map(({ code, field }) => `${code} ${field}`).join('+')}`
const cellsOf = ({ number, cells }: SourceRow) => `${number} ${JSON.stringify(cells)}`

/** Rows that were not accepted, corrected by somebody and sent again, with what comes of it. */
async function corrections(seed: number): Promise<string[]> {
  const chance = createChance(seed)
  const open = Array.from({ length: chance.between(0, 5) }, (_, at) => drawFailed(chance, at * 2 + 1))
  const first = {
    ...{ step: 'sent', open, edits: new Map(), corrected: new Set([99]), isResending: false, failure: failureOf(new TypeError()) },
    ...{ tally: { accepted: 10, rejected: 5, unconfirmed: 5, replayed: 1 }, loaded: { scan: { headers: HEADERS } } },
  } as unknown as StateOf<'sent'>
  const store = createStore<LoadState>(first)
  const lines = [`corrections ${seed}: ${open.map(told).join(', ')}`]
  let seen = ''
  const { edit, resend } = corrected(store, async (state, rows) => {
    seen = `sends ${rows.map(cellsOf).join(', ')}, resending ${(store.get() as StateOf<'sent'>).isResending}, failure ${'failure' in store.get()}`
    edit([1], 0, 'too late')
    const failed = rows.filter(() => chance.percent(40)).map(({ number }) => drawFailed(chance, number))
    const stopped = chance.percent(30) ? { stopped: failureOf(new TypeError()) } : {}
    return {
      rows: rows.length,
      accepted: rows.length - failed.length,
      rejected: 0,
      unconfirmed: 0,
      replayed: state.open.length,
      failed,
      ...stopped,
    }
  })
  for (let nth = 0; nth < 3; nth++) {
    edit([chance.between(0, 6), chance.between(0, 6)], chance.between(0, 3), `text ${nth}`)
    seen = 'sends nothing'
    if (chance.percent(70)) await resend()
    const now = store.get() as StateOf<'sent'>
    lines.push(
      `  ${seen}; open ${now.open.map(told).join(', ')}; edits ${[...now.edits.values()].map(cellsOf).join(', ')}; corrected ${[...now.corrected]}`,
      `  ${JSON.stringify(now.tally)}${now.failure ? ` ${now.failure.code}` : ''}, to send ${rowsToResend(now).map(({ number }) => number)}`,
      `  ${JSON.stringify(rejectedCsv(now))}`,
    )
  }
  const result = { accepted: 3, rejected: 4, unconfirmed: 5, replayed: 6, rows: 12, failed: open } as SendResult
  const { tally, open: left } = broughtTogether(result, new Set([1, 5, 9]))
  return [...lines, `  beside 1, 5 and 9: ${JSON.stringify(tally)} ${left.map(told).join(', ')}`]
}

const COLUMN = { column: 'ID', presence: 'REQUIRED', references: null, type: 'STRING' }
const PLAN = {
  ...{ headers: HEADERS, targets: ['id', null, 'size', 'extra.note'], operation: 'upsert', solution: undefined },
  resource: {
    name: 'Things',
    columns: [
      { ...COLUMN, field: 'id' },
      { ...COLUMN, field: 'size', type: 'INTEGER' },
    ],
  },
}

/** What becomes of rows, each of which has the outcome that is drawn for it. */
async function sending(seed: number, most: number): Promise<string> {
  const chance = createChance(seed)
  const plan = {
    ...PLAN,
    isTable: chance.percent(50),
    ...(chance.percent(30) && { solution: 'S', operation: 'append' }),
  } as unknown as Plan
  const asked: string[] = []
  const start =
    (operation: string) =>
    (
      name: string,
      rows: AsyncIterable<unknown>,
      { signal: _, onProgress: __, ...options }: object & { signal: unknown; onProgress: unknown },
    ) => {
      asked.push(`${operation} ${name} ${JSON.stringify(options)}`)
      const ends = chance.percent(30)
      async function* outcomes() {
        let index = 0
        for await (const row of rows) {
          if (most < 20) asked.push(JSON.stringify(row))
          const status = most < 20 ? chance.pick(['accepted', 'rejected', 'unconfirmed']) : 'rejected'
          const issues = status === 'accepted' ? [] : [{ ...issue(chance.pick(['DUPLICATE_KEY', 'WRONG_TYPE']), 'size'), hint: 'a hint' }]
          yield { index: index++, row, key: null, status, replayed: chance.percent(20), retryable: status === 'unconfirmed', issues }
        }
        if (ends) throw new ClientError('OVERLOADED', 'The message.')
      }
      return { outcomes, done: ends ? Promise.reject(new ClientError('OVERLOADED', 'The message.')) : Promise.resolve({}) }
    }
  async function* lists() {
    yield Array.from({ length: most }, (_, at) => drawRow(chance, at + 1))
    yield [drawRow(chance, most + 1)]
  }
  const client = { upsert: start('upsert'), append: start('append') } as never
  const more = { ...(chance.percent(50) && { key: 'K' }), ...(chance.percent(50) && { dryRun: true }) }
  const { failed, ...counts } = await sendRows(client, plan, lists(), {
    ...more,
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  const kept = failed.slice(0, 9).map((row) => `${told(row)} ${row.issues.map(({ message, hint }) => `${message} (${hint})`)}`)
  return [`sending ${seed}: ${JSON.stringify(counts)}, ${failed.length} kept`, ...asked, ...kept].join('\n  ')
}

function shownRows(): string[] {
  const row = { number: 1, cells: ['a', null, 7] }
  const failed: FailedRow = { row, status: 'rejected', retryable: false, issues: [issue('A', 'id'), issue('B', 'size'), issue('C', null)] }
  const edited = { ...row, cells: ['b', '', '7'] }
  const all = [undefined, { row, failed: undefined }, { row, failed }, { row: edited, failed }]
  return all.map((one, at) => {
    const issues = [null, 'id', 'size', 'other'].map((target) =>
      issuesOf(one, target)
        .map(({ code }) => code)
        .join('+'),
    )
    const beside = [[], ['id'], ['id', 'size']].map((targets) => hasRowIssue(one, targets))
    return `shown ${at}: issues ${issues.join('|')}, edited ${[0, 1, 2, 3].map((column) => isEdited(one, column))}, of the row ${beside}`
  })
}

function charts(): string[] {
  const now = Date.parse('2025-01-28T14:30:45Z')
  return Object.values(PERIODS).flatMap((period) => {
    const since = sinceOf(period, now)
    const some = [since, since + 60_000, now].map((at) => ({ start: new Date(at).toISOString(), accepted: 1, rejected: 2, unconfirmed: 3 }))
    const bars = filledBuckets(some, period, since)
    const full = bars.flatMap(({ accepted }, at) => (accepted > 0 ? [at] : []))
    return [`${period.title}: since ${new Date(since).toISOString()}, ${bars.length} bars to ${bars.at(-1)?.start}, full ${full}`]
  })
}

/** What the console's page makes of figures, keys, rows and failures. */
export const pages: Table = {
  name: 'pages',
  title: "What the console's page makes of figures, keys and rows, and what it says of each failure.",
  about: 'Of a failure: the code, the message, and the remedy.',
  lines: async () => [
    ...[0, 1, 2, 999, 1_000, 1_234_567].map((value) => `${value}: ${count(value)}, ${counted(value, 'row')}, ${bytes(value)}`),
    ...[999, 999_999, 1e6, 1.5e9, 2e12, 0.5].map((value) => `${value} bytes: ${bytes(value)}`),
    ...[0, 0.0001, 0.001, 0.5, 0.25 / 3, 0.999, 0.9999, 1].map((share) => `${share}: ${percent(share)}`),
    ...[0, 0.9, 1, 1.4, 89.9, 90, 91, 5_399, 5_400, 9_000].map((seconds) => `${seconds} s: ${duration(seconds)}`),
    ...[0, 1, 2, 3, 7, 9, 10, 11, 12, 25, 45, 70, 81, 99, 100, 101, 6_001].map((value) => `scale to ${value}: ${niceCeiling(value)}`),
    ...charts(),
    ...PLACES.flatMap((place) =>
      FAR.map((far) => {
        const places = KEYS.map((key) => moved(place, { key, ...far }, { rows: 30, columns: 4 }))
        return `from ${Object.values(place)}${far.ctrlKey || far.metaKey ? ' far' : ''}: ${places.map((to) => (to ? `${to.row},${to.column}` : '-')).join(' ')}`
      }),
    ),
    ...shownRows(),
    ...(await Promise.all(Array.from({ length: 12 }, (_, seed) => corrections(seed + 1)))).flat(),
    ...(await Promise.all(Array.from({ length: 8 }, (_, seed) => sending(seed + 1, seed)))),
    await sending(9, 10_030),
    ...[...Object.keys(CLIENT_CODES), ...Object.keys(GATEWAY_ERRORS), 'OTHER'].map((code) => lineOf(new ClientError(code, 'The message.'))),
    ...(Object.keys(FILE_FAULTS) as FileFaultCode[]).flatMap((code) => [
      lineOf(new FileFault(code, 'The message.')),
      lineOf(new ClientError('ROWS_FAILED', 'The message.', { cause: new FileFault(code, 'The message.', 7) })),
    ]),
    lineOf(new DOMException('stopped', 'AbortError')),
    lineOf(new DOMException('other', 'DataError')),
    lineOf(new TypeError('defect')),
  ],
}
