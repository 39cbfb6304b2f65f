import { cut } from '../../../src/client/chunks.ts'
import { ClientError } from '../../../src/client/client-error.ts'
import { type Payload, payloadIn } from '../../../src/client/ingest-request.ts'
import { pauseMs } from '../../../src/client/retry.ts'
import { startRun } from '../../../src/client/run.ts'
import type { Outcome, Progress } from '../../../src/client/types.ts'
import { fromUpstream } from '../../../src/client/upstream-row.ts'
import { type Chance, createChance } from '../../support/random.ts'
import { takeClock } from '../../support/virtual-clock.ts'
import { inTurn, type Table } from './table.ts'

const issue = (code: string, field: string | null = null) => ({
  code,
  field,
  column: null,
  message: `says ${code}`,
  hint: null,
  upstreamCode: null,
})

/** What a gateway tells of rows that it does not accept. */
const OUTCOMES = [
  ...[
    { retryable: false, issues: [issue('MISSING_FIELD', 'a')] },
    { retryable: false, issues: [issue('WRONG_TYPE', 'b'), issue('MISSING_FIELD', 'a')] },
    { retryable: true, issues: [issue('OVERLOADED')] },
  ],
  ...[
    { retryable: true, reason: 'TIMED_OUT' },
    { retryable: false, reason: 'CONNECTION_LOST' },
  ],
]
/** What nearly all rows of a request may share. */
const SHARED = [
  ...[
    { retryable: false, issues: [issue('UPSTREAM_UNAUTHORIZED')] },
    { retryable: true, issues: [issue('UPSTREAM_UNAVAILABLE')] },
    { retryable: false, issues: [issue('FORBIDDEN_VALUE', 'c')] },
  ],
]
const ERRORS: readonly (readonly [string, object])[] = [
  ...([
    ['UNREACHABLE', {}],
    ['INTERNAL_SERVER_ERROR', { status: 200 }],
    ['NOT_A_GATEWAY', { status: 502 }],
    ['NOT_A_GATEWAY', { status: 404 }],
    ['RATE_LIMITED', { status: 429, retryAfterMs: 1_500 }],
    ['STORE_UNAVAILABLE', { retryAfterMs: 1_000 }],
    ['STORE_UNAVAILABLE', { retryAfterMs: 1_000 }],
    ['BAD_USER_INPUT', {}],
  ] as const),
]

const rowsIn = (body: string): readonly { readonly id: string }[] => JSON.parse(body).variables.rows

function payloadOf(chance: Chance, count: number, isCalm: boolean): Payload {
  const shared = !isCalm && chance.percent(15) ? chance.pick(SHARED) : undefined
  const rows = Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    if (shared !== undefined) return [{ index, ...shared }]
    return chance.percent(isCalm ? 4 : 30) && index < 40 ? [{ index, ...chance.pick(OUTCOMES) }] : []
  })
  const rejected = rows.filter((row) => 'issues' in row).length
  const counts = { acceptedCount: count - rows.length, rejectedCount: rejected, unconfirmedCount: rows.length - rejected }
  return {
    ...counts,
    replayedCount: chance.percent(25) ? chance.pick([0, count]) : 0,
    retryableCount: rows.filter(({ retryable }) => retryable).length,
    retryAfterMs: chance.pick([null, null, 700]),
    warnings: chance.percent(15) ? [`warning ${chance.between(1, 2)}`] : [],
    rows: rows as Payload['rows'],
  }
}

const lineOf = ({ index, key, status, retryable, replayed, issues }: Outcome<unknown>) =>
  `${index} ${status}${retryable ? ' again' : ''}${replayed ? ' replayed' : ''} by ${key}${issues.map(({ code, hint }) => ` ${code}${hint ? ` (${hint})` : ''}`)}`

