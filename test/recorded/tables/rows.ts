import { rowLists } from '../../../src/graphql/fields/ingest-mutations.ts'
import { inLists, parsedLists, RawRows, wholeList } from '../../../src/graphql/row-lists.ts'
import {
  ACCEPTED,
  isRefusedForAll,
  isRepeatable,
  mayBeTakenLater,
  type Outcome,
  outcomeAfter,
  overtaken,
  rejectedHere,
  unconfirmed,
  worthAnother,
} from '../../../src/ingest/outcome.ts'
import { type AppendedKeys, markOvertaken, refuseRepeated, rowsOfOneKey } from '../../../src/ingest/repeated-keys.ts'
import { Chunker, keepRows, releaseAll } from '../../../src/rows/chunk.ts'
import { capIssues } from '../../../src/rows/diagnose.ts'
import type { JudgedRows } from '../../../src/rows/judge.ts'
import { NO_KEYS } from '../../../src/rows/public-keys.ts'
import { keyHash, keyText } from '../../../src/rows/wire-row.ts'
import { createAttemptIds } from '../../../src/upstream/client.ts'
import { errorCode } from '../../../src/util/error-code.ts'
import { listOf } from '../../../src/util/list-of.ts'
import { createMemoryBudget, type MemoryAccount } from '../../../src/util/memory-budget.ts'
import { createOncePerMinute } from '../../../src/util/once-per-minute.ts'
import { attemptHeaders, idsOf, readOrigin, traceOf } from '../../../src/util/request-origin.ts'
import { secret } from '../../../src/util/secret.ts'
import { type Chance, createChance } from '../../support/random.ts'
import { resourceNamed, WITHOUT_ATTRIBUTES } from '../../support/rows.ts'
import { wireText } from '../../support/wire-text.ts'
import type { Table } from './table.ts'

const short = (value: unknown) => JSON.stringify(value) ?? 'undefined'

const upstream = (outcome: Outcome) => (outcome.status === 'REJECTED' ? { ...outcome, by: 'UPSTREAM' as const } : outcome)
const issue = (code: 'UPSTREAM_UNAUTHORIZED' | 'UPSTREAM_NOT_FOUND' | 'MISSING_FIELD') => ({ code, message: 'm' })
const OUTCOMES: readonly Outcome[] = [
  ACCEPTED,
  ...(['UPSERT', 'APPEND'] as const).flatMap((operation) => [
    unconfirmed('TIMED_OUT', { operation, dryRun: false }),
    unconfirmed('NO_VERDICT', { operation, dryRun: true }),
  ]),
  ...[
    [],
    [issue('MISSING_FIELD')],
    [issue('UPSTREAM_UNAUTHORIZED')],
    [issue('UPSTREAM_NOT_FOUND'), issue('UPSTREAM_UNAUTHORIZED')],
    [issue('MISSING_FIELD'), issue('UPSTREAM_NOT_FOUND')],
  ].flatMap((issues) => [rejectedHere(issues), upstream(rejectedHere(issues, true))]),
]

function fatesOf(outcome: Outcome): string {
  const may = { isRepeatable: isRepeatable(outcome), isRefusedForAll: isRefusedForAll(outcome), mayBeTakenLater: mayBeTakenLater(outcome) }
  const after = OUTCOMES.map((later) => (outcomeAfter(outcome, later) === later ? '+' : '-')).join('')
  return [
    short(outcome),
    short(may),
    `later ones that count: ${after}`,
    short(worthAnother(outcome, undefined)),
    short(worthAnother(outcome, 70)),
    short(overtaken(outcome, 9)),
  ].join('\n  ')
}

