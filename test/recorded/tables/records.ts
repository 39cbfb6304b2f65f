import { createCommitter } from '../../../src/idempotency/committer.ts'
import { createIdempotency } from '../../../src/idempotency/create-idempotency.ts'
import { type Claimed, createDoubts } from '../../../src/idempotency/doubts.ts'
import { decodeEntry, type Entry, encodeEntry } from '../../../src/idempotency/entry-codec.ts'
import { areSettled, compact, decide, fold, lastEpochs } from '../../../src/idempotency/fold.ts'
import { createRowsDigest, fingerprint, parseIdempotencyKey, recordId } from '../../../src/idempotency/idempotency-key.ts'
import { createRetriedWrites } from '../../../src/idempotency/retried-writes.ts'
import { StoreError } from '../../../src/idempotency/store-error.ts'
import type { Opened, OpenRequest, Write } from '../../../src/idempotency/store-port.ts'
import { createTextBudget, MAX_TEXT_BYTES } from '../../../src/idempotency/stored-outcome.ts'
import { ACCEPTED, type Outcome, rejectedHere, unconfirmed } from '../../../src/ingest/outcome.ts'
import { type Chance, createChance } from '../../support/random.ts'
import { takeClock } from '../../support/virtual-clock.ts'
import { inTurn, type Table } from './table.ts'
import { type Step, walk } from './walk.ts'

const OPERATIONS = ['UPSERT', 'APPEND'] as const
const issue = (code: 'MISSING_FIELD' | 'UPSTREAM_UNAUTHORIZED' | 'OVERLOADED' | 'UPSTREAM_NOT_FOUND') => ({ code, message: 'm' })
const OUTCOMES: readonly Outcome[] = [
  ...[ACCEPTED, rejectedHere([issue('MISSING_FIELD')]), rejectedHere([issue('OVERLOADED')], true), rejectedHere([])],
  ...[rejectedHere([issue('UPSTREAM_UNAUTHORIZED')]), rejectedHere([issue('UPSTREAM_NOT_FOUND'), issue('MISSING_FIELD')])],
  ...OPERATIONS.map((operation) => unconfirmed('TIMED_OUT', { operation, dryRun: false })),
]

function lettersOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '-'
  if (outcome.status === 'ACCEPTED') return 'a'
  if (outcome.status === 'UNCONFIRMED') return `u ${outcome.reason}${outcome.safeToResend ? ' safe' : ''}`
  return `r ${outcome.issues.map(({ code }) => code).join('+')}${outcome.retryable ? ' again' : ''}`
}

function drawEntry(chance: Chance, number: number): Entry {
  const stamp = { epoch: chance.between(1, 3), number: chance.percent(85) ? number : chance.between(1, 9) }
  const kind = chance.pick([
    'intent',
    'intent',
    'withdrawn',
    'verdicts',
    'verdicts',
    ...(chance.percent(15) ? (['settled'] as const) : []),
  ] as const)
  const draw = () => chance.pick(OUTCOMES)
  if (kind === 'settled') return { kind, ...stamp, outcomes: Array.from({ length: chance.pick([3, 3, 4, 2]) }, draw) }
  const rows = Array.from({ length: chance.between(1, 3) }, () => chance.pick([0, 1, 1, 2, 2, 2, 3, -1]))
  if (kind !== 'verdicts') return { kind, ...stamp, rows }
  return { kind, ...stamp, rows, outcomes: rows.map(draw) }
}

function lineOf(entry: Entry): string {
  const outcomes = 'outcomes' in entry ? ` ${entry.outcomes.map(lettersOf).join(', ')}` : ''
  return `${entry.kind} ${entry.epoch}.${entry.number} ${'rows' in entry ? entry.rows.join(',') : ''}${outcomes}`
}

/** Journals of three rows, and what is known and done after each of their entries. */
function journals(seed: number): string[] {
  const chance = createChance(seed)
  const entries: Entry[] = []
  return Array.from({ length: 7 }, (_, nth) => {
    entries.push(drawEntry(chance, nth + 1))
    const folded = fold(entries, 3)
    const sent = OPERATIONS.map((operation) => {
      const { send, retryableCount, outcomes } = decide(folded, operation)
      return `${operation} sends ${send.join(',') || 'none'}, ${retryableCount} of use, tells ${outcomes.map(lettersOf).join(', ')}`
    })
    const known = folded.states.map((state, row) => `${state} ${lettersOf(folded.outcomes[row])}`).join(' / ')
    const settled = areSettled(folded) ? ` settled as ${lineOf(compact(folded, { epoch: 9, number: nth }))};` : ''
    return `  ${lineOf(entries[nth] as Entry)}: ${known};${settled} ${sent.join('; ')}; told last by ${lastEpochs(entries, 3).join(',')}`
  })
}

