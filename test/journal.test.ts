import { expect, test } from 'vitest'
import { createCommitter } from '../src/idempotency/committer.ts'
import { decodeJournal, ENTRY_VERSION, type Entry } from '../src/idempotency/entry-codec.ts'
import { decide, fold } from '../src/idempotency/fold.ts'
import { createJournal } from '../src/idempotency/journal.ts'
import { StoreError } from '../src/idempotency/store-error.ts'
import type { IdempotencyStore } from '../src/idempotency/store-port.ts'
import { MAX_TEXT_BYTES } from '../src/idempotency/stored-outcome.ts'
import { ACCEPTED, type Operation, rejectedHere, unconfirmed } from '../src/ingest/outcome.ts'
import { createMemoryDatabase } from './support/memory-store.ts'

function decodeAll(texts: readonly string[]): readonly Entry[] {
  const entries = decodeJournal(texts)
  if (entries === 'NEWER_VERSION') throw new Error(entries)
  return entries
}

/** Which writes fail. */
type Down = 'none' | 'fact' | 'rejection' | 'settle' | 'all'

/** A request in a store of memory that fails while it is told to. */
async function openJournal(rowCount: number, operation: Operation = 'APPEND') {
  const database = createMemoryDatabase(() => 0)
  const store = database.store()
  let down: Down = 'none'
  const fail = (now: Down) => {
    down = now
  }
  const kinds: string[] = []
  /** How many rows are unconfirmed, as each end of a claim says. */
  const left: number[] = []
  const write: IdempotencyStore['write'] = async (writes) => {
    kinds.push(...writes.map(({ kind }) => kind))
    left.push(...writes.flatMap((one) => ('unconfirmed' in one ? one.unconfirmed : [])))
    if (down === 'all' || writes.some(({ kind }) => kind === down)) throw new StoreError('down')
    return store.write(writes)
  }
  async function open(more: { readonly reopens?: true } = {}) {
    const [opened] = await store.open([{ id: 'r', fingerprint: 'f', rowCount, operation, version: ENTRY_VERSION, ...more }])
    if (opened === undefined || !('epoch' in opened)) throw new Error('not opened')
    const entries = decodeAll('entries' in opened ? opened.entries : [])
    return createJournal(createCommitter({ ...store, write }), { claim: { id: 'r', epoch: opened.epoch }, rowCount, operation, entries })
  }
  async function stored() {
    const record = await store.read('r')
    const texts = record?.entries ?? []
    return { state: record?.state, texts, ...decide(fold(decodeAll(texts), rowCount), operation) }
  }
  return { journal: await open(), open, stored, fail, kinds, left }
}

const REFUSED = rejectedHere([{ code: 'BELOW_MINIMUM', field: 'packSize', message: 'At least 1.' }])
const BUSY = rejectedHere([{ code: 'OVERLOADED', message: 'Later.' }], true)

test('a request whose rows are all settled is settled, and one whose rows are not is given back', async () => {
  const { journal, open, stored } = await openJournal(3)
  await journal.tell([1], [REFUSED])
  expect(await journal.intend([0, 2])).toBe(true)
  await journal.tell([0, 2], [ACCEPTED, BUSY])
  await journal.end()
  expect(await stored()).toMatchObject({ state: 'INTERRUPTED', send: [2], outcomes: [ACCEPTED, REFUSED, BUSY] })

  const again = await open({ reopens: true })
  expect((await again.finish([])).decision.send).toEqual([2])
  expect(await again.intend([2])).toBe(true)
  await again.tell([2], [ACCEPTED])
  await again.end()
  expect(await stored()).toMatchObject({ state: 'SETTLED', send: [], outcomes: [ACCEPTED, REFUSED, ACCEPTED] })
})

test('the end of a claim says of how many rows nobody knows whether they were written', async () => {
  const { journal, open, left } = await openJournal(4)
  await journal.intend([0, 1, 2])
  await journal.tell([0, 1], [ACCEPTED, unconfirmed('TIMED_OUT', { operation: 'APPEND', dryRun: false })])
  await journal.end()
  const again = await open({ reopens: true })
  await again.intend([3])
  await again.tell([3], [REFUSED])
  await again.end()
  expect(left).toEqual([2, 2])
})

test('an intent that was refused, since others have taken the record over, says nothing of its rows', async () => {
  const { journal, open } = await openJournal(2)
  const other = await open()
  expect([await journal.intend([0, 1]), await other.intend([0])]).toEqual([false, true])
  expect([(await journal.finish([])).decision.send, (await other.finish([])).decision.send]).toEqual([[0, 1], [1]])
})