/** Rows of few keys in chunks of three, as a judge leaves them. */
function judgedRows(chance: Chance): JudgedRows {
  const chunker = new Chunker(3)
  const names = ['id']
  const count = chance.between(0, 9)
  for (let index = 0; index < count; index++) {
    const wire = { id: `k${chance.between(0, 4)}` }
    if (chance.percent(85)) chunker.add(wire, index, keyHash(wire, names))
  }
  return { count, faults: [], chunks: chunker.done(), publicKeys: NO_KEYS, keyText: (wire) => keyText(wire, names), ...WITHOUT_ATTRIBUTES }
}

const chunkText = (chunks: JudgedRows['chunks']) =>
  chunks
    .map(({ rows, indexes, keys }) => `${indexes.join(' ')} ${keys.length} ${wireText(rows)} ${short(wireText(rows.slice(1, 2)))}`)
    .join(' | ')

/** Fields of one request, with rows of keys that others have had. */
function repeated(chance: Chance): string[] {
  const appended: AppendedKeys = new Map()
  const lines = ['a', 'b', 'x'.repeat(101), 'd'].flatMap((field) => {
    const judged = judgedRows(chance)
    const outcomes: Outcome[] = Array.from({ length: judged.count }, () => chance.pick(OUTCOMES))
    const destination = {
      tenant: { id: 'T', credential: secret('t') },
      solution: { name: chance.pick(['s', 's', 't']), modules: [], prefix: '', suffix: '' },
      resource: resourceNamed(chance.pick(['Products', 'Products', 'Suppliers'])),
      operation: 'APPEND' as const,
      dryRun: chance.percent(20),
    }
    const before = chunkText(judged.chunks)
    const groups = rowsOfOneKey(judged)
    const marked = [...outcomes]
    const late = markOvertaken(groups, marked)
    const { chunks, note } = refuseRepeated(judged, outcomes, destination, chance.percent(80) ? { field, appended } : undefined)
    const refused = outcomes.flatMap((outcome, index) =>
      outcome.status === 'REJECTED' && outcome.issues.at(-1)?.code === 'DUPLICATE_KEY'
        ? [`${index} ${outcome.issues.at(-1)?.message}`]
        : [],
    )
    if (chance.percent(80)) note()
    const unrepeated = chunkText(chunks)
    const kept = chunkText(keepRows(chunks, (index) => index % 3 !== 1))
    const line = [
      `${destination.solution.name} ${destination.resource.graphqlName}${destination.dryRun ? ' dry' : ''} of ${judged.count}: ${before}`,
      short(groups),
      `overtaken ${late.join(' ')} ${late.map((index) => short(marked[index])).join(' ')}`,
      `refused ${refused.join(', ')}`,
      unrepeated,
      kept,
    ]
    releaseAll(judged.chunks)
    return line.join('\n  ')
  })
  return lines
}

/** Requests that take memory and give it back. */
function memory(chance: Chance): string[] {
  const budget = createMemoryBudget(1_000_000)
  const open: MemoryAccount[] = []
  return Array.from({ length: 50 }, () => {
    const act = chance.pick(['open', 'take', 'take', 'take', 'hold', 'close'] as const)
    const bytes = chance.pick([1, 64 * 1024, 200_000, 249_999, 250_000, 250_001, 749_999, 750_000, 750_001, 1_000_000])
    const at = chance.between(0, Math.max(0, open.length - 1))
    const did =
      act === 'open'
        ? open.push(budget.open())
        : act === 'take'
          ? open[at]?.take(bytes)
          : act === 'hold'
            ? open[at]?.holdAtLeast(bytes)
            : open.splice(at, 1)[0]?.close()
    return `${act} ${at} ${bytes}: ${did}, ${budget.held()}${budget.isSpent() ? ' spent' : ''}`
  })
}

function oncePerMinute(chance: Chance): string[] {
  let now = 0
  const mayTell = createOncePerMinute(() => now)
  const some = Array.from({ length: 40 }, () => {
    now += chance.pick([0, 1, 29_999, 30_000, 59_999, 60_000])
    const subject = chance.pick([undefined, '', 'a', 'b'])
    return `${now} ${subject}: ${mayTell(subject)}`
  })
  for (let nth = 0; nth < 99; nth++) mayTell(`other ${nth}`)
  const before = ['other 0', 'other 98'].map((subject) => mayTell(subject))
  return [...some, `of more than are remembered: ${before.join(' ')} ${mayTell('one more')} ${mayTell('other 1')} ${mayTell('other 98')}`]
}

