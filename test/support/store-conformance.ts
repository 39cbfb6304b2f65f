import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REQUEST_TRANSITIONS, type RequestState } from '../../src/idempotency/states.ts'
import type { Claim, IdempotencyStore, Opened, Write } from '../../src/idempotency/store-port.ts'
import { openRequest } from './store-requests.ts'

/** A database and how the tests have it meet time. */
export interface Backend {
  /** A store, which is an owner of its own; where only one at a time may be, the one before is closed. */
  store(): Promise<IdempotencyStore>
  /** Has the leases of all owners so far run out. */
  lapse(): Promise<void>
  close(): Promise<void>
}

let lastId = 0
/** A record that no test has used. */
export const freshId = () => `record ${++lastId}`

/** The claim that an answer gives. */
export function claimOf(id: string, opened: Opened | undefined): Claim {
  if (opened === undefined || !('epoch' in opened)) throw new Error(`no claim on ${id}: ${opened?.kind}`)
  return { id, epoch: opened.epoch }
}

export const intent = (claim: Claim, number = 1): Write => ({ kind: 'intent', claim, number, entry: `intent ${claim.epoch}/${number}` })
export const fact = (claim: Claim, number = 1): Write => ({ kind: 'fact', claim, number, entry: `fact ${claim.epoch}/${number}` })
export const settle = (claim: Claim, number = 9, known = 0): Write => ({
  kind: 'settle',
  claim,
  number,
  entry: `settled ${claim.epoch}`,
  known,
  unconfirmed: 1,
})
export const release = (claim: Claim, unconfirmed = 0): Write => ({ kind: 'release', claim, unconfirmed })

