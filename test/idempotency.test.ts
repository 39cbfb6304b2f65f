import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCommitter } from '../src/idempotency/committer.ts'
import { decodeEntry, decodeJournal, ENTRY_VERSION, type Entry, encodeEntry } from '../src/idempotency/entry-codec.ts'
import { areSettled, compact, decide, fold, lastEpochs } from '../src/idempotency/fold.ts'
import { createRowsDigest, fingerprint, isIdempotencyKey, parseIdempotencyKey, recordId } from '../src/idempotency/idempotency-key.ts'
import { asStoreError, StoreError } from '../src/idempotency/store-error.ts'
import type { Write } from '../src/idempotency/store-port.ts'
import { createTextBudget, MAX_TEXT_BYTES } from '../src/idempotency/stored-outcome.ts'
import { ACCEPTED, type Outcome, rejectedHere, unconfirmed } from '../src/ingest/outcome.ts'
import { anyText } from './support/any-text.ts'
import { takeClock } from './support/virtual-clock.ts'

const ROWS = 6

const issue = fc.record(
  {
    code: fc.constantFrom('MISSING_FIELD', 'TOO_LONG', 'UPSTREAM_REJECTED'),
    message: anyText(60),
    field: fc.string({ maxLength: 12 }),
    column: fc.string({ maxLength: 12 }),
    hint: fc.string({ maxLength: 12 }),
    upstreamCode: fc.string({ maxLength: 12 }),
  },
  { requiredKeys: ['code', 'message'] },
)
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant(ACCEPTED),
  fc.constant(unconfirmed('TIMED_OUT', { operation: 'APPEND', dryRun: false })),
  fc.record({
    status: fc.constant('REJECTED'),
    by: fc.constantFrom('GATEWAY', 'UPSTREAM'),
    retryable: fc.boolean(),
    issues: fc.array(issue, { maxLength: 3 }),
  }),
)
const stamp = { epoch: fc.integer({ min: 1, max: 3 }), number: fc.integer({ min: 1, max: 8 }) }
const rows = fc.uniqueArray(fc.nat(ROWS - 1), { minLength: 1 })
const told = fc.uniqueArray(fc.tuple(fc.nat(ROWS - 1), outcome), { minLength: 1, selector: ([row]) => row })
const verdicts: fc.Arbitrary<Entry> = fc
  .record({ ...stamp, told })
  .map(({ told, ...rest }) => ({ kind: 'verdicts', ...rest, rows: told.map(([row]) => row), outcomes: told.map(([, one]) => one) }))
const entry: fc.Arbitrary<Entry> = fc.oneof(fc.record({ kind: fc.constantFrom('intent', 'withdrawn'), ...stamp, rows }), verdicts)

test('a key is 1 to 255 printable ASCII characters, in the header bare or quoted', () => {
  expect(['a', 'a b', 'x'.repeat(255), '"'].map(isIdempotencyKey)).toEqual([true, true, true, true])
  expect(['', 'x'.repeat(256), 'é', 'a\n', 'a\u0000', '\u007f'].map(isIdempotencyKey)).toEqual(Array(6).fill(false))
  expect(['abc', ' abc ', '"abc"', '"a\\"b\\\\"'].map(parseIdempotencyKey)).toEqual(['abc', 'abc', 'abc', 'a"b\\'])
  expect(['', '""', '"abc', '"a"b"', '"abc";p=1', '"\\a"', 'ü'].map(parseIdempotencyKey)).toEqual(Array(7).fill(undefined))
})

test('every key may stand quoted in a header', () => {
  const key = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 255 })
  fc.assert(fc.property(key, (text) => void expect(parseIdempotencyKey(`"${text.replace(/["\\]/g, '\\$&')}"`)).toBe(text)))
})

test('a record is named by tenant and key together, and shows neither', () => {
  expect(recordId('tenant', 'key')).toMatch(/^[0-9a-f]{64}$/)
  expect(new Set([recordId('a', 'bc'), recordId('ab', 'c'), recordId('a","b', 'c'), recordId('a', 'b","c')]).size).toBe(4)
})

