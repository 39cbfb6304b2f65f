import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEvents } from '../src/ingest/events.ts'
import type { Operation } from '../src/ingest/outcome.ts'
import { createRefusals, type Refusals } from '../src/ingest/send-batch.ts'
import type { Answer } from '../src/ingest/upstream-port.ts'
import { createUpstreamCalls, type UpstreamCall } from '../src/upstream/call-reports.ts'
import { listOf } from '../src/util/list-of.ts'
import type { RequestOrigin } from '../src/util/request-origin.ts'
import { secret } from '../src/util/secret.ts'
import { buildIngest, destinationOf, judged } from './support/simulation.ts'
import { upstreamOf } from './support/upstream-of.ts'
import { takeClock, type VirtualClock } from './support/virtual-clock.ts'

const SETTINGS = {
  requestsPerSecond: 1_000,
  concurrency: 1,
  maxBatchRows: 4,
  maxBatchBytes: 1_000_000,
  executionTimeoutMs: 1_000,
  attemptsTimeoutMs: 1_000,
  attemptTimeoutMs: 1_000,
}
const MAX_QUEUED_ROWS = 6
const REFUSED: Answer = { kind: 'refused', failure: 'FINAL', code: 'UPSTREAM_REFUSED_BATCH', divisible: true, status: 400 }

let clock: VirtualClock
let flow: ReturnType<typeof buildIngest>
let upstream: ReturnType<typeof upstreamOf>
/** Each request that left: its keys, how it is taken, and how it is refused for what may be one of its rows. */
let sent: { readonly keys: string; readonly take: () => void; readonly refuse: () => void }[]

beforeEach(() => {
  clock = takeClock()
  sent = []
  upstream = upstreamOf(
    ({ rows }, signal) =>
      new Promise<Answer>((resolve) => {
        const keys = listOf(rows.length, (at) => rows.at(at).product_id).join(' ')
        const take = () => resolve({ kind: 'answered', verdicts: listOf(rows.length, () => ({ kind: 'accepted' })) })
        sent.push({ keys, take, refuse: () => resolve(REFUSED) })
        signal.addEventListener('abort', () => resolve({ kind: 'lost', failure: 'LOST', reason: 'TIMED_OUT' }))
      }),
  )
  flow = buildIngest(upstream, SETTINGS, () => {}, MAX_QUEUED_ROWS)
})
afterEach(() => clock.restore())

/** A mutation with rows of these keys; what it was told, a word for each row, once it was told. */
function mutate(keys: string, operation: Operation = 'APPEND'): { told: string } {
  const rows = keys.split(' ').map((key) => ({ id: key, key, what: 'good' }))
  const mutation = { told: '' }
  const origin = { requestId: keys, traceparent: undefined }
  void flow.ingest(destinationOf('tenant', operation), judged(rows, SETTINGS.maxBatchRows), { origin }).then(({ outcomes }) => {
    mutation.told = outcomes.map((outcome) => (outcome.status === 'REJECTED' ? outcome.issues[0]?.code : outcome.status)).join(' ')
  })
  return mutation
}

/** So many keys of one letter. */
const keysOf = (letter: string, count: number) => Array.from({ length: count }, (_, at) => `${letter}${at}`).join(' ')
const rowsWaiting = () => flow.batcher.usageOf('tenant').rowsWaiting
const sentKeys = () => sent.map(({ keys }) => keys)

/** Has every request taken, one after the other, until no further one leaves. */
async function takeAll(): Promise<void> {
  for (let taken = 0; taken < sent.length; taken++) {
    sent[taken]?.take()
    await clock.pass(1)
  }
}

