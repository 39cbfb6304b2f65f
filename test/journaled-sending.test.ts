import { expect, test } from 'vitest'
import { createKeyedIngest } from '../src/graphql/fields/keyed-ingest.ts'
import type { Batch, SendJournal } from '../src/ingest/batch.ts'
import { departureOf } from '../src/ingest/departure.ts'
import { createEvents } from '../src/ingest/events.ts'
import type { Journaled } from '../src/ingest/ingest.ts'
import { ACCEPTED, type Operation } from '../src/ingest/outcome.ts'
import type { Answer, UpstreamPort } from '../src/ingest/upstream-port.ts'
import { buildIngest, destinationOf, judged } from './support/simulation.ts'
import { upstreamOf } from './support/upstream-of.ts'
import { pass, takeClock } from './support/virtual-clock.ts'

const SETTINGS = {
  requestsPerSecond: 1_000,
  concurrency: 2,
  maxBatchRows: 4,
  executionTimeoutMs: 30_000,
  attemptsTimeoutMs: 5_000,
  attemptTimeoutMs: 1_000,
  maxBatchBytes: 4,
}
const ORIGIN = { requestId: 'test', traceparent: undefined }
const accepted = ({ rows }: Batch): Answer => ({
  kind: 'answered',
  verdicts: Array.from({ length: rows.length }, () => ({ kind: 'accepted' })),
})

/** Ingest in front of an upstream that answers as told, and what happened in order. */
function setUp(answer: (batch: Batch, nth: number) => Answer = accepted, bytesOf: (batch: Batch) => number = () => 2) {
  const events: string[] = []
  let sent = 0
  const { prepare } = upstreamOf(async (batch) => {
    const { rows } = batch
    events.push(`sent ${Array.from({ length: rows.length }, (_, at) => String(rows.at(at).write)).join(' ')}`)
    return answer(batch, sent++)
  })
  const upstream: UpstreamPort = { prepare: (batch) => ({ ...prepare(batch), byteLength: bytesOf(batch) }) }
  const settled: object[] = []
  const bus = createEvents()
  bus.on('mutation:settled', ({ result: { counts } }) => settled.push(counts))
  const { ingest } = buildIngest(upstream, SETTINGS, (error) => events.push(`defect ${error}`), 100, bus)
  const journalOf = (name: string, mayLeave: () => Promise<boolean> = async () => true): SendJournal => ({
    async intend(rows) {
      const may = await mayLeave()
      events.push(`${name} ${may ? 'intends' : 'refuses'} ${rows.join(' ')}`)
      return may
    },
    withdraw: async (rows) => void events.push(`${name} withdraws ${rows.join(' ')}`),
    tell: async (rows, outcomes) =>
      void events.push(`${name} is told ${rows.map((row, at) => `${row} ${outcomes[at]?.status}`).join(' ')}`),
  })
  const send = (names: readonly string[], journaled?: Partial<Journaled>, operation: Operation = 'APPEND') => {
    const rows = judged(
      names.map((id) => ({ id, key: id, what: 'good' })),
      SETTINGS.maxBatchRows,
    )
    const all = journaled?.journal && { isWanted: () => true, known: () => undefined, journal: journaled.journal, ...journaled }
    return ingest(destinationOf('tenant', operation), rows, { origin: ORIGIN, journaled: all })
  }
  return { events, settled, ingest, send, journalOf }
}

test('rows leave when their journal has said so, and it is told of each once', async () => {
  const { events, send, journalOf } = setUp()
  await send(['a', 'b'], { journal: journalOf('J') })
  expect(events).toEqual(['J intends 0 1', 'sent a b', 'J is told 0 ACCEPTED 1 ACCEPTED'])
})