test('a fingerprint is of the rows, and of what the request is about', () => {
  const target = { resource: 'Products', operation: 'APPEND', solution: 'main' } as const
  fc.assert(fc.property(fc.string(), (rows) => void expect(fingerprint(target, `${rows} `)).not.toBe(fingerprint(target, rows))))
  const others = [{ resource: 'Product' }, { operation: 'UPSERT' }, { solution: 'mainX' }] as const
  const all = others.map((other) => fingerprint({ ...target, ...other }, 'x'))
  expect(new Set([fingerprint(target, 'x'), ...all]).size).toBe(4)
  // As records that are in stores have it.
  expect(fingerprint(target, 'x')).toBe('b7b2baf18824ed737a52d7c565d59e825d26d01bb47dbfa6f8fdd3f5272ef6fc')
})

test('rows are digested alike however they are cut, and otherwise where a row, its order or where it ends differs', () => {
  const digestOf = (...lists: readonly (readonly unknown[])[]) => {
    const digest = createRowsDigest()
    for (const _ of digest.read(lists));
    return digest.text()
  }
  const row = fc.oneof(fc.integer(), fc.string({ maxLength: 3 }), fc.record({ a: fc.integer() }))
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), fc.nat(6), fc.nat(6), (rows, one, other) => {
      const [first, second] = [Math.min(one, other), Math.max(one, other)]
      expect(digestOf(rows.slice(0, first), rows.slice(first, second), rows.slice(second))).toBe(digestOf(rows))
    }),
  )
  expect(new Set([digestOf([1, 2]), digestOf([2, 1]), digestOf([12]), digestOf([1], [2], [3]), digestOf()]).size).toBe(5)
  const cells = JSON.parse('[null, 1e999, -1e999, "1e999", {"a": [null]}, {"a": [1e999]}]') as unknown[]
  expect(new Set(cells.map((cell) => digestOf([{ cell }]))).size).toBe(cells.length)
})

test('an entry is read as it was written', () => {
  fc.assert(fc.property(entry, (one) => void expect(decodeEntry(encodeEntry(one, createTextBudget()))).toEqual(one)))
  const far: Entry = { kind: 'intent', epoch: 2, number: 9, rows: [19_999, 5, 6, 7, 0, 12_345] }
  expect(decodeEntry(encodeEntry(far, createTextBudget()))).toEqual(far)
})

test('how long to wait is not kept: it has passed when it is read', () => {
  const late: Outcome = { status: 'REJECTED', by: 'UPSTREAM', retryable: true, retryAfterMs: 500, issues: [] }
  const read = decodeEntry(encodeEntry({ kind: 'verdicts', epoch: 1, number: 1, rows: [0], outcomes: [late] }, createTextBudget()))
  expect(read).toMatchObject({ outcomes: [{ status: 'REJECTED', by: 'UPSTREAM', retryable: true, issues: [] }] })
  expect(JSON.stringify(read)).not.toContain('retryAfterMs')
})

test('the last claim that told of a row is that of the highest epoch, however late an earlier one tells', () => {
  const told = (epoch: number, rows: readonly number[]): Entry => ({
    kind: 'verdicts',
    epoch,
    number: 1,
    rows,
    outcomes: rows.map(() => ACCEPTED),
  })
  const journal = [told(2, [0, 1]), told(1, [1, 2]), told(3, [2])]
  for (const entries of [journal, journal.toReversed()]) expect([...lastEpochs(entries, 4)]).toEqual([2, 2, 3, 0])
})

