import { expect, test } from 'vitest'
import { type Committer, createCommitter } from '../src/idempotency/committer.ts'
import { decodeEntry } from '../src/idempotency/entry-codec.ts'
import { createRunKeyed } from '../src/idempotency/keyed-requests.ts'
import { createRetriedWrites } from '../src/idempotency/retried-writes.ts'
import { StoreError } from '../src/idempotency/store-error.ts'
import type { Opened, Write } from '../src/idempotency/store-port.ts'
import type { Journaled } from '../src/ingest/ingest.ts'
import { ACCEPTED, type Operation, type Outcome, rejectedHere, unconfirmed } from '../src/ingest/outcome.ts'
import { createMemoryDatabase } from './support/memory-store.ts'

const request = (operation: Operation, rowCount = 2) => ({ tenantId: 'tenant', key: 'key', fingerprint: 'print', operation, rowCount })
const later = rejectedHere([{ code: 'OVERLOADED', message: 'Later.' }], true)

/** Runs over a store that opens as told, and writes what it is told to. */
function setUp(opened: Opened | Error, write: (one: Write) => boolean | Error = () => true) {
  const written: string[] = []
  const committer = createCommitter({
    read: async () => undefined,
    async open(requests) {
      if (opened instanceof Error) throw opened
      return requests.map(() => opened)
    },
    write: async (writes) =>
      writes.map((one) => {
        const answer = write(one)
        if (answer instanceof Error) throw answer
        written.push(one.kind)
        return answer
      }),
  })
  return { run: createRunKeyed(committer), written, settled: committer.idle }
}

const CREATED: Opened = { kind: 'created', epoch: 1 }
const nothing = async (): Promise<readonly Outcome[]> => expect.unreachable('sent')

/** Sends all rows as ingest does: asks before they leave, tells what became of them. */
const sending =
  (outcomes: readonly Outcome[]) =>
  async ({ journal }: Journaled) => {
    const rows = outcomes.map((_, row) => row)
    if (!(await journal.intend(rows))) return outcomes.map(() => later)
    await journal.tell(rows, outcomes)
    return outcomes
  }

test.each([
  [new StoreError('no disk'), 'STORE_UNAVAILABLE'],
  [{ kind: 'running' }, 'IDEMPOTENCY_IN_PROGRESS'],
  [{ kind: 'reused' }, 'IDEMPOTENCY_KEY_REUSED'],
  [{ kind: 'newerVersion' }, 'STORE_UNAVAILABLE'],
  [{ kind: 'settled', entries: ['damaged'] }, 'STORE_UNAVAILABLE'],
  [{ kind: 'resumed', epoch: 2, entries: ['{"v":99}'] }, 'STORE_UNAVAILABLE'],
] as const)('%o declines the request, and nothing is sent', async (opened, code) => {
  const { run, written, settled } = setUp(opened)
  await expect(run(request('APPEND'), nothing)).rejects.toMatchObject({ name: 'GatewayError', code })
  await settled()
  expect(written).toEqual('kind' in opened && opened.kind === 'resumed' ? ['forget'] : [])
})

test('what was told is settled behind the answer, and rows that were never sent are told too', async () => {
  const { run, written, settled } = setUp(CREATED)
  const told = await run(request('APPEND', 3), async (journaled) => [...(await sending([ACCEPTED, ACCEPTED])(journaled)), later])
  expect(told).toMatchObject({ outcomes: [ACCEPTED, ACCEPTED, later], replayedCount: 0, retryableCount: 1, warnings: [] })
  await settled()
  expect(written).toEqual(['intent', 'fact', 'fact', 'release'])
})

test('where the store fails after rows have left, the caller is told what is true, with a warning', async () => {
  const { run } = setUp(CREATED, ({ kind }) => (kind === 'intent' ? true : new StoreError('full')))
  expect(await run(request('APPEND'), sending([ACCEPTED, ACCEPTED]))).toMatchObject({
    outcomes: [ACCEPTED, ACCEPTED],
    warnings: [expect.stringContaining('store failed')],
  })
})

test('where it cannot be recorded that rows leave, they may be sent again', async () => {
  const { run } = setUp(CREATED, ({ kind }) => (kind === 'intent' ? new StoreError('full') : true))
  expect(await run(request('APPEND'), sending([ACCEPTED, ACCEPTED]))).toMatchObject({ outcomes: [later, later], retryableCount: 2 })
})