test('rows whose journal refuses or fails are taken out of their batch, and the others leave', async () => {
  const { events, send, journalOf } = setUp()
  const failing = journalOf('F', () => Promise.reject(new Error('no disk')))
  const answers = await Promise.all([
    send(['a'], { journal: journalOf('R', async () => false) }),
    send(['b'], { journal: failing }),
    send(['c'], { journal: journalOf('J') }),
  ])
  expect(events).toEqual([
    'R refuses 0',
    'J intends 0',
    'J withdraws 0',
    'J intends 0',
    'sent c',
    'R is told 0 REJECTED',
    'F is told 0 REJECTED',
    'J is told 0 ACCEPTED',
  ])
  expect(answers.map(({ outcomes }) => outcomes[0])).toMatchObject([
    { status: 'REJECTED', retryable: true, issues: [{ code: 'STORE_UNAVAILABLE' }] },
    { status: 'REJECTED', retryable: true },
    { status: 'ACCEPTED' },
  ])
})

test('what was certainly not taken is withdrawn before it is intended again, and told only at the end', async () => {
  const patience: Answer = { kind: 'refused', failure: 'NOT_YET', code: 'UPSTREAM_RATE_LIMITED', divisible: false, status: 429 }
  const { events, send, journalOf } = setUp((batch, nth) => (nth === 0 ? patience : accepted(batch)))
  await send(['a', 'b'], { journal: journalOf('J') })
  expect(events).toEqual(['J intends 0 1', 'sent a b', 'J withdraws 0 1', 'J intends 0 1', 'sent a b', 'J is told 0 ACCEPTED 1 ACCEPTED'])
})

test('the parts of a batch that was declined whole are intended each by itself', async () => {
  const declined: Answer = { kind: 'refused', failure: 'FINAL', code: 'UPSTREAM_REFUSED_BATCH', divisible: true, status: 422 }
  const { events, send, journalOf } = setUp((batch, nth) => (nth === 0 ? declined : accepted(batch)))
  await send(['a', 'b'], { journal: journalOf('J') })
  expect(events).toEqual([
    'J intends 0 1',
    'sent a b',
    'J withdraws 0 1',
    'J intends 0',
    'sent a',
    'J intends 1',
    'sent b',
    'J is told 0 ACCEPTED 1 ACCEPTED',
  ])
})

test('rows of a batch that is not divided any more are intended again before they are told, and may be good where that is refused', async () => {
  const declined: Answer = { kind: 'refused', failure: 'FINAL', code: 'UPSTREAM_REFUSED_BATCH', divisible: true, status: 422 }
  for (const isTakenOver of [false, true]) {
    const { events, send, journalOf } = setUp(() => declined)
    let asked = 0
    const journal = journalOf('J', async () => ++asked < 9 || !isTakenOver)
    const { outcomes } = await send(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], { journal })
    const ofLater = events.filter((event) => event.includes('4 5 6 7'))
    expect(ofLater).toEqual(['J intends 4 5 6 7', 'J withdraws 4 5 6 7', `J ${isTakenOver ? 'refuses' : 'intends'} 4 5 6 7`])
    const [earlier, later] = [{ retryable: false }, { retryable: isTakenOver }]
    expect(outcomes).toMatchObject([...Array(4).fill(earlier), ...Array(4).fill(later)])
  }
})

test('the parts of a batch that is too long are intended each by itself', async () => {
  const { events, send, journalOf } = setUp(accepted, ({ rows }) => 2 * rows.length)
  await send(['a', 'b', 'c', 'd'], { journal: journalOf('J') })
  expect(events).toEqual([
    'J intends 0 1',
    'sent a b',
    'J intends 2 3',
    'sent c d',
    'J is told 0 ACCEPTED 1 ACCEPTED 2 ACCEPTED 3 ACCEPTED',
  ])
})

test('an APPEND that may have been written is neither withdrawn nor sent again', async () => {
  const { events, send, journalOf } = setUp(() => ({ kind: 'lost', failure: 'LOST', reason: 'CONNECTION_LOST' }))
  await send(['a'], { journal: journalOf('J') })
  expect(events).toEqual(['J intends 0', 'sent a', 'J is told 0 UNCONFIRMED'])
})

test('rows with a journal and rows without share no request, and none but those wanted are sent', async () => {
  const { events, send, journalOf } = setUp()
  await Promise.all([send(['a']), send(['b', 'c', 'd'], { journal: journalOf('J'), isWanted: (index) => index > 0 }), send(['e'])])
  expect(events.filter((event) => event.startsWith('sent'))).toEqual(['sent a e', 'sent c d'])
  expect(events).toContain('J is told 1 ACCEPTED 2 ACCEPTED')
})