test('an intent that the store failed to take is withdrawn when it can be: the row may be sent by whoever comes next', async () => {
  const { journal, stored, fail } = await openJournal(1)
  fail('all')
  expect(await journal.intend([0])).toBe(false)
  fail('none')
  await journal.end()
  const { texts, send } = await stored()
  expect(texts.join()).toContain('withdrawn')
  expect(send).toEqual([0])
})

test('outcomes that the store failed to take are told all the same, are known not to be durable, and are written when they can be', async () => {
  const { journal, stored, fail } = await openJournal(1)
  await journal.intend([0])
  fail('all')
  await journal.tell([0], [ACCEPTED])
  expect((await journal.finish([])).decision.outcomes).toEqual([ACCEPTED])
  expect((await journal.finish([])).isDurable).toBe(false)
  expect((await stored()).outcomes).toEqual([unconfirmed('NO_VERDICT', { operation: 'APPEND', dryRun: false })])
  fail('none')
  expect((await journal.finish([])).isDurable).toBe(true)
  expect((await stored()).outcomes).toEqual([ACCEPTED])
})

test('what could not be kept before is kept by the end of a request that is settled', async () => {
  const { journal, stored, fail } = await openJournal(2)
  await journal.intend([0, 1])
  fail('fact')
  await journal.tell([0], [ACCEPTED])
  expect((await stored()).state).toBe('INTERRUPTED')
  await journal.tell([1], [REFUSED])
  expect(await stored()).toMatchObject({ state: 'SETTLED', outcomes: [ACCEPTED, REFUSED] })
})

test('the last outcome settles the request in one commit, however often its end is written', async () => {
  const { journal, stored, kinds } = await openJournal(2)
  await journal.intend([0, 1])
  await journal.tell([0], [ACCEPTED])
  await journal.tell([1], [ACCEPTED])
  await journal.end()
  expect(kinds).toEqual(['intent', 'fact', 'settle'])
  expect(await stored()).toMatchObject({ state: 'SETTLED', outcomes: [ACCEPTED, ACCEPTED] })
})

test.each<Operation>(['UPSERT', 'APPEND'])(
  'an %s refused for its token and sent again is settled by the last outcome of the rows sent, not the first',
  async (operation) => {
    const { journal, open, stored } = await openJournal(3, operation)
    const refusedForAll = rejectedHere([{ code: 'UPSTREAM_UNAUTHORIZED', message: 'No.' }])
    await journal.intend([0, 1, 2])
    await journal.tell([0, 1, 2], [ACCEPTED, refusedForAll, refusedForAll])
    await journal.end()
    expect((await stored()).state).toBe('SETTLED')

    const again = await open({ reopens: true })
    await again.intend([1, 2])
    await again.tell([1], [ACCEPTED])
    expect((await stored()).state).not.toBe('SETTLED')
    await again.tell([2], [REFUSED])
    expect(await stored()).toMatchObject({ state: 'SETTLED', outcomes: [ACCEPTED, ACCEPTED, REFUSED] })
  },
)

test('the last outcome of a claim that was taken over is written all the same', async () => {
  const { journal, open, stored } = await openJournal(1)
  await journal.intend([0])
  await open()
  await journal.tell([0], [ACCEPTED])
  expect(await stored()).toMatchObject({ state: 'INTERRUPTED', outcomes: [ACCEPTED] })
})

test('a request whose end the store fails to take stays as it was', async () => {
  const { journal, open, stored, fail } = await openJournal(1)
  await journal.intend([0])
  fail('settle')
  await journal.tell([0], [ACCEPTED])
  expect((await journal.finish([])).isDurable).toBe(true)
  await journal.end()
  fail('none')
  expect((await stored()).state).not.toBe('SETTLED')
  await (await open()).end()
  expect(await stored()).toMatchObject({ state: 'SETTLED', outcomes: [ACCEPTED] })
})

test('an UPSERT is held up by no intent, and is told rejected only where no claim before can have written it', async () => {
  const { journal, open, stored } = await openJournal(2, 'UPSERT')
  expect(await journal.intend([0, 1])).toBe(true)
  expect((await stored()).texts).toEqual([])
  await journal.tell([0], [BUSY])

  const again = await open({ reopens: true })
  expect((await again.finish([])).decision.send).toEqual([0, 1])
  await again.intend([0, 1])
  await again.tell([0, 1], [REFUSED, REFUSED])
  const lost = unconfirmed('NO_VERDICT', { operation: 'UPSERT', dryRun: false })
  expect((await again.finish([])).decision).toEqual({ send: [], retryableCount: 0, outcomes: [REFUSED, lost] })
  await again.end()
  expect(await stored()).toMatchObject({ state: 'SETTLED', outcomes: [REFUSED, lost] })
})