test.each([
  ['what it says', Object.assign(new Error('disk full'), { code: 'ENOSPC' }), 'disk full'],
  ['its code where it says nothing', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  ['its name where it has no code either', new TypeError(), 'TypeError'],
  ['nothing where it is no error', 'secret', 'for no reason given'],
])('whatever fails within a store is told by %s', (_, cause, words) => {
  const error = asStoreError(cause)
  expect([error.message, error.cause]).toEqual([`The store failed: ${words}`, cause])
  expect(asStoreError(error)).toBe(error)
})

test('an entry that says it is more than any entry can be is damaged, and is not unpacked', () => {
  const entry = encodeEntry({ kind: 'intent', epoch: 1, number: 1, rows: [0] }, createTextBudget())
  const packed = (spaces: number) => deflateSync(entry + ' '.repeat(spaces), { level: 1 }).toString('base64')
  expect(decodeEntry(packed(1_000))).toMatchObject({ kind: 'intent', rows: [0] })
  expect(() => decodeEntry(packed(64 * 1024 * 1024))).toThrow(StoreError)
})

test('an entry of a newer version is told as such, a damaged one is an error of the store', () => {
  const text = encodeEntry({ kind: 'intent', epoch: 1, number: 1, rows: [0] }, createTextBudget())
  const newer = text.replace(`"v":${ENTRY_VERSION}`, `"v":${ENTRY_VERSION + 1}`)
  expect(decodeEntry(newer)).toBe('NEWER_VERSION')
  expect(decodeJournal([text, newer])).toBe('NEWER_VERSION')
  const unknown = refusal('No.')
  const later = encodeEntry({ kind: 'verdicts', epoch: 1, number: 1, rows: [0], outcomes: [unknown] }, createTextBudget())
  for (const one of [later.replace('BELOW_MINIMUM', 'BELOW_ALL'), later.replace('verdicts', 'opinions')])
    expect(decodeEntry(one), one).toBe('NEWER_VERSION')
  const damaged = ['', '{', 'null', '[]', '{}', '7', 'AAAA', text.replace('}', '')]
  for (const one of damaged) expect(() => decodeEntry(one), one).toThrow(StoreError)
  const verdict = encodeEntry({ kind: 'verdicts', epoch: 1, number: 1, rows: [0], outcomes: [ACCEPTED] }, createTextBudget())
  expect(() => decodeEntry(verdict.replace('"which":[0,1]', '"which":[1,1]'))).toThrow(StoreError)
  expect(() => decodeEntry(verdict.replace('"which":[0,1]', '"which":[0,2]'))).toThrow(StoreError)
})

const refusal = (message: string, field = 'packSize') => rejectedHere([{ code: 'BELOW_MINIMUM', field, message }])
const settled = (outcomes: readonly Outcome[]): Entry => ({ kind: 'settled', epoch: 1, number: 1, outcomes })

test('20,000 rejected rows are a few kB, whatever their order', () => {
  const five = Array.from({ length: 5 }, (_, at) => `At least ${at}.`)
  const alike = Array.from({ length: 20_000 }, () => refusal('At least 1.'))
  const mixed = Array.from({ length: 20_000 }, (_, at) => refusal(five[(at * 7_919 + (at >> 3)) % 5] as string))
  expect(encodeEntry(settled(alike), createTextBudget()).length).toBeLessThan(1_024)
  expect(encodeEntry(settled(mixed), createTextBudget()).length).toBeLessThan(16_384)
})

test('a record keeps 64 kB of texts, then codes and fields, then codes; what is left out is told as what the code means', () => {
  const all = Array.from({ length: 20_000 }, (_, at) => refusal(`Row ${at} is not as it should be, for reasons of its own.`, `f${at}`))
  const budget = createTextBudget()
  const texts = [all.slice(0, 10_000), all.slice(10_000)].map((half) => JSON.stringify(half.map(budget.fit)))
  const read = decodeEntry(encodeEntry(settled(all), createTextBudget()))
  const outcomes = read !== 'NEWER_VERSION' && read.kind === 'settled' ? read.outcomes : []
  expect(outcomes.slice(0, 100)).toEqual(all.slice(0, 100))
  expect(outcomes[700]).toMatchObject({ status: 'REJECTED', issues: [{ code: 'BELOW_MINIMUM', field: 'f700', message: /smaller/ }] })
  expect(outcomes[19_999]).toMatchObject({ issues: [{ code: 'BELOW_MINIMUM', message: expect.stringContaining('smaller') }] })
  expect(outcomes[19_999]).not.toHaveProperty('issues.0.field')
  const distinct = [...new Set(texts.flatMap((text) => JSON.parse(text) as Outcome[]).map((one) => JSON.stringify(one)))]
  expect(distinct.join('').length).toBeLessThan(2 * MAX_TEXT_BYTES + 200)
})

test('the fold does not depend on how entries are cut', () => {
  const cut = fc.record({ entries: fc.array(entry, { maxLength: 12 }), at: fc.nat(ROWS) })
  fc.assert(
    fc.property(cut, ({ entries, at }) => {
      const pieces = entries.flatMap((one): Entry[] => {
        if (one.kind === 'settled') return [one]
        const [front, back] = [one.rows.slice(0, at), one.rows.slice(at)]
        if (one.kind !== 'verdicts') return [front, back].map((rows) => ({ ...one, rows }))
        return [
          { ...one, rows: front, outcomes: one.outcomes.slice(0, at) },
          { ...one, rows: back, outcomes: one.outcomes.slice(at) },
        ]
      })
      expect(fold(pieces, ROWS)).toEqual(fold(entries, ROWS))
    }),
  )
})

test('what a row may be sent for does not depend on the order in which intents and withdrawals arrive', () => {
  const unsettling = fc.array(
    entry.filter((one) => one.kind !== 'verdicts'),
    { maxLength: 8 },
  )
  fc.assert(fc.property(unsettling, (list) => void expect(fold([...list].reverse(), ROWS).states).toEqual(fold(list, ROWS).states)))
})

test('an APPEND row with an intent that stands and no verdict is not sent again', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      const { send } = decide(fold(entries, ROWS), 'APPEND')
      for (const row of send)
        for (const intent of entries)
          if (intent.kind === 'intent' && intent.rows.includes(row)) expect(entries.some((one) => voids(one, intent, row))).toBe(true)
    }),
  )
})