/** Two processes on one store, of which the first writes nothing while the store is away. */
async function setUpTwo() {
  const database = createMemoryDatabase()
  const stores = [database.store(), database.store()] as const
  await Promise.all(stores.map((store) => store.beat()))
  const reach = { isAway: false }
  const write: (typeof stores)[0]['write'] = async (writes) => {
    if (reach.isAway) throw new StoreError('away')
    return stores[0].write(writes)
  }
  const committer = createCommitter({ ...stores[0], write })
  const writes = createRetriedWrites(committer)
  const runs = [createRunKeyed(committer, writes), createRunKeyed(createCommitter(stores[1]))] as const
  return { runs, reach, writes, settled: committer.idle }
}

/** Sends what is wanted of three rows; the store is gone when the first is accepted, and the others are not sent. */
const cutOff =
  (reach: { isAway: boolean }) =>
  async ({ journal }: Journaled) => {
    await journal.intend([0, 1])
    reach.isAway = true
    await journal.tell([0, 1], [ACCEPTED, later])
    return [ACCEPTED, later, later]
  }

/** Sends what is wanted of three rows, which is all but the first. */
const theRest = async ({ journal, isWanted }: Journaled) => {
  expect([0, 1, 2].filter(isWanted)).toEqual([1, 2])
  await journal.intend([1, 2])
  await journal.tell([1, 2], [ACCEPTED, ACCEPTED])
  return [later, ACCEPTED, ACCEPTED]
}