describe('when the time of rows is up', () => {
  test('they wait no more, and all is idle once what was in flight has ended', async () => {
    const inFlight = mutate('A B A', 'UPSERT')
    await clock.pass(1)
    const waiting = mutate('C D')
    await clock.pass(1)
    expect(rowsWaiting()).toBe(3)
    await clock.pass(1_000)
    expect([inFlight.told, waiting.told]).toEqual(['UNCONFIRMED UNCONFIRMED OVERLOADED', 'OVERLOADED OVERLOADED'])
    expect(rowsWaiting()).toBe(0)
    let isIdle = false
    void flow.batcher.idle().then(() => (isIdle = true))
    await clock.pass(1)
    expect(isIdle).toBe(false)
    await clock.pass(200)
    expect(isIdle).toBe(true)
  })

  test('their keys are free again: those that were ready', async () => {
    mutate('X')
    await clock.pass(10)
    const late = mutate('K')
    await clock.pass(1_001)
    expect(late.told).toBe('OVERLOADED')
    const again = mutate('K')
    await clock.pass(200)
    await takeAll()
    expect(again.told).toBe('ACCEPTED')
  })

  test('their keys are free again: those that waited behind another of their key, as the only ones', async () => {
    mutate('X')
    await clock.pass(10)
    const [first, second] = [mutate('K'), mutate('K')]
    await clock.pass(500)
    sent[0]?.take()
    await clock.pass(500)
    expect([first.told, second.told]).toEqual(['UNCONFIRMED', 'OVERLOADED'])
    // Another row keeps the table from being forgotten, and all keys with it.
    mutate('Y')
    await clock.pass(1)
    sent[1]?.take()
    await clock.pass(1)
    const again = mutate('K')
    await takeAll()
    expect(again.told).toBe('ACCEPTED')
    expect(sentKeys()).toEqual(['X', 'K', 'Y', 'K'])
  })

  test('of two of one key none leaves any more', async () => {
    mutate('X')
    await clock.pass(10)
    const late = mutate('K K', 'UPSERT')
    await clock.pass(1_001)
    expect(late.told).toBe('OVERLOADED OVERLOADED')
    await clock.pass(200)
    await takeAll()
    expect(sentKeys()).toEqual(['X'])
  })

  test('their keys stay locked while a slow upstream may still write what was given up on', async () => {
    mutate('K')
    await clock.pass(1_200)
    const later = [mutate('K'), mutate('L')]
    await clock.pass(790)
    expect(sentKeys()).toEqual(['K', 'L'])
    sent[1]?.take()
    await clock.pass(20)
    expect(sentKeys()).toEqual(['K', 'L', 'K'])
    sent[2]?.take()
    await clock.pass(1)
    expect(later.map(({ told }) => told)).toEqual(['ACCEPTED', 'ACCEPTED'])
  })

  test('their keys stay locked as well where what was given up on was a part of a request that was refused', async () => {
    mutate('K M', 'UPSERT')
    await clock.pass(1)
    sent[0]?.refuse()
    await clock.pass(1_199)
    const later = [mutate('K', 'UPSERT'), mutate('L', 'UPSERT')]
    await clock.pass(790)
    expect(sentKeys()).toEqual(['K M', 'K', 'L'])
    sent[2]?.take()
    await clock.pass(20)
    expect(sentKeys()).toEqual(['K M', 'K', 'L', 'K'])
    sent[3]?.take()
    await clock.pass(1)
    expect(later.map(({ told }) => told)).toEqual(['ACCEPTED', 'ACCEPTED'])
  })

  test('those that waited behind them come forward', async () => {
    mutate('X')
    await clock.pass(500)
    mutate('K')
    await clock.pass(400)
    const second = mutate('K')
    await clock.pass(600)
    await takeAll()
    expect(second.told).toBe('ACCEPTED')
  })
})

describe('the key of a row', () => {
  test('is locked by the one behind it as soon as that comes forward, before it leaves', async () => {
    const all = [mutate('K')]
    await clock.pass(1)
    all.push(mutate('K'), mutate(keysOf('b', 4)))
    await clock.pass(1)
    sent[0]?.take()
    await clock.pass(1)
    all.push(mutate('K'))
    await clock.pass(1)
    await takeAll()
    expect(sentKeys()).toEqual(['K', 'b0 b1 b2 b3', 'K', 'K'])
    for (const { told } of all) expect(new Set(told.split(' '))).toEqual(new Set(['ACCEPTED']))
  })

  test('is its own, also where rows before it are rejected because they repeat a key', async () => {
    const repeating = mutate('K K L')
    await clock.pass(1)
    const later = mutate('L')
    await clock.pass(1)
    await takeAll()
    expect(repeating.told).toBe('ACCEPTED DUPLICATE_KEY ACCEPTED')
    expect(later.told).toBe('ACCEPTED')
    expect(sentKeys()).toEqual(['K L', 'L'])
  })
})