const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const TRACES = [
  TRACE,
  TRACE.replace(/1$/, '0'),
  TRACE.replace(/01$/, '03'),
  `${TRACE}-more`,
  TRACE.replace('00', '01'),
  `${TRACE.replace('00', '01')}-more`,
  TRACE.replace('00', 'ff'),
  TRACE.replace(/a/g, '0'),
  TRACE.replace(/b/g, '0'),
  TRACE.toUpperCase(),
  '',
]
const IDS = ['a', 'A.b_c~d:e@f/g+h=i-j', 'x'.repeat(128), 'x'.repeat(129), '', 'a b', 'ü', ['a', 'b']]

const shape = (text: unknown) =>
  short(text)
    ?.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'uuid')
    .replace(/x{20,}/g, (run) => `x * ${run.length}`)

/** What an attempt for these requests carries, with what is drawn for it left out. */
function headersText(origins: readonly ReturnType<typeof readOrigin>[]): string {
  const { 'x-request-id': id, traceparent } = attemptHeaders(origins)
  return `${id.replace(/[0-9a-f]{8}$/, '8 digits')} ${traceparent?.replace(/-[0-9a-f]{16}-/, '-16 digits-').replace(/-(?!a{32})[0-9a-f]{32}-/, '-32 digits-')}`
}

function origins(): string[] {
  const traced = TRACES.map((traceparent) => readOrigin({ headers: { 'x-request-id': 'id', traceparent } }))
  const [one, off, , other, newer] = traced
  const many = Array.from({ length: 12 }, (_, at) =>
    readOrigin({ headers: { 'x-request-id': `id${at}`, traceparent: TRACE.replace('aa', `${10 + at}`) } }),
  )
  const flagged = ['0a', '0b', 'ff', '10'].map((flags) => readOrigin({ headers: { traceparent: TRACE.replace(/01$/, flags) } }))
  const bare = readOrigin({ headers: { 'x-request-id': 'bare' } })
  return [
    ...IDS.map((id) => `${shape(id)}: ${shape(readOrigin({ headers: { 'x-request-id': id } }).requestId)}`),
    ...traced.map((origin, at) => `${TRACES[at]}: ${origin.traceparent} ${short(traceOf(origin.traceparent))}`),
    ...[[one, one], [one, off], [off, bare], [bare, readOrigin({ headers: {} })], [newer], [other], [off]].map((some) =>
      headersText(some as never),
    ),
    ...flagged.map((origin) => headersText([origin, bare])),
    headersText([bare]),
    short(idsOf([bare, bare])),
    short(idsOf(many)),
    short(idsOf([...many, ...many].slice(6, 15))),
  ]
}

const ERRORS: readonly unknown[] = [
  ...[
    undefined,
    null,
    'ENOENT',
    {},
    { code: 'ENOENT' },
    { code: 'enoent' },
    { code: 7 },
    { code: '' },
    { code: 'A'.repeat(64) },
    { code: 'A'.repeat(65) },
    { code: '_A' },
  ],
  ...[{ code: 'OUTER', cause: { code: 'INNER' } }, { code: 'OUTER', cause: { code: 'in ner' } }, { cause: { cause: { code: 'DEEP' } } }],
]