/** One run of a client against a gateway that is not always there, from its first request to its summary. */
async function run(seed: number): Promise<string> {
  const clock = takeClock()
  const { random } = Math
  Math.random = () => 0.5
  try {
    const chance = createChance(seed)
    const seen: string[] = []
    const say = (what: string) => void seen.push(`${Math.round(performance.now())} ${what}`)
    const isLong = seed % 6 === 0
    const count = isLong ? chance.pick([5_000, 5_001, 14_000]) : chance.pick([0, 1, 2, 5, 9])
    const post = async ({ bytes }: { readonly bytes: unknown }) => {
      const { key, dryRun, solution } = JSON.parse(bytes as string).variables
      const rows = rowsIn(bytes as string)
      say(`sends ${rows.length} from ${rows[0]?.id} by ${key}${dryRun ? ' dry' : ''}${solution ? ` to ${solution}` : ''}`)
      const ms = chance.pick([1, 20, 400])
      await new Promise((resolve) => setTimeout(resolve, ms))
      if (chance.percent(isLong ? 10 : 30)) {
        const [code, details] = chance.pick(ERRORS)
        say(`fails with ${code}`)
        throw new ClientError(code, `says ${code}`, details)
      }
      const payload = payloadOf(chance, rows.length, isLong)
      return { payload: chance.percent(5) ? { ...payload, acceptedCount: payload.acceptedCount + 1 } : payload }
    }
    const ending = new AbortController()
    if (chance.percent(10)) setTimeout(() => ending.abort('enough'), 500)
    const last = { progress: {} as Progress, told: 0 }
    const options = {
      ...{ parallel: chance.pick([1, 2]), signal: ending.signal, dryRun: chance.percent(15), key: 'K' },
      ...(chance.percent(25) && { maxRejected: chance.pick([0, 2]) }),
      ...(chance.percent(20) && { solution: 'S' }),
      onProgress(progress: Progress) {
        last.told++
        last.progress = progress
        if (progress.waitingMs !== undefined) say(`waits ${progress.waitingMs}`)
      },
    }
    const rows = Array.from({ length: count }, (_, at) => (at % 7 === 6 ? { id: Number.NaN } : { id: `r${at}` }))
    const started = startRun({ resource: 'Things', operation: chance.pick(['upsert', 'append']) }, rows, options, {
      transport: { post: post as never, prepare: async (bytes) => ({ bytes }) },
      askFacts: async () => ({ fields: new Map(), primaryKey: ['id'] }) as never,
    })
    const outcomes: string[] = []
    let isDone = false
    const read = async () => {
      for await (const outcome of started.outcomes()) outcomes.push(lineOf(outcome))
    }
    const reading = chance.percent(70) ? read().catch((error: Error) => void outcomes.push(`ends with ${error.message}`)) : undefined
    const done = started.done.then(
      (summary) => say(`came to ${summaryLine(summary)}`),
      (error: ClientError) =>
        say(`${error.code}: ${error.message} ${error.limit ?? ''} ${error.actual ?? ''} ${summaryLine(error.summary)}`),
    )
    void Promise.all([done, reading]).then(() => {
      isDone = true
    })
    await clock.runUntil(() => isDone)
    say(`told ${last.told} times, last ${JSON.stringify(last.progress)}`)
    const shown = isLong
      ? [...outcomes.slice(0, 3), ...outcomes.filter((line) => !line.includes('accepted')).slice(0, 9), `${outcomes.length} outcomes`]
      : outcomes
    return [`run ${seed} of ${count} rows`, ...seen, ...shown].join('\n  ')
  } finally {
    Math.random = random
    clock.restore()
  }
}

function summaryLine(summary: object | undefined): string {
  if (summary === undefined) return 'nothing'
  const { rejectedRows, issueSummary, ...counts } = summary as { rejectedRows: Outcome<unknown>[]; issueSummary: { message: string }[] }
  const issues = issueSummary.map(({ message: _, ...kind }) => JSON.stringify(kind))
  return `${JSON.stringify(counts)} ${issues.join(' ')} rejected ${rejectedRows.map(({ index }) => index).slice(0, 20)}`
}