describe('while rows of large and of small mutations wait', () => {
  test('each kind gets half of a request, and what is left of both travels together', async () => {
    mutate('X')
    await clock.pass(1)
    const all = [mutate(keysOf('B', 9)), mutate(keysOf('a', 3)), mutate(keysOf('c', 2)), mutate('d0')]
    await clock.pass(1)
    await takeAll()
    expect(sentKeys()).toEqual(['X', 'a0 a1 B0 B1', 'a2 c0 B2 B3', 'c1 d0 B4 B5', 'B6 B7 B8'])
    for (const { told } of all) expect(new Set(told.split(' '))).toEqual(new Set(['ACCEPTED']))
  })

  test('what one kind leaves of its half the other fills', async () => {
    mutate('X')
    await clock.pass(1)
    mutate(keysOf('B', 5))
    for (const letter of ['a', 'c']) mutate(keysOf(letter, 3))
    await clock.pass(1)
    await takeAll()
    expect(sentKeys()).toEqual(['X', 'a0 a1 B0 B1', 'a2 c0 B2 B3', 'c1 c2 B4'])
    mutate(keysOf('D', 5))
    await clock.pass(1)
    for (const letter of ['e', 'f']) mutate(keysOf(letter, 3))
    await takeAll()
    expect(sentKeys().slice(4)).toEqual(['D0 D1 D2 D3', 'e0 e1 D4 e2', 'f0 f1 f2'])
  })

  test('requests of other destinations leave in turn', async () => {
    mutate('X')
    await clock.pass(1)
    mutate(keysOf('B', 12), 'UPSERT')
    for (const letter of ['a', 'c']) mutate(keysOf(letter, 3))
    await clock.pass(1)
    const kinds: string[] = []
    for (let nth = 1; nth <= 5; nth++) {
      sent[nth - 1]?.take()
      await clock.pass(1)
      kinds.push(sent[nth]?.keys.startsWith('B') ? 'large' : 'small')
    }
    expect(kinds).toEqual(['large', 'small', 'large', 'small', 'large'])
  })
})

describe('the room for rows that wait', () => {
  beforeEach(async () => {
    mutate('X')
    await clock.pass(1)
  })
  const isTaken = async (keys: string) => {
    const mutation = mutate(keys)
    await clock.pass(1)
    return mutation.told === ''
  }

  test('is filled exactly, and no row more is taken', async () => {
    expect([await isTaken('a b c d'), await isTaken('e f'), await isTaken('g')]).toEqual([true, true, false])
  })

  test('of large mutations is their own, fifty times as much', async () => {
    const taken = [await isTaken(keysOf('A', 290)), await isTaken(keysOf('B', 11)), await isTaken(keysOf('C', 10)), await isTaken('d')]
    expect(taken).toEqual([true, false, true, true])
    expect(rowsWaiting()).toBe(301)
  })

  test('is kept count of also when a tenant comes back after its limits were forgotten', async () => {
    sent[0]?.take()
    await clock.pass(61_000)
    // Whoever comes next has those forgotten that did not come for a minute.
    flow.batcher.usageOf('another')
    mutate('X')
    await clock.pass(1)
    expect([await isTaken('a b c d'), await isTaken('e f'), rowsWaiting(), await isTaken('g')]).toEqual([true, true, 6, false])
  })

  test('does not keep a mutation that is larger than it from an empty queue, and takes none beside it', async () => {
    expect(await isTaken(keysOf('A', 400))).toBe(true)
    expect(await isTaken(keysOf('B', 5))).toBe(false)
  })
})

test('rows that are sent again have waited since the answer before, not since they came', async () => {
  const waits: number[] = []
  const events = createEvents()
  events.on('batch:sent', ({ waitedMs }) => waits.push(waitedMs))
  const unsent: Answer = { kind: 'unsent', failure: 'UNSENT' }
  const upstream = upstreamOf(() => new Promise<Answer>((resolve) => setTimeout(() => resolve(unsent), 500)))
  flow = buildIngest(upstream, SETTINGS, () => {}, MAX_QUEUED_ROWS, events)
  mutate('a')
  await clock.pass(2_000)
  // The pause before the first repeat is 200 ms at most.
  expect(waits).toEqual([0, expect.toSatisfy((ms: number) => ms <= 200)])
})

test('a report on calls says the same of rows that are sent again, and nothing of other calls', async () => {
  const calls = createUpstreamCalls()
  const origins = [{ requestId: 'one', traceparent: undefined }]
  const report = calls.watch(origins[0] as RequestOrigin)
  const call = async (about: UpstreamCall, waitedMs: number) => {
    await clock.pass(waitedMs)
    const followed = calls.follow(about)
    await clock.pass(20)
    followed?.end({ kind: 'lost', reason: 'TIMED_OUT' })
  }
  const rows: UpstreamCall = { method: 'POST', origins, rows: 1, waitingSince: performance.now() }
  await call(rows, 10)
  await call(rows, 5)
  await call({ ...rows, origins: [...origins], waitingSince: performance.now() }, 7)
  const others = [{ requestId: 'two', traceparent: undefined }]
  await call({ ...rows, origins: others }, 1)
  expect(report()).toMatchObject({ calls: 3, ms: 60, attempts: [10, 5, 7].map((waitedMs) => ({ waitedMs, ms: 20, failure: 'TIMED_OUT' })) })
})