test('what the store failed to take is written before the key is opened again, and until then it is not opened', async () => {
  const { runs, reach, settled } = await setUpTwo()
  const [run] = runs
  expect(await run(request('APPEND', 3), cutOff(reach))).toMatchObject({ outcomes: [ACCEPTED, later, later], retryableCount: 2 })
  await settled()
  await expect(run(request('APPEND', 3), nothing)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  reach.isAway = false
  const told = await run(request('APPEND', 3), theRest)
  expect(told).toMatchObject({ outcomes: [ACCEPTED, ACCEPTED, ACCEPTED], replayedCount: 1, retryableCount: 0 })
})

test('when the store is back, other processes go on with a request that ended while it was away', async () => {
  const { runs, reach, writes, settled } = await setUpTwo()
  const [here, elsewhere] = runs
  await here(request('APPEND', 3), cutOff(reach))
  await settled()
  await expect(elsewhere(request('APPEND', 3), nothing)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' })
  reach.isAway = false
  await writes.retryAll()
  expect(await elsewhere(request('APPEND', 3), theRest)).toMatchObject({ outcomes: [ACCEPTED, ACCEPTED, ACCEPTED], retryableCount: 0 })
})

test('a process that another has taken over from tells nobody what it does not know', async () => {
  const { run } = setUp(CREATED, ({ kind }) => kind !== 'intent')
  await expect(run(request('APPEND'), sending([ACCEPTED, ACCEPTED]))).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' })
})

test('an outcome is heard only when it is durable, also one that comes while the answer waits for others', async () => {
  const durable = new Set<string>()
  const committer: Pick<Committer, 'open' | 'write'> = {
    open: async () => CREATED,
    async write(write) {
      const entry = 'entry' in write ? decodeEntry(write.entry) : undefined
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
      if (typeof entry !== 'object') return true
      if (entry.kind === 'verdicts') durable.add(entry.rows.join())
      if (entry.kind === 'settled') for (const row of entry.outcomes.keys()) durable.add(String(row))
      return true
    },
  }
  const run = createRunKeyed(committer)
  // Its time is up while row 1 is in flight, which is answered soon after.
  const told = await run(request('APPEND'), async ({ journal }) => {
    await journal.intend([0, 1])
    void journal.tell([0], [ACCEPTED])
    setImmediate(() => void journal.tell([1], [ACCEPTED]))
    return [ACCEPTED, unconfirmed('TIMED_OUT', { operation: 'APPEND', dryRun: false })]
  })
  expect(told.outcomes).toEqual([ACCEPTED, ACCEPTED])
  expect([...durable].sort()).toEqual(['0', '1'])
})

test('a request that is declined after it was opened leaves its key free', async () => {
  const { run, written, settled } = setUp(CREATED)
  await expect(run(request('UPSERT'), () => Promise.reject(new Error('declined')))).rejects.toThrow('declined')
  await settled()
  expect(written).toEqual(['forget'])
})

test('an UPSERT in flight when its time is up is told as such, an APPEND stays intended', async () => {
  const lost = (operation: Operation) => unconfirmed('TIMED_OUT', { operation, dryRun: false })
  const inFlight =
    (outcome: Outcome) =>
    async ({ journal }: Journaled) => {
      await journal.intend([0])
      return [outcome]
    }
  const upsert = setUp(CREATED)
  expect(await upsert.run(request('UPSERT', 1), inFlight(lost('UPSERT')))).toMatchObject({ outcomes: [lost('UPSERT')], retryableCount: 1 })
  expect(upsert.written).toContain('fact')
  const append = setUp(CREATED)
  const told = await append.run(request('APPEND', 1), inFlight(lost('APPEND')))
  expect(told).toMatchObject({ outcomes: [{ status: 'UNCONFIRMED' }], retryableCount: 0 })
  expect(append.written).not.toContain('fact')
})

test('the same request joins while it runs, another with its key is declined, and afterwards it is opened again', async () => {
  const { run } = setUp(CREATED)
  const first = run(request('APPEND', 1), sending([ACCEPTED]))
  const joined = run(request('APPEND', 1), nothing)
  await expect(run({ ...request('APPEND', 1), fingerprint: 'other' }, nothing)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  expect(await joined).toBe(await first)
  expect(await run(request('APPEND', 1), sending([ACCEPTED]))).not.toBe(await first)
})

test('a request that is declined since its key is another’s declines nobody who comes meanwhile', async () => {
  const committer = createCommitter({
    read: async () => undefined,
    open: async (requests) => requests.map(({ fingerprint }) => (fingerprint === 'print' ? CREATED : { kind: 'reused' })),
    write: async (writes) => writes.map(() => true),
  })
  const run = createRunKeyed(committer)
  const stranger = run({ ...request('APPEND', 1), fingerprint: 'other' }, nothing)
  const owner = run(request('APPEND', 1), sending([ACCEPTED]))
  await expect(stranger).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  expect(await owner).toMatchObject({ outcomes: [ACCEPTED] })
})

test('a key whose opening was taken though its answer was lost can be opened by others as soon as the store is heard again', async () => {
  const database = createMemoryDatabase()
  const [store, other] = [database.store(), database.store()]
  await Promise.all([store.beat(), other.beat()])
  let isDeaf = true
  const open: typeof store.open = async (requests) => {
    const opened = await store.open(requests)
    if (isDeaf) throw new StoreError('no answer')
    return opened
  }
  const committer = createCommitter({ ...store, open })
  const writes = createRetriedWrites(committer)
  const [run, runElsewhere] = [createRunKeyed(committer, writes), createRunKeyed(createCommitter(other))]
  await expect(run(request('APPEND'), nothing)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(runElsewhere(request('APPEND'), nothing)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' })
  expect(await writes.retryAll()).toBe(false)

  isDeaf = false
  // Whoever asks meanwhile waits for the same attempt.
  expect(await Promise.all([writes.retryAll(), writes.retryAll()])).toEqual([true, true])
  expect(await runElsewhere(request('APPEND'), sending([ACCEPTED, ACCEPTED]))).toMatchObject({ outcomes: [ACCEPTED, ACCEPTED] })
  expect(await run(request('APPEND'), nothing)).toMatchObject({ outcomes: [ACCEPTED, ACCEPTED], replayedCount: 2 })
})

test('a write that the store never takes keeps no others from being written', async () => {
  const written: string[] = []
  const committer: Pick<Committer, 'open' | 'write'> = {
    open: async () => CREATED,
    async write({ claim: { id } }) {
      if (id === 'poison') throw new StoreError('no')
      written.push(id)
      return true
    },
  }
  const writes = createRetriedWrites(committer)
  for (const id of ['poison', 'a', 'b']) writes.owe({ kind: 'forget', claim: { id, epoch: 1 } })
  expect([await writes.retryAll(), written]).toEqual([false, []])
  expect([await writes.retryAll(), written]).toEqual([false, ['a', 'b']])
})

test('while very much is owed to a store no further record is opened, and once it is paid records are again', async () => {
  let isAway = true
  const committer: Pick<Committer, 'open' | 'write'> = {
    open: async () => CREATED,
    async write() {
      if (isAway) throw new StoreError('away')
      return true
    },
  }
  const writes = createRetriedWrites(committer)
  const owe = (from: number, to: number) => {
    for (let nth = from; nth < to; nth++) writes.owe({ kind: 'forget', claim: { id: `owed ${nth}`, epoch: 1 } })
  }
  owe(0, 9_999)
  expect(writes.mayOpen('new')).toBe(true)
  owe(9_999, 10_000)
  expect([writes.mayOpen('new'), writes.mayOpen('owed 1'), await writes.retryAll()]).toEqual([false, false, false])
  isAway = false
  expect([await writes.retryAll(), writes.mayOpen('new'), writes.mayOpen('owed 1')]).toEqual([true, true, true])
})