/** What every store does, tried on one that `make` gives. */
export function describeStore(name: string, make: () => Promise<Backend>): void {
  describe(name, () => {
    let backend: Backend
    let store: IdempotencyStore
    beforeAll(async () => {
      backend = await make()
      store = await backend.store()
    })

    // Before any other test opens one.
    test('a record is open from its first claim until it is settled, and as old as that', async () => {
      const age = async () => (await store.stats()).oldestOpenMs
      expect(await age()).toBeUndefined()
      const [first, second] = [await claim(), await claim()]
      expect(await age()).toBeGreaterThanOrEqual(0)
      expect(await age()).toBeLessThan(60_000)
      await store.write([settle(first), release(second)])
      expect(await age()).toBeGreaterThanOrEqual(0)
      await store.write([settle(claimOf(second.id, await open(second.id)))])
      expect(await age()).toBeUndefined()
    })
    afterAll(() => backend?.close())

    const open = async (id: string, changes = {}) => (await store.open([openRequest(id, changes)]))[0]
    const claim = async (id = freshId()) => claimOf(id, await open(id))

    test('a key that nobody knew is the caller’s, and is told as it is kept', async () => {
      const id = freshId()
      expect(await store.read(id)).toBeUndefined()
      expect(await open(id, { rowCount: 7, operation: 'UPSERT' })).toEqual({ kind: 'created', epoch: 1 })
      const record = await store.read(id)
      expect(record).toMatchObject({
        fingerprint: 'print',
        rowCount: 7,
        operation: 'UPSERT',
        version: 1,
        state: 'RUNNING',
        epoch: 1,
        entries: [],
      })
      expect(record?.createdAt).toBeCloseTo(Date.now(), -5)
      expect(record?.openedAt).toBe(record?.createdAt)
    })

    test('a journal comes back in the order in which it was written, and an entry written again is there once', async () => {
      const mine = await claim()
      expect(await store.write([fact(mine, 3), intent(mine, 1)])).toEqual([true, true])
      expect(await store.write([intent(mine, 1), fact(mine, 2)])).toEqual([true, true])
      const entries = ['fact 1/3', 'intent 1/1', 'fact 1/2']
      expect((await store.read(mine.id))?.entries).toEqual(entries)
      await store.write([release(mine)])
      expect(await open(mine.id)).toEqual({ kind: 'resumed', epoch: 2, entries })
    })

    test('another request under a key is refused, a record of a newer version is told as such, and neither is changed', async () => {
      const mine = await claim()
      await store.write([release(mine)])
      expect(await open(mine.id, { fingerprint: 'other' })).toEqual({ kind: 'reused' })
      expect(await open(mine.id, { version: 2 })).toMatchObject({ kind: 'resumed', epoch: 2 })
      expect(await open(mine.id)).toEqual({ kind: 'newerVersion' })
      expect(await open(mine.id, { fingerprint: 'other' })).toEqual({ kind: 'newerVersion' })
      expect(await store.read(mine.id)).toMatchObject({ epoch: 2, fingerprint: 'print', version: 2 })
    })

    test('a claim that has ended writes no intent and ends nothing; its facts are taken', async () => {
      const old = await claim()
      const now = claimOf(old.id, await open(old.id))
      expect(now.epoch).toBe(2)
      const forget: Write = { kind: 'forget', claim: old }
      expect(await store.write([intent(old), settle(old), release(old), forget, fact(old, 2)])).toEqual([false, false, false, false, true])
      expect(await store.write([intent(now)])).toEqual([true])
      await store.write([release(now)])
      expect(await store.write([intent(now, 2), fact(now, 3)])).toEqual([false, true])
      expect((await store.read(old.id))?.entries).toEqual(['fact 1/2', 'intent 2/1', 'fact 2/3'])
    })

    test('a rejection is taken until a later claim is opened, also when its own has ended', async () => {
      const old = await claim()
      const rejection = (number: number): Write => ({ kind: 'rejection', claim: old, number, entry: `rejection ${number}` })
      expect(await store.write([rejection(1), release(old), rejection(2)])).toEqual([true, true, true])
      expect((await store.read(old.id))?.state).toBe('INTERRUPTED')
      expect(await open(old.id)).toMatchObject({ kind: 'resumed', epoch: 2, entries: ['rejection 1', 'rejection 2'] })
      expect(await store.write([rejection(3), fact(old, 4)])).toEqual([false, true])
    })

    test('what is settled is told without being claimed; facts that come later follow it', async () => {
      const mine = await claim()
      await store.write([intent(mine), fact(mine, 2)])
      expect(await store.write([settle(mine)])).toEqual([true])
      expect(await open(mine.id)).toEqual({ kind: 'settled', entries: ['settled 1'] })
      expect(await store.write([fact(mine, 10), intent(mine, 11)])).toEqual([true, false])
      expect(await open(mine.id)).toEqual({ kind: 'settled', entries: ['settled 1', 'fact 1/10'] })
      expect(await store.read(mine.id)).toMatchObject({ state: 'SETTLED', epoch: 1 })
    })

    test('what settles a record leaves the entries of others that its claim has not read', async () => {
      const first = await claim()
      await store.write([fact(first), release(first)])
      const second = claimOf(first.id, await open(first.id))
      await store.write([intent(second), fact(first, 2), fact(second, 2)])
      expect(await store.write([settle(second, 3, 1)])).toEqual([true])
      expect(await open(first.id)).toEqual({ kind: 'settled', entries: ['fact 1/2', 'settled 2'] })
    })

    test('work on what is settled does not begin when it is only told: it is as old as before', async () => {
      const mine = await claim()
      await store.write([fact(mine), settle(mine)])
      const before = await store.read(mine.id)
      for (let times = 0; times < 50; times++) expect(await open(mine.id)).toMatchObject({ kind: 'settled' })
      expect(await store.read(mine.id)).toEqual(before)
    })

    test('what is settled is opened anew by whoever asks for that: one of them, and of the same request', async () => {
      const mine = await claim()
      await store.write([settle(mine)])
      expect(await open(mine.id, { reopens: true, fingerprint: 'other' })).toEqual({ kind: 'reused' })
      const again = await open(mine.id, { reopens: true })
      expect(again).toEqual({ kind: 'resumed', epoch: 2, entries: ['settled 1'] })
      expect(await store.read(mine.id)).toMatchObject({ state: 'RUNNING', epoch: 2 })
      expect(await store.write([settle(mine, 10), settle(claimOf(mine.id, again), 9, 1)])).toEqual([false, true])
      expect(await open(mine.id)).toEqual({ kind: 'settled', entries: ['settled 2'] })
    })

    test('a record of which nothing was written can be taken back, and only that', async () => {
      const mine = await claim()
      expect(await store.write([{ kind: 'forget', claim: mine }])).toEqual([true])
      expect(await store.read(mine.id)).toBeUndefined()
      expect(await store.write([fact(mine)])).toEqual([false])

      const again = await claim(mine.id)
      await store.write([fact(again)])
      await store.write([{ kind: 'forget', claim: again }])
      expect(await store.read(mine.id)).toMatchObject({ state: 'INTERRUPTED', entries: ['fact 1/1'] })

      const other = await claim()
      const second = claimOf(other.id, await open(other.id))
      await store.write([{ kind: 'forget', claim: second }])
      expect(await store.read(other.id)).toMatchObject({ state: 'INTERRUPTED', epoch: 2 })
    })

    test('a record is kept where an entry is written as it is taken back', async () => {
      const mine = await claim()
      await store.write([fact(mine), { kind: 'forget', claim: mine }])
      expect(await store.read(mine.id)).toMatchObject({ state: 'INTERRUPTED', entries: ['fact 1/1'] })
    })

    test('many requests and writes go in one call, each with its own answer', async () => {
      const ids = Array.from({ length: 300 }, freshId)
      const known = ids.filter((_, at) => at % 3 === 0)
      await store.open(known.map((id) => openRequest(id)))
      const opened = await store.open(ids.map((id) => openRequest(id)))
      expect(opened.map(({ kind }) => kind)).toEqual(ids.map((_, at) => (at % 3 === 0 ? 'resumed' : 'created')))
      const claims = ids.map((id, at) => ({ id, epoch: at % 2 === 0 ? (claimOf(id, opened[at]).epoch as number) : 99 }))
      const writes = claims.flatMap((one) => [intent(one, 1), fact(one, 2)])
      expect(await store.write(writes)).toEqual(claims.flatMap((_, at) => [at % 2 === 0, true]))
      expect((await store.read(ids[7] as string))?.entries).toEqual(['fact 99/2'])
      expect(await store.open([])).toEqual([])
      expect(await store.write([])).toEqual([])
    })

    test('a heartbeat renews the lease of its own store', async () => {
      const mine = await claim()
      await backend.lapse()
      await store.beat()
      expect((await store.read(mine.id))?.state).toBe('RUNNING')
    })

    test('a request goes from state to state as the table has it', async () => {
      type Event = 'open' | 'settle' | 'release' | 'lapse'
      const events = fc.array(fc.constantFrom<Event>('open', 'settle', 'release', 'lapse'), { maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(events, async (list) => {
          const id = freshId()
          let mine = claimOf(id, await open(id))
          let state: RequestState = 'RUNNING'
          for (const event of list) {
            if (event === 'lapse') {
              await backend.lapse()
              store = await backend.store()
            }
            const opened = event === 'open' && state !== 'RUNNING' ? await open(id) : undefined
            if (opened !== undefined && 'epoch' in opened) mine = claimOf(id, opened)
            if (event === 'settle' || event === 'release') await store.write([event === 'settle' ? settle(mine) : release(mine)])
            const table: { readonly [Name in Event]?: RequestState } = REQUEST_TRANSITIONS[state]
            state = table[event] ?? state
            expect((await store.read(id))?.state, `${event} of ${list}`).toBe(state)
          }
        }),
        { numRuns: 12 },
      )
    })

    test('records are swept in steps once they are old, but none that somebody is at work on', async () => {
      const [done, left, running] = [await claim(), await claim(), await claim()]
      await store.write([fact(done), fact(left), fact(running), settle(done), release(left)])
      expect(await store.sweep(86_400_000, 100)).toBe(0)
      await store.beat()
      let swept = 0
      for (let step = await store.sweep(-86_400_000, 50); step > 0; step = await store.sweep(-86_400_000, 50)) {
        expect(step).toBeLessThanOrEqual(50)
        swept += step
      }
      expect(swept).toBeGreaterThanOrEqual(2)
      expect(await Promise.all([done, left, running].map(async ({ id }) => (await store.read(id))?.entries))).toEqual([
        undefined,
        undefined,
        ['fact 1/1'],
      ])
      expect(await store.write([fact(left, 2)])).toEqual([false])
      expect(await open(left.id)).toEqual({ kind: 'created', epoch: 1 })
      expect((await store.read(left.id))?.entries).toEqual([])
    })

    test('it counts records, the age of the oldest open one, and rows left unconfirmed', async () => {
      const before = await store.stats()
      const [first, second] = [await claim(), await claim()]
      await store.write([release(first, 5), settle(second)])
      const { records, oldestOpenMs, unconfirmedRows } = await store.stats()
      expect([records - before.records, unconfirmedRows - before.unconfirmedRows]).toEqual([2, 6])
      expect(oldestOpenMs).toBeGreaterThanOrEqual(0)
    })
  })
}