/** Said without the fold: something later of the same claim says that the row was not taken. */
function voids(one: Entry, { epoch, number }: Entry, row: number): boolean {
  if (one.epoch !== epoch || one.number < number || one.kind === 'intent' || one.kind === 'settled') return false
  const place = one.rows.indexOf(row)
  return place >= 0 && (one.kind === 'withdrawn' || one.outcomes[place]?.status === 'REJECTED')
}

test('rows are sent again, told as stored or left unconfirmed, by what is known of them', () => {
  const busy = rejectedHere([{ code: 'OVERLOADED', message: 'Later.' }], true)
  const no = refusal('At least 1.')
  const lost = (operation: 'UPSERT' | 'APPEND') => unconfirmed('TIMED_OUT', { operation, dryRun: false })
  const journal = (operation: 'UPSERT' | 'APPEND'): Entry[] => [
    ...(operation === 'APPEND' ? [{ kind: 'intent', epoch: 1, number: 1, rows: [0, 2, 3, 5] } as const] : []),
    { kind: 'verdicts', epoch: 1, number: 2, rows: [0, 1, 2, 4], outcomes: [ACCEPTED, no, lost(operation), busy] },
    { kind: 'withdrawn', epoch: 1, number: 3, rows: [5] },
  ]
  const open = unconfirmed('NO_VERDICT', { operation: 'APPEND', dryRun: false })
  expect(decide(fold(journal('APPEND'), 6), 'APPEND')).toEqual({
    send: [4, 5],
    retryableCount: 2,
    outcomes: [ACCEPTED, no, lost('APPEND'), open, busy, undefined],
  })
  const upsert = decide(fold(journal('UPSERT'), 6), 'UPSERT')
  expect(upsert).toEqual({
    send: [2, 3, 4, 5],
    retryableCount: 4,
    outcomes: [ACCEPTED, no, lost('UPSERT'), undefined, busy, undefined],
  })
})

test('an UPSERT that may have been written and is refused for good stays unconfirmed, and is not sent for ever', () => {
  const lost = unconfirmed('TIMED_OUT', { operation: 'UPSERT', dryRun: false })
  const entries: Entry[] = [
    { kind: 'verdicts', epoch: 1, number: 1, rows: [0], outcomes: [lost] },
    { kind: 'verdicts', epoch: 2, number: 1, rows: [0], outcomes: [refusal('No.')] },
  ]
  expect(decide(fold(entries, 1), 'UPSERT')).toEqual({ send: [], retryableCount: 0, outcomes: [lost] })
})