describe('what was learnt of refusals', () => {
  /** Whether it is said at once that a batch is worth dividing; undefined where that waits for another. */
  const answers = async (refusals: Refusals, refusal: string) =>
    await Promise.race([refusals.isWorthDividing(refusal), clock.pass(1).then(() => undefined)])

  test('one batch is divided while the others wait, and those with the refusal that it was divided for in vain are not', async () => {
    const refusals = createRefusals()
    expect([await answers(refusals, 'a'), await answers(refusals, 'a')]).toEqual([true, undefined])
    refusals.noteDivided('a', false)
    await clock.pass(1)
    expect([await answers(refusals, 'a'), await answers(refusals, 'b')]).toEqual([false, true])
  })

  test('where dividing has helped nobody waits, until it was in vain once', async () => {
    const refusals = createRefusals()
    await answers(refusals, 'a')
    refusals.noteDivided('a', true)
    expect([await answers(refusals, 'a'), await answers(refusals, 'a')]).toEqual([true, true])
    refusals.noteDivided('a', false)
    expect([await answers(refusals, 'b'), await answers(refusals, 'b')]).toEqual([true, undefined])
  })

  test('any accepted row ends it', async () => {
    const refusals = createRefusals()
    await answers(refusals, 'a')
    refusals.noteDivided('a', false)
    refusals.noteAccepted()
    expect([await answers(refusals, 'a'), await answers(refusals, 'b')]).toEqual([true, true])
  })
})

describe('while rows are gathered', () => {
  beforeEach(() => {
    flow = buildIngest(upstream, { ...SETTINGS, windowMs: 20 }, () => {}, MAX_QUEUED_ROWS)
  })

  test('those of one key leave in the order in which they came, however they are sent', async () => {
    mutate('X', 'UPSERT')
    await clock.pass(5)
    mutate('K', 'APPEND')
    await clock.pass(5)
    mutate('K', 'UPSERT')
    await clock.pass(30)
    await takeAll()
    expect(sentKeys()).toEqual(['X', 'K', 'K'])
  })

  test('they are given back with all others', async () => {
    const gathered = mutate('A')
    await clock.pass(5)
    flow.batcher.giveBack()
    await clock.pass(30)
    expect([gathered.told, sent]).toEqual(['OVERLOADED', []])
  })
})

test('rows are released once: when the last of them is settled, or when the queue has no room for them', async () => {
  let released = 0
  const send = (keys: string) => {
    const rows = judged(
      keys.split(' ').map((key) => ({ id: key, key, what: 'good' })),
      SETTINGS.maxBatchRows,
    )
    const chunks = rows.chunks.map((chunk) => ({ ...chunk, rows: Object.assign(chunk.rows, { release: () => void released++ }) }))
    void flow.ingest(destinationOf('tenant', 'UPSERT'), { ...rows, chunks }, { origin: { requestId: keys, traceparent: undefined } })
    return clock.pass(1)
  }
  await send('A A B')
  sent[0]?.take()
  expect(released).toBe(0)
  await clock.pass(1)
  expect([sentKeys(), released]).toEqual([['A B', 'A'], 0])
  await send('C D E F')
  await send('G H I')
  expect(released).toBe(1)
  await takeAll()
  expect(released).toBe(3)
})

test('neither rows that are settled nor their credential are kept while others of their table are on their way', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const settle = async () => {
    const rows = judged([{ id: 'K', key: 'K', what: 'good' }], SETTINGS.maxBatchRows)
    const credential = secret('replaced')
    const destination = { ...destinationOf('tenant', 'APPEND'), tenant: { id: 'tenant', credential } }
    const told = flow.ingest(destination, rows, { origin: { requestId: 'K', traceparent: undefined } })
    await clock.pass(1)
    mutate('L')
    await clock.pass(1)
    sent.shift()?.take()
    await clock.pass(1)
    await told
    return [rows.chunks[0]?.indexes as object, credential].map((kept) => new WeakRef(kept))
  }
  const settled = await settle()
  await clock.pass(1)
  collect()
  expect([sentKeys(), ...settled.map((kept) => kept.deref())]).toEqual([['L'], undefined, undefined])
})