const ATTEMPT = 'req/1~0123abcd'
const BARE_ATTEMPT = '89abcdef'
const ANSWERS = [
  ...[
    '',
    'x',
    ATTEMPT,
    `"${ATTEMPT}"`,
    `{"id":"${ATTEMPT}"}`,
    `{"id":"${ATTEMPT}x"}`,
    `{"id":"x${ATTEMPT}"}`,
    '{"id":"req/2~0123abcd"}',
    '{"id":"other~0123abce"}',
    `{"id":"${BARE_ATTEMPT}"}`,
    `{"id":"x${BARE_ATTEMPT}"}`,
  ],
  ...[
    `{"id":"${BARE_ATTEMPT}0"}`,
    `${BARE_ATTEMPT}`,
    '{"id":"req\\/1~0123abcd"}',
    '{"id":"req\\u002f1~0123abcd"}',
    '{"id":"req\\u002F1\\u007E0123abcd"}',
    '{"id":"\\u00389abcdef"}',
    '{"id":"own~00000001"}',
    '{"id":"00000001"}',
  ],
]

/** Whether answers to an attempt carry the id of another one. */
function attempts(): string[] {
  const { note, isOfAnother } = createAttemptIds()
  for (const id of [ATTEMPT, BARE_ATTEMPT, 'own~00000001']) note(id)
  const asked = (headers: Record<string, string | string[] | undefined>, body: string) => isOfAnother('own~00000001', headers, body)
  return [
    ...ANSWERS.map((body) => `${body}: ${asked({}, body)}`),
    ...[ATTEMPT, `x${ATTEMPT}`, `${ATTEMPT}x`, BARE_ATTEMPT, 'own~00000001', '', ['a', ATTEMPT], ['a', 'b'], undefined].map(
      (value) => `header ${short(value)}: ${asked({ server: 'x', 'x-request-id': value }, '')}`,
    ),
  ]
}

/** Lists of rows in slices. */
async function slices(): Promise<string[]> {
  const count = [0, 1, 1_999, 2_000, 2_001, 4_001]
  const lists = count.map((length) => listOf(length, (at) => at))
  const ends = (of: readonly unknown[] | undefined) => `${of?.length} ${of?.at(0)} ${of?.at(-1)}`
  const inSlices = lists.map((list) => [...inLists(list)].map(ends))
  const whole = await wholeList(new RawRows([lists[3], [1, 2], lists[1]] as never, 0))
  const limited = [6_000, 6_001].map((limit) => {
    const seen: number[] = []
    try {
      for (const of of parsedLists(rowLists(new RawRows(lists.slice(2, 5), 0), limit))) seen.push(of.length)
      return `${limit}: ${seen}`
    } catch (error) {
      return `${limit}: ${seen} ${(error as Error).message}`
    }
  })
  const marked = [
    ...lists.slice(3).map((of) => [...parsedLists(rowLists(of, 5_000))].map((part) => part.length).join(' ')),
    short([...rowLists({ a: 1 }, 1)]),
  ]
  return [...inSlices.map((of, at) => `${count[at]} rows: ${of.join(', ')}`), `whole: ${ends(whole)}`, ...limited, ...marked]
}

/** What is pure about rows and requests. */
export const rows: Table = {
  name: 'rows',
  title: 'Outcomes of rows, repeated keys, chunks, memory, and what requests are called.',
  about:
    'Of each outcome: what may follow, which of the outcomes above count after it, and what it is when it is worth another try, or overtaken.',
  lines: async () => [
    ...(await slices()),
    ...OUTCOMES.map(fatesOf),
    ...[1, 2, 3, 4, 5, 6].flatMap((seed) => repeated(createChance(seed))),
    ...[31, 32, 33, 40].map(
      (count) =>
        `${count} issues: ${short(capIssues(Array.from({ length: count }, (_, at) => ({ ...issue('MISSING_FIELD'), ...(at === 3 && { left: 5 }) }))).slice(30))}`,
    ),
    ...memory(createChance(1)),
    ...memory(createChance(2)),
    ...oncePerMinute(createChance(1)),
    ...origins(),
    ...attempts(),
    ...ERRORS.map((error) => `${short(error)}: ${errorCode(error)}`),
  ],
}