const PAYLOADS: readonly object[] = [
  ...[{}, { payload: null }, { payload: {} }, { payload: { acceptedCount: 2, rejectedCount: 0, unconfirmedCount: 0 } }],
  ...[
    [1, 1, 0, [0]],
    [1, 1, 0, [1]],
    [1, 1, 0, [2]],
    [1, 0, 1, [1]],
    [0, 1, 1, [0, 1]],
    [0, 1, 1, [0, 0]],
    [0, 2, 0, [0]],
    [2, 0, 0, [0]],
    [1, 0, 0, []],
    [3, 0, 0, []],
    [3, -1, 0, []],
  ].map(([acceptedCount, rejectedCount, unconfirmedCount, places]) => ({
    payload: { acceptedCount, rejectedCount, unconfirmedCount, rows: (places as number[]).map((index) => ({ index })) },
  })),
]

function read(data: unknown): string {
  try {
    payloadIn(data, ['a', 'b'])
    return 'taken'
  } catch (error) {
    return (error as Error).message
  }
}

const FIELDS = new Map([
  ['product_id', 'productId'],
  ['Size', 'size'],
])
const UPSTREAM_ROWS: readonly unknown[] = [
  ...[
    null,
    7,
    'x',
    [],
    {},
    { product_id: 1 },
    { PRODUCT_ID: 1, Product_Id: 2 },
    { productId: 1 },
    { Size: 1, size: 2, SIZE: 3 },
    { other: 1, extra: 2 },
  ],
  JSON.parse('{"__proto__": 1, "product_id": 2}'),
]

/** How rows of these sizes are cut into chunks. */
async function chunksOf(sizes: readonly number[], keyFields: readonly string[]): Promise<string> {
  const rows = sizes.map((size, at) => (size < 0 ? { id: Number.NaN } : { id: `${at}`, text: 'é'.repeat(size / 2) }))
  const chunks: string[] = []
  for await (const { number, start, rows: cutRows, texts, keys, faults } of cut(rows, { toSend: (row) => row, keyFields }))
    chunks.push(
      `${number} from ${start}: ${cutRows.length} rows, ${texts.length} sent, keys ${[...keys].slice(0, 3)}, ${[...faults].map(([at, { code }]) => `${at} ${code}`)}`,
    )
  return `${sizes.length} rows of ${[...new Set(sizes)]}: ${chunks.join(' | ')}`
}

/** What the client makes of rows and answers. */
export const client: Table = {
  name: 'client',
  title: 'Runs of the client: what is sent when, what becomes of its rows, when it is ended, and what is told of it.',
  about: 'Lines of a run begin with the time in milliseconds; below them are its outcomes, as they are read.',
  lines: async () => [
    ...PAYLOADS.map((data) => `of two rows ${JSON.stringify(data)}: ${read(data)}`),
    ...UPSTREAM_ROWS.map((row) => `${JSON.stringify(row)}: ${JSON.stringify(fromUpstream(row, FIELDS))}`),
    ...(await Promise.all([
      chunksOf([], []),
      chunksOf([10, -1, 20, 3_999_998, 4_000_000, 10], ['id']),
      chunksOf([1_999_960, 1_999_960, 1_999_960], ['text', 'id'].slice(1)),
      chunksOf([2_000_000, 2_000_000, -1], []),
    ])),
    ...[1, 2, 3, 8, 9, 30].flatMap((tries) =>
      [null, 700].map((asked) => {
        const pauses = [0, 0.5, 0.999].map((chance) => withRandom(chance, () => pauseMs(tries, asked)))
        return `pause after ${tries} tries, ${asked} asked for: ${pauses.join(' ')}`
      }),
    ),
    ...(await inTurn(Array.from({ length: 60 }, (_, seed) => () => run(seed + 1)))),
  ],
}

function withRandom<Value>(value: number, work: () => Value): Value {
  const { random } = Math
  Math.random = () => value
  try {
    return work()
  } finally {
    Math.random = random
  }
}