test('who listens hears of the rows that were wanted, and of none that were told of before', async () => {
  const { settled, send, journalOf } = setUp()
  const { counts } = await send(['a', 'b', 'c'], { journal: journalOf('J'), isWanted: (index) => index > 0 })
  expect(counts).toEqual({ ACCEPTED: 2, REJECTED: 0, UNCONFIRMED: 1 })
  expect(settled).toEqual([{ ACCEPTED: 2, REJECTED: 0, UNCONFIRMED: 0 }])
})

test('a row of an UPSERT of which nothing is known is not sent behind a later one of its key that was accepted', async () => {
  const { events, send, journalOf } = setUp()
  const known = (index: number) => (index === 1 ? ACCEPTED : undefined)
  const { outcomes } = await send(['a', 'a', 'b'], { journal: journalOf('J'), isWanted: (index) => index !== 1, known }, 'UPSERT')
  expect(events).toEqual(['J intends 2', 'sent b', 'J is told 2 ACCEPTED'])
  expect(outcomes[0]).toEqual({ status: 'UNCONFIRMED', reason: 'NO_VERDICT', safeToResend: false })
})

test('what is known of the rows of a key keeps none of them back where the later one is to be sent as well', async () => {
  const { events, send, journalOf } = setUp()
  await send(['a', 'a'], { journal: journalOf('J'), known: () => undefined }, 'UPSERT')
  expect(events.filter((event) => event.startsWith('sent'))).toEqual(['sent a', 'sent a'])
})

test('of a row of an UPSERT whose later one was accepted the journal is told that it is not to be sent again', async () => {
  const { events, send, journalOf } = setUp((batch, nth) =>
    nth === 0 ? { kind: 'withheld', failure: 'FINAL', code: 'OVERLOADED' } : accepted(batch),
  )
  const { outcomes } = await send(['a', 'a'], { journal: journalOf('J') }, 'UPSERT')
  expect(outcomes).toMatchObject([
    { status: 'REJECTED', retryable: false, issues: [{}, { code: 'DUPLICATE_KEY' }] },
    { status: 'ACCEPTED' },
  ])
  expect(events.filter((event) => event.includes('told'))).toEqual(['J is told 0 REJECTED', 'J is told 1 ACCEPTED', 'J is told 0 REJECTED'])
})

test('rows of several journals leave in the order sent, without those that one of them keeps back', async () => {
  const journalOf = (mayLeave: boolean): SendJournal => ({ intend: async () => mayLeave, withdraw: async () => {}, tell: async () => {} })
  const [one, two, three] = [journalOf(true), journalOf(false), journalOf(true)]
  const journaled = [three, one, two, three, one].map((journal, index) => ({ journal, index }))
  const departure = departureOf(journaled, new AbortController().signal)
  await departure.guard(async () => ({ kind: 'unsent', failure: 'UNSENT' }))(() => {})
  expect(departure.takenOut()?.left).toEqual([0, 1, 3, 4])
})

test('what rows with a key have waited for the store is part of the time that they have', async () => {
  const clock = takeClock()
  try {
    const { ingest } = setUp()
    const journal: SendJournal = { intend: () => new Promise(() => {}), withdraw: async () => {}, tell: async () => {} }
    const ingestKeyed = createKeyedIngest(ingest, async (_, send) => {
      await pass(5_000)
      const outcomes = await send({ journal, isWanted: () => true, known: () => undefined })
      return { outcomes, replayedCount: 0, retryableCount: 0, warnings: [] }
    })
    const rows = judged([{ id: 'a', key: 'a', what: 'good' }], SETTINGS.maxBatchRows)
    const asked = ingestKeyed(destinationOf('tenant', 'APPEND'), rows, { origin: ORIGIN }, { key: 'k', rows: '' })
    const answered = asked.then(() => performance.now())
    await clock.pass(2 * SETTINGS.executionTimeoutMs)
    expect(await answered).toBe(SETTINGS.executionTimeoutMs)
  } finally {
    clock.restore()
  }
})
