import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Answer } from '../src/ingest/upstream-port.ts'
import { BUSY_ROW } from './support/model-upstream.ts'
import { buildIngest, destinationOf, judged } from './support/simulation.ts'
import { upstreamOf } from './support/upstream-of.ts'
import { takeClock, type VirtualClock } from './support/virtual-clock.ts'

const SETTINGS = {
  requestsPerSecond: 1_000,
  concurrency: 10,
  maxBatchRows: 1,
  maxBatchBytes: 1_000_000,
  executionTimeoutMs: 30_000,
  attemptsTimeoutMs: 1_000,
  attemptTimeoutMs: 1_000,
}
const LOST: Answer = { kind: 'lost', failure: 'LOST', reason: 'CONNECTION_LOST' }

let clock: VirtualClock
let requests: number

beforeEach(() => {
  clock = takeClock()
  requests = 0
})
afterEach(() => clock.restore())

/** Sends so many mutations of one row each; what they are told, as they are told it. */
function mutate(
  count: number,
  answer: (nth: number, signal: AbortSignal) => Promise<Answer>,
  settings = SETTINGS,
  keyOf: (nth: number) => string = String,
): string[] {
  const upstream = upstreamOf((_, signal) => answer(requests++, signal))
  const { ingest } = buildIngest(upstream, settings, () => {})
  const told: string[] = []
  for (let nth = 0; nth < count; nth++) {
    const rows = judged([{ id: `${nth}`, key: keyOf(nth), what: 'good' }], settings.maxBatchRows)
    void ingest(destinationOf('tenant'), rows, { origin: { requestId: `${nth}`, traceparent: undefined } }).then(
      ({ outcomes: [outcome] }) => {
        told.push((outcome?.status === 'REJECTED' ? outcome.issues[0]?.code : outcome?.status) ?? '')
      },
    )
  }
  return told
}

const after = (ms: number, answer: Answer) => new Promise<Answer>((resolve) => setTimeout(() => resolve(answer), ms))
const TIMED_OUT: Answer = { kind: 'lost', failure: 'LOST', reason: 'TIMED_OUT' }
const UNSENT: Answer = { kind: 'unsent', failure: 'UNSENT' }
const untilGivenUp = (signal: AbortSignal, answer: Answer = TIMED_OUT) =>
  new Promise<Answer>((resolve) => signal.addEventListener('abort', () => resolve(answer)))

test('what waits for the rate until the time of its rows is over is told as never sent, whenever it came', async () => {
  await clock.pass(5_000)
  const taken: Answer = { kind: 'answered', verdicts: [{ kind: 'accepted' }] }
  const told = mutate(2, () => after(1, taken), { ...SETTINGS, requestsPerSecond: 1, executionTimeoutMs: 500 })
  await clock.pass(600)
  expect([requests, told]).toEqual([1, ['ACCEPTED', 'OVERLOADED']])
})

test('a repeat has what is left of the time of all attempts, and no more', async () => {
  const told = mutate(1, (nth, signal) => (nth === 0 ? after(500, LOST) : untilGivenUp(signal)))
  await clock.pass(999)
  expect([requests, told]).toEqual([2, []])
  await clock.pass(200)
  expect(told).toEqual(['UNCONFIRMED'])
})

test.each([
  ['unsent leaves its key to the next write at once', UNSENT, ['UPSTREAM_UNREACHABLE', 'ACCEPTED']],
  ['without an answer keeps its key, since it may still be carried out', TIMED_OUT, ['UNCONFIRMED']],
])('an attempt that is given up on %s', async (_, end, expected) => {
  const accepted: Answer = { kind: 'answered', verdicts: [{ kind: 'accepted' }] }
  const told = mutate(
    2,
    (nth, signal) => (nth === 0 ? untilGivenUp(signal, end) : after(1, accepted)),
    SETTINGS,
    () => 'same',
  )
  await clock.pass(1_200)
  expect(told).toEqual(expected)
})

test('rows whose turn in the rate does not come in the time of all attempts are told so then, and are not sent', async () => {
  const accepted: Answer = { kind: 'answered', verdicts: [{ kind: 'accepted' }] }
  const told = mutate(2, () => after(1, accepted), { ...SETTINGS, requestsPerSecond: 1, attemptsTimeoutMs: 500 })
  await clock.pass(510)
  expect(told).toEqual(['ACCEPTED', 'OVERLOADED'])
  await clock.pass(5_000)
  expect(requests).toBe(1)
})

test('where the breaker withholds a repeat, rows are told what became of the attempt that was made', async () => {
  const told = mutate(10, () => after(1, { kind: 'unsent', failure: 'UNSENT' }))
  await clock.pass(900)
  expect(new Set(told)).toEqual(new Set(['UPSTREAM_UNREACHABLE']))
  expect(requests).toBe(10)
})

test('while the breaker withholds requests nothing waits for the rate', async () => {
  const unsent: Answer = { kind: 'unsent', failure: 'UNSENT' }
  const told = mutate(11, () => after(1, unsent), { ...SETTINGS, requestsPerSecond: 10, concurrency: 10 })
  await clock.pass(300)
  expect(told.filter((code) => code === 'UPSTREAM_UNREACHABLE')).toHaveLength(10)
  expect(told.filter((code) => code === 'UPSTREAM_UNAVAILABLE')).toHaveLength(1)
})

test('a row that the upstream refused for the moment may be sent again where its repeat is withheld', async () => {
  const busy: Answer = { kind: 'answered', verdicts: [{ kind: 'rejected', errors: [{ code: BUSY_ROW }] }] }
  const { ingest } = buildIngest(
    upstreamOf(() => after(1, busy)),
    { ...SETTINGS, requestsPerSecond: 1, attemptsTimeoutMs: 500 },
    () => {},
  )
  const rows = judged([{ id: 'a', key: 'a', what: 'good' }], SETTINGS.maxBatchRows)
  const told = ingest(destinationOf('tenant'), rows, { origin: { requestId: 'a', traceparent: undefined } })
  await clock.pass(600)
  expect((await told).outcomes).toMatchObject([{ status: 'REJECTED', retryable: true, issues: [{ code: 'UPSTREAM_REJECTED' }] }])
})