test('while an intent stands, a rejection by another claim does not say that the row was not written', () => {
  const entries: Entry[] = [
    { kind: 'intent', epoch: 1, number: 1, rows: [0] },
    { kind: 'verdicts', epoch: 2, number: 1, rows: [0], outcomes: [refusal('No.')] },
  ]
  const open = unconfirmed('NO_VERDICT', { operation: 'APPEND', dryRun: false })
  expect(decide(fold(entries, 1), 'APPEND')).toEqual({ send: [], retryableCount: 0, outcomes: [open] })
  const withdrawn: Entry = { kind: 'withdrawn', epoch: 1, number: 2, rows: [0] }
  expect(decide(fold([...entries, withdrawn], 1), 'APPEND')).toEqual({ send: [0], retryableCount: 1, outcomes: [undefined] })
})

test('a compacted journal says what the journal said, also with what comes after it', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), told, fc.array(entry, { maxLength: 3 }), (entries, last, late) => {
      const closing = Array.from({ length: ROWS }, (_, row) => last.find(([one]) => one === row)?.[1] ?? ACCEPTED)
      const all: Entry[] = [...entries, { kind: 'verdicts', epoch: 9, number: 1, rows: closing.map((_, row) => row), outcomes: closing }]
      const before = fold(all, ROWS)
      if (!areSettled(before)) return
      const one = compact(before, { epoch: 9, number: 2 })
      const { outcomes } = fold([one], ROWS)
      expect(outcomes).toEqual(before.outcomes)
      expect(decide(fold([one, ...late], ROWS), 'APPEND')).toEqual(decide(fold([...all, ...late], ROWS), 'APPEND'))
      expect(fold([...late, one], ROWS)).toEqual(fold([one, ...late], ROWS))
    }),
  )
})

test.each(['settled', 'refused for good'] as const)(
  'a row that was %s without anybody knowing of it is accepted once that is told',
  (how) => {
    const lost = unconfirmed('TIMED_OUT', { operation: 'UPSERT', dryRun: false })
    const before: Entry[] =
      how === 'settled'
        ? [{ kind: 'settled', epoch: 1, number: 1, outcomes: [lost] }]
        : [lost, refusal('No.')].map((one, at) => ({ kind: 'verdicts', epoch: 1, number: at + 1, rows: [0], outcomes: [one] }))
    expect(fold(before, 1)).toEqual({ states: ['SETTLED'], outcomes: [lost] })
    const late: Entry = { kind: 'verdicts', epoch: 1, number: 3, rows: [0], outcomes: [ACCEPTED] }
    expect(fold([...before, late], 1)).toEqual({ states: ['SETTLED'], outcomes: [ACCEPTED] })
    const later: Entry = { kind: 'verdicts', epoch: 1, number: 4, rows: [0], outcomes: [refusal('No.')] }
    expect(fold([...before, late, later], 1).outcomes).toEqual([ACCEPTED])
  },
)

test('a row that was refused for a token is settled until somebody sends it again, and while that is under way it is not', () => {
  const refused = rejectedHere([{ code: 'UPSTREAM_UNAUTHORIZED', message: 'No.' }])
  const before: Entry = { kind: 'verdicts', epoch: 1, number: 1, rows: [0], outcomes: [refused] }
  const intent: Entry = { kind: 'intent', epoch: 2, number: 1, rows: [0] }
  const withdrawn: Entry = { kind: 'withdrawn', epoch: 2, number: 2, rows: [0] }
  const settled = [[before], [before, intent], [before, intent, withdrawn]].map((entries) => areSettled(fold(entries, 1)))
  expect(settled).toEqual([true, false, true])
})

test('what is final stays, but that what was unconfirmed may become accepted', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      for (let length = 0; length < entries.length; length++) {
        const [before, after] = [fold(entries.slice(0, length), ROWS), fold(entries.slice(0, length + 1), ROWS)]
        before.states.forEach((state, row) => {
          if (state !== 'SETTLED') return
          const isConfirmed = before.outcomes[row]?.status === 'UNCONFIRMED' && after.outcomes[row]?.status === 'ACCEPTED'
          expect(after.states[row]).toBe('SETTLED')
          if (!isConfirmed) expect(after.outcomes[row]).toEqual(before.outcomes[row])
        })
      }
    }),
  )
})

