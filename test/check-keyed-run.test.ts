import { expect, test } from 'vitest'
import { checkKeyedRun, type KeyedRun } from './fire/check-keyed-run.ts'
import type { KeyedAnswer } from './fire/keyed-client.ts'
import type { SeenRequest } from './fire/keyed-upstream.ts'

const IDS = ['a', 'b', 'c', 'd']
const mutation = { key: 'key', ids: IDS, body: Buffer.alloc(0) }

/** The answer that accepts all rows but these. */
function answer(others: Record<number, 'RejectedRow' | 'UnconfirmedRow'> = {}): KeyedAnswer {
  const rows = Object.entries(others).map(([index, __typename]) => ({ index: Number(index), __typename }))
  const counts = { acceptedCount: 0, rejectedCount: 0, unconfirmedCount: 0, replayedCount: 0, retryableCount: 0 }
  return { ms: 1, payload: { ...counts, retryAfterMs: null, rows, issueSummary: [] } }
}

const seen = (ids: readonly string[], answeredAt?: number): SeenRequest => ({
  ...{ gateway: 'g1', ids, arrivedAt: 1_000 },
  ...(answeredAt !== undefined && { answeredAt }),
})

function check(answers: readonly KeyedAnswer[], run: Partial<KeyedRun> = {}) {
  const whole = { mutations: [{ mutation, answers }], requests: [seen(IDS, 1_100)], breaks: [], mostInFlight: 2, ...run }
  const { rows, unconfirmed, unconfirmedWritten, ...broken } = checkKeyedRun(whole)
  return { unconfirmed, broken: Object.entries(broken).filter(([, count]) => count > 0) }
}

const KILLED = [{ gateway: 'g1', at: 1_150 }]

test('a run in which all went well breaks no law, also where a gateway was killed before it heard', () => {
  expect(check([answer()])).toEqual({ unconfirmed: 0, broken: [] })
  expect(check([answer({ 0: 'UnconfirmedRow', 1: 'UnconfirmedRow' })], { breaks: KILLED })).toEqual({ unconfirmed: 2, broken: [] })
  const silent = [seen(['a', 'b'], 1_000), seen(['c'])]
  const told = answer({ 2: 'UnconfirmedRow', 3: 'UnconfirmedRow' })
  expect(check([told], { breaks: KILLED, requests: silent })).toEqual({ unconfirmed: 2, broken: [] })
})

test.each<[string, readonly KeyedAnswer[], Partial<KeyedRun>]>([
  ['twice', [answer()], { requests: [seen(IDS, 1_100), seen(['d'], 1_200)] }],
  ['untrue', [answer()], { requests: [seen(['a', 'b', 'c'], 1_100)] }],
  ['untrue', [answer({ 3: 'RejectedRow' })], {}],
  ['lost', [answer({ 3: 'UnconfirmedRow' })], {}],
  ['lost', [answer({ 3: 'UnconfirmedRow' })], { breaks: KILLED, requests: [seen(IDS, 1_040)] }],
  ['lost', [answer({ 3: 'UnconfirmedRow' })], { breaks: [{ gateway: 'g2', at: 1_150 }] }],
  ['beyond', [answer({ 1: 'UnconfirmedRow', 2: 'UnconfirmedRow', 3: 'UnconfirmedRow' })], { breaks: KILLED }],
  ['changed', [answer(), answer({ 3: 'UnconfirmedRow' })], { breaks: KILLED }],
])('a row is found that is %s', (law, answers, run) => {
  expect(check(answers, run).broken).toEqual([[law, 1]])
})