const ENTRIES: readonly Entry[] = [
  ...[[], [0], [7], [0, 1, 2], [3, 4, 9, 10, 11], [5, 4, 3], [2, 2]].map((rows) => ({
    kind: 'intent' as const,
    epoch: 1,
    number: 2,
    rows,
  })),
  { kind: 'withdrawn', epoch: 3, number: 4, rows: [1] },
  { kind: 'verdicts', epoch: 1, number: 2, rows: [0, 1, 2, 9], outcomes: [OUTCOMES[0], OUTCOMES[0], OUTCOMES[6], OUTCOMES[0]] as never },
  { kind: 'settled', epoch: 1, number: 2, outcomes: OUTCOMES },
  {
    ...{ kind: 'settled', epoch: 1, number: 2 },
    outcomes: [
      rejectedHere([
        { code: 'MISSING_FIELD', message: 'm', field: 'f', column: 'c', hint: 'h', upstreamCode: 'u' },
        { code: 'DUPLICATE_KEY', message: 'n' },
      ]),
    ],
  },
]

const TEXTS: readonly string[] = [
  ...['', 'x', '{', '{}', '[]', '{"v":"1"}', '{"v":2}', '{"v":1}', 'null'],
  ...[
    { kind: 'intent' },
    { kind: 'other' },
    { rows: [0, 1, 2] },
    { rows: [0, 1_000_000] },
    { rows: [0, 1_000_001] },
    { rows: [-1_000_001, 1] },
    { kind: 'verdicts', rows: [0, 2], dictionary: [{ status: 'ACCEPTED' }], which: [0, 1] },
    { kind: 'verdicts', rows: [0, 2], dictionary: [{ status: 'ACCEPTED' }], which: [0, 2] },
    { kind: 'settled', dictionary: [{ status: 'ACCEPTED' }], which: [1, 1] },
    { kind: 'settled', dictionary: [{ status: 'NEW' }], which: [0, 1] },
    { kind: 'settled', dictionary: [{ status: 'ACCEPTED' }], which: [0, 1, 0] },
    {
      kind: 'settled',
      dictionary: [{ status: 'REJECTED', by: 'GATEWAY', retryable: false, issues: [{ code: 'MISSING_FIELD' }] }],
      which: [0, 1],
    },
  ].map((changes) => JSON.stringify({ v: 1, kind: 'withdrawn', epoch: 1, number: 1, rows: [], dictionary: [], which: [], ...changes })),
]