test('what comes in one turn is one commit, and nobody hears before it is durable', async () => {
  const commits: { writes: readonly Write[]; finish: (error?: Error) => void }[] = []
  const write = (writes: readonly Write[]) =>
    new Promise<readonly boolean[]>((resolve, reject) => {
      commits.push({ writes, finish: (error) => (error ? reject(error) : resolve(writes.map(({ claim }) => claim.epoch === 1))) })
    })
  const committer = createCommitter({ write, open: async () => [], read: async () => undefined })
  const heard: string[] = []
  const send = (id: string, epoch = 1) =>
    committer.write({ kind: 'release', claim: { id, epoch }, unconfirmed: 0 }).then(
      (isWritten) => void heard.push(`${id} ${isWritten}`),
      (error: unknown) => void heard.push(`${id} ${error instanceof StoreError ? 'failed' : error}`),
    )
  const turn = () => new Promise((resolve) => setImmediate(resolve))

  const first = [send('a'), send('b', 2)]
  await turn()
  const second = [send('c'), send('d')]
  await turn()
  expect(commits.map(({ writes }) => writes.map(({ claim }) => claim.id))).toEqual([['a', 'b']])
  expect(heard).toEqual([])
  commits[0]?.finish()
  await Promise.all(first)
  expect(heard).toEqual(['a true', 'b false'])
  await expect.poll(() => commits.length).toBe(2)
  commits[1]?.finish(new StoreError('gone'))
  await Promise.all(second)
  expect(heard.slice(2)).toEqual(['c failed', 'd failed'])
  expect(commits).toHaveLength(2)
})

test('a store that hangs is waited for no longer than three seconds and not at all after that, and leaves no timer behind', async () => {
  const clock = takeClock()
  try {
    const answers: (() => void)[] = []
    const failures: unknown[] = []
    const write = (writes: readonly Write[]) =>
      new Promise<readonly boolean[]>((resolve) => void answers.push(() => resolve(writes.map(() => true))))
    const committer = createCommitter(
      { write, open: async () => [], read: async () => undefined },
      { onFailed: (error) => failures.push(String(error)) },
    )
    const heard: string[] = []
    const send = (id: string) =>
      void committer.write({ kind: 'release', claim: { id, epoch: 1 }, unconfirmed: 0 }).then(
        () => heard.push(id),
        (error: unknown) => heard.push(`${id} ${error instanceof StoreError ? 'failed' : error}`),
      )
    send('quick')
    await clock.pass(2_500)
    answers.shift()?.()
    await clock.pass(1_000)
    send('first')
    await clock.pass(1_500)
    send('behind')
    await clock.pass(1_499)
    expect([heard, failures]).toEqual([['quick'], []])
    await clock.pass(1)
    expect(heard).toEqual(['quick', 'first failed', 'behind failed'])
    send('later')
    await clock.pass(10_000)
    expect([heard.slice(3), failures, answers.length]).toEqual([['later failed'], [expect.stringContaining('3 seconds')], 1])
    await committer.idle()

    answers.shift()?.()
    await clock.pass(1)
    send('again')
    await clock.pass(10)
    answers.shift()?.()
    await clock.pass(10_000)
    expect([heard.slice(4), failures.length]).toEqual([['again'], 1])
  } finally {
    clock.restore()
  }
})

test('what a store does not answer for is no answer', async () => {
  const committer = createCommitter({ open: async () => [], write: async () => [], read: async () => undefined })
  await expect(committer.write({ kind: 'forget', claim: { id: 'a', epoch: 1 } })).rejects.toThrow('fewer')
})

test('requests of one record are not opened in one commit', async () => {
  const commits: string[][] = []
  const committer = createCommitter({
    write: async () => [],
    read: async () => undefined,
    open: async (requests) => {
      commits.push(requests.map(({ id }) => id))
      return requests.map(() => ({ kind: 'running' }))
    },
  })
  const request = { fingerprint: '', rowCount: 1, operation: 'APPEND', version: ENTRY_VERSION } as const
  await Promise.all(['a', 'b', 'a', 'a', 'c'].map((id) => committer.open({ id, ...request })))
  expect(commits).toEqual([['a', 'b', 'c'], ['a'], ['a']])
})