test('an UPSERT that an interrupted claim may have sent is not called rejected because it cannot be sent now', async () => {
  const { journal, open, stored } = await openJournal(2, 'UPSERT')
  await journal.intend([0, 1])

  const again = await open({ reopens: true })
  await again.tell([0, 1], [BUSY, REFUSED])
  const lost = unconfirmed('NO_VERDICT', { operation: 'UPSERT', dryRun: false })
  // Whoever refuses it for good did so before.
  expect((await again.finish([])).decision).toEqual({ send: [0], retryableCount: 1, outcomes: [lost, REFUSED] })
  await again.end()
  expect(await stored()).toMatchObject({ state: 'INTERRUPTED', send: [0], outcomes: [lost, REFUSED] })
})

test('a rejection of an UPSERT that comes after another claim was opened is not kept: what that claim sent may have been written', async () => {
  const { journal, open, stored } = await openJournal(2, 'UPSERT')
  await journal.intend([0, 1])

  const again = await open({ reopens: true })
  await again.intend([0, 1])
  await journal.tell([0, 1], [ACCEPTED, REFUSED])
  expect(await stored()).toMatchObject({ send: [1], outcomes: [ACCEPTED, undefined] })
  const lost = unconfirmed('TIMED_OUT', { operation: 'UPSERT', dryRun: false })
  await again.tell([1], [lost])
  await again.end()
  expect(await stored()).toMatchObject({ state: 'INTERRUPTED', send: [1], outcomes: [ACCEPTED, lost] })
})

test('a rejection that was owed while a claim ended is kept, unless another claim was opened meanwhile', async () => {
  const { journal, stored, fail } = await openJournal(1, 'UPSERT')
  await journal.intend([0])
  fail('rejection')
  await journal.tell([0], [BUSY])
  await journal.end()
  expect(await stored()).toMatchObject({ state: 'INTERRUPTED', outcomes: [undefined] })
  fail('none')
  expect((await journal.finish([])).isDurable).toBe(true)
  expect(await stored()).toMatchObject({ state: 'INTERRUPTED', outcomes: [BUSY] })
})

test('each outcome of an UPSERT that an interrupted claim may have sent says so, since the store may take a later one alone', async () => {
  const { journal, open, stored, fail } = await openJournal(2, 'UPSERT')
  await journal.intend([0, 1])

  const again = await open({ reopens: true })
  await again.intend([0, 1])
  fail('all')
  const late = unconfirmed('TIMED_OUT', { operation: 'UPSERT', dryRun: false })
  await again.tell([0], [late])
  fail('none')
  await again.tell([0], [REFUSED])
  const lost = unconfirmed('NO_VERDICT', { operation: 'UPSERT', dryRun: false })
  expect((await stored()).outcomes).toEqual([lost, undefined])
})

test('the outcomes of 20,000 rows settle to one entry', async () => {
  const { journal, stored } = await openJournal(20_000, 'UPSERT')
  const rows = Array.from({ length: 20_000 }, (_, row) => row)
  const outcomes = rows.map((row) => (row % 3 === 0 ? rejectedHere([{ code: 'BELOW_MINIMUM', message: 'At least 1.' }]) : ACCEPTED))
  await journal.tell(rows, outcomes)
  expect((await stored()).state).toBe('SETTLED')
  const { texts, outcomes: kept } = await stored()
  expect(kept).toEqual(outcomes)
  expect(texts).toHaveLength(1)
  expect(texts.join().length).toBeLessThan(8_192)
})

test('a record that is opened again and again keeps no more texts than one', async () => {
  const { open, stored } = await openJournal(4_000, 'UPSERT')
  const rows = Array.from({ length: 4_000 }, (_, row) => row)
  const words = 'and this is why it was refused for the moment, at some length'
  for (let time = 0; time < 3; time++) {
    const journal = await open()
    await journal.tell(
      rows,
      rows.map((row) => rejectedHere([{ code: 'UPSTREAM_REJECTED', message: `${time}/${row} ${words}` }], true)),
    )
    await journal.end()
  }
  const kept = decodeAll((await stored()).texts).flatMap((entry) => ('outcomes' in entry ? entry.outcomes : []))
  const withWords = new Set(kept.map((outcome) => JSON.stringify(outcome)).filter((text) => text.includes(words)))
  expect([...withWords].join('').length).toBeLessThan(MAX_TEXT_BYTES)
  expect(withWords.size).toBeGreaterThan(100)
})