function decoded(text: string): string {
  try {
    const entry = decodeEntry(text)
    if (typeof entry === 'string') return entry
    return lineOf(entry).length > 300 ? `${lineOf(entry).length} letters` : JSON.stringify(entry)
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}

/** How many outcomes of so many bytes a record keeps with their words, with the names of fields, and by their codes. */
function kept(bytes: number): string {
  const budget = createTextBudget()
  const outcome = rejectedHere([
    { code: 'MISSING_FIELD', field: 'f'.repeat(bytes / 2), message: 'm'.repeat(bytes / 2) },
    { code: 'DUPLICATE_KEY', message: 'n' },
  ])
  const found = { words: 0, names: 0, codes: 0 }
  for (let left = 5_000; left > 0; left--) {
    const text = JSON.stringify(budget.fit(outcome))
    found[text.includes('mm') ? 'words' : text.includes('ff') ? 'names' : 'codes']++
    if (found.codes === 1 && found.words + found.names + found.codes === 5_000 - left + 1 && left > 1)
      return `${JSON.stringify(found)} ${text}`
  }
  return JSON.stringify(found)
}

const REQUEST = { resource: 'R', operation: 'UPSERT', solution: 's' } as const
const digestOf = (lists: readonly (readonly unknown[])[]) => {
  const digest = createRowsDigest()
  const read = [...digest.read(lists)]
  return `${read.length} lists ${digest.text().slice(0, 12)}`
}
const LISTS = [[], [[]], [[1, 2], [3]], [[1], [2, 3]], [[1, 2, 3]], [[1, 3, 2]], [[12, 3]], [[], [1, 2, 3]], [[1, 2], []]]

const KEYS = [
  ...[
    '',
    ' ',
    'a',
    ' a ',
    'a b',
    '"a"',
    '"a',
    'a"',
    '"a\\"b"',
    '"a\\\\b"',
    '"a\\b"',
    '"',
    '""',
    '"a"b"',
    'ä',
    '"ä"',
    '\u007f',
    '~',
    'a\tb',
  ],
  ...[255, 256].flatMap((length) => ['k'.repeat(length), `"${'k'.repeat(length)}"`]),
]

/** A store that answers some time later, or fails, or answers for too few. */
function storeOf(chance: Chance, say: (what: string) => void) {
  let lastEpoch = 0
  const asked = async <Item, Result>(
    what: string,
    items: readonly Item[],
    name: (item: Item) => string,
    answer: (item: Item) => Result,
  ) => {
    say(`${what} ${items.map(name).join(' ')}`)
    const [ms, share] = [chance.pick([0, 1, 1, 4, 30]), chance.between(1, 100)]
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
    if (share <= 12) throw new Error(`${what} failed`)
    const answers = items.map(answer)
    return share <= 17 ? answers.slice(1) : answers
  }
  return {
    open: (requests: readonly OpenRequest[]) =>
      asked<OpenRequest, Opened>(
        'opens',
        requests,
        ({ id }) => id,
        () => {
          const kind = chance.pick(['created', 'resumed', 'busy'] as const)
          return (kind === 'busy' ? { kind } : { kind, epoch: ++lastEpoch, entries: [] }) as never
        },
      ),
    write: (writes: readonly Write[]) =>
      asked<Write, boolean>(
        'writes',
        writes,
        ({ kind, claim }) => `${kind} ${claim.id}.${claim.epoch}`,
        () => chance.percent(90),
      ),
  }
}

/** Requests and writes of few records, and what is owed of them. */
async function commits(seed: number): Promise<string> {
  const clock = takeClock()
  try {
    const chance = createChance(seed)
    const seen: string[] = []
    const say = (what: string) => void seen.push(`${Math.round(performance.now() * 10) / 10} ${what}`)
    const tell = (what: string, work: Promise<unknown>) =>
      void work.then(
        (value) => say(`${what}: ${JSON.stringify(value)}`),
        (error: Error) => say(`${what}: ${error.message}`),
      )
    await clock.pass(50_000)
    const committer = createCommitter({ ...storeOf(chance, say), read: async () => undefined })
    const writes = createRetriedWrites(committer)
    const request = (id: string): OpenRequest => ({ id, fingerprint: 'f', rowCount: 1, operation: 'UPSERT', version: 1 })
    const draw = (id: string): Write => ({
      ...{ kind: chance.pick(['fact', 'intent'] as const), claim: { id, epoch: chance.between(1, 3) }, number: 1, entry: 'e' },
    })
    for (let nth = 0; nth < 60; nth++) {
      const id = chance.pick([...'ABC'])
      const act = chance.pick(['open', 'open', 'write', 'write', 'write', 'owe', 'disown', 'retry', 'retry', 'all', 'may'] as const)
      if (act === 'open') tell(`${nth} open ${id}`, committer.open(request(id)))
      if (act === 'write') tell(`${nth} write ${id}`, writes.write(draw(id)))
      if (act === 'owe') writes.owe(draw(id))
      if (act === 'disown') writes.disown(request(id))
      if (act === 'retry')
        tell(
          `${nth} retry ${id}`,
          writes.retry(id).then(() => !writes.owes(id)),
        )
      if (act === 'all') tell(`${nth} retry all`, writes.retryAll())
      if (act === 'may')
        tell(
          `${nth} may open ${id}`,
          writes.retry(id).then(() => writes.mayOpen(id)),
        )
      const ms = chance.pick([0, 0, 1, 1, 2, 3, 40])
      if (ms > 0) await clock.pass(ms)
    }
    await clock.pass(1_000)
    return [`commits ${seed}`, ...seen].join('\n  ')
  } finally {
    clock.restore()
  }
}

/** What is told of rows that an earlier claim may have sent. */
function doubts(seed: number): string[] {
  const chance = createChance(seed)
  return OPERATIONS.flatMap((operation) => {
    const entries = Array.from({ length: 3 }, (_, nth) => drawEntry(chance, nth + 1))
    const claimed: Claimed = { claim: { id: 'A', epoch: chance.between(1, 4) }, rowCount: 4, operation, entries }
    const { send, tell } = createDoubts(claimed)
    const sent = [0, 1, 2, 3].filter(() => chance.percent(40))
    send(sent)
    const rows = [...Array(4).keys()].filter(() => chance.percent(80))
    const outcomes = rows.map(() => chance.pick(OUTCOMES))
    const told = tell(rows, outcomes).map(
      ({ kind, rows, outcomes }) => `${kind} ${rows.map((row, at) => `${row} ${lettersOf(outcomes[at])}`).join(', ')}`,
    )
    return `${operation} claim ${claimed.claim.epoch} after ${entries.map(lineOf).join('; ')}; sends ${sent}; ${rows.map((row, at) => `${row} ${lettersOf(outcomes[at])}`).join(', ')} => ${told.join(' | ')}`
  })
}

/** How a process holds its lease and sweeps, from its start to its end, over a store that fails now and then. */
async function lease(seed: number): Promise<string> {
  const clock = takeClock()
  try {
    const chance = createChance(seed)
    const seen: string[] = []
    const say = (what: string) => void seen.push(`${Math.round(performance.now())} ${what}`)
    const asked = async <Answer>(what: string, answer: () => Answer) => {
      say(what)
      if (chance.percent(20)) throw chance.percent(80) ? new StoreError(`${what} failed`) : new TypeError('a defect')
      return answer()
    }
    const store = {
      ...storeOf(chance, say),
      beat: () => asked('beats', () => {}),
      sweep: (olderThanMs: number, limit: number) => asked(`sweeps ${olderThanMs} ${limit}`, () => chance.pick([limit, limit - 1, 0])),
      read: () => asked('reads', () => undefined),
      stats: () => asked('stats', () => ({})),
      close: async () => say('closes'),
    } as never
    const idempotency = createIdempotency({
      ...{ store, retentionMs: 5_000, onCommit: (ms) => say(`a commit took ${ms}`), onNewerVersion: () => say('newer') },
      ...{ onUnavailable: (error) => say(`unavailable: ${(error as Error).message}`), onAvailable: () => say('available') },
    })
    idempotency.start()
    for (let nth = 0; nth < 12; nth++) {
      await clock.pass(chance.pick([1, 2_999, 3_000, 20_000]))
      const found = idempotency.find('T', 'k').then(String, ({ code, message }) => code ?? message)
      await clock.pass(2)
      if (chance.percent(40)) await found.then((what) => say(`found ${what}`))
    }
    await idempotency.close()
    await clock.pass(100_000)
    return [`lease ${seed}`, ...seen].join('\n  ')
  } finally {
    clock.restore()
  }
}

/** One write that the store never takes, of more than may be owed. */
function owing(_: Chance): Step {
  const writes = createRetriedWrites({ open: () => Promise.reject(new Error('no')), write: () => Promise.reject(new Error('no')) })
  const owe = (id: string) => writes.owe({ kind: 'fact', claim: { id, epoch: 1 }, number: 1, entry: 'e' })
  for (let nth = 0; nth < 9_998; nth++) owe(`r${nth}`)
  return async () => {
    owe('last')
    return `one more is owed: ${writes.mayOpen('other')}, ${writes.mayOpen('last')}`
  }
}

/** What is known of requests with an idempotency key, as it stands in their records. */
export const records: Table = {
  name: 'records',
  title: 'Requests with a key: what journals come to, how their entries are written and read, and when, and what is owed of them.',
  about: `
a: accepted, r: rejected, u: unconfirmed. Each line of a journal adds an entry: its claim and number, rows and outcomes; then what is known of each
row. Commits begin with the time.`,
  lines: async () => [
    ...Array.from({ length: 40 }, (_, seed) => journals(seed + 1)).flatMap((lines, seed) => [`journal ${seed + 1}`, ...lines]),
    ...Array.from({ length: 30 }, (_, seed) => doubts(seed + 1)).flat(),
    ...ENTRIES.map((entry) => {
      const text = encodeEntry(entry, createTextBudget())
      return `${text} => ${decoded(text) === JSON.stringify(entry) ? 'the same' : decoded(text)}`
    }),
    ...[140, 900, 1_100].map((count) => {
      const rows = Array.from({ length: count }, (_, at) => at * 2)
      const text = encodeEntry({ kind: 'intent', epoch: 1, number: 1, rows }, createTextBudget())
      return `${count} rows apart: ${text.slice(0, 1)}, ${text.length > 1_024 ? 'long' : 'short'}; ${decoded(text)}`
    }),
    ...TEXTS.map((text) => `${text}: ${decoded(text)}`),
    ...[100, 1_000, MAX_TEXT_BYTES].map((bytes) => `outcomes of ${bytes} letters: ${kept(bytes)}`),
    ...[REQUEST, { ...REQUEST, resource: 'S' }, { ...REQUEST, operation: 'APPEND' as const }, { ...REQUEST, solution: 't' }].flatMap(
      (request) => ['', 'rows'].map((rows) => `${Object.values(request)} ${rows}: ${fingerprint(request, rows).slice(0, 12)}`),
    ),
    ...LISTS.map((lists) => `${JSON.stringify(lists)}: ${digestOf(lists)}`),
    ...KEYS.map((key) => `${JSON.stringify(key.slice(0, 20))} of ${key.length}: ${JSON.stringify(parseIdempotencyKey(key)?.slice(0, 20))}`),
    ...['T', 'U'].flatMap((tenant) => ['k', 'l'].map((key) => `${tenant} ${key}: ${recordId(tenant, key).slice(0, 12)}`)),
    ...(await inTurn(Array.from({ length: 6 }, (_, seed) => () => commits(seed + 1)))),
    ...(await inTurn([1, 2, 3].map((seed) => () => lease(seed)))),
    await walk('owed', 1, 3, [0], owing),
  ],
}
