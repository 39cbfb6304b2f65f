import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCommitter } from '../src/idempotency/committer.ts'
import { decodeJournal, ENTRY_VERSION } from '../src/idempotency/entry-codec.ts'
import { decide, fold } from '../src/idempotency/fold.ts'
import { createJournal, type Journal } from '../src/idempotency/journal.ts'
import { StoreError } from '../src/idempotency/store-error.ts'
import { type IdempotencyStore, LEASE_MS } from '../src/idempotency/store-port.ts'
import { ACCEPTED, mayBeTakenLater, type Operation, type Outcome, rejectedHere, unconfirmed } from '../src/ingest/outcome.ts'
import { createMemoryDatabase } from './support/memory-store.ts'

// A request of some rows is sent again and again under its key, each time by another process. Each time every row meets an ending
// at the upstream, and the process an end: it finishes, is killed at some step, or sleeps past its lease and wakes later.

const ROWS = 4
const ENDINGS = ['accepted', 'refused', 'busy', 'written and lost', 'lost', 'busy, then accepted'] as const
type Ending = (typeof ENDINGS)[number]

const turn = fc.record({
  endings: fc.array(fc.constantFrom(...ENDINGS), { minLength: ROWS, maxLength: ROWS }),
  /** Steps until the process is killed or falls asleep; beyond the last step it finishes. */
  steps: fc.nat(12),
  wakes: fc.boolean(),
  /** The store fails at this of its calls. */
  failsAt: fc.nat(20),
  isApplied: fc.boolean(),
})
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never

const REFUSED = rejectedHere([{ code: 'UPSTREAM_REJECTED', message: 'No.' }])
const BUSY = rejectedHere([{ code: 'UPSTREAM_RATE_LIMITED', message: 'Later.' }], true)

/** How often each row was written, and the outcomes told to somebody. */
interface World {
  readonly applied: number[]
  readonly told: Outcome[][]
}

/** The steps of one process, each of which may be its last. */
async function* work(journal: Journal, send: readonly number[], { endings }: Turn, operation: Operation, world: World) {
  const lost = unconfirmed('TIMED_OUT', { operation, dryRun: false })
  const apply = (row: number) => {
    world.applied[row] = (world.applied[row] as number) + 1
  }
  for (const row of send) {
    const may = await journal.intend([row])
    yield
    if (!may) {
      await journal.tell([row], [BUSY])
      continue
    }
    const ending = endings[row] as Ending
    if (ending === 'busy, then accepted') {
      await journal.withdraw([row])
      yield
      if (!(await journal.intend([row]))) continue
      yield
    }
    if (ending.endsWith('accepted') || ending === 'written and lost') apply(row)
    yield
    const outcome = ending.endsWith('accepted') ? ACCEPTED : ending === 'refused' ? REFUSED : ending === 'busy' ? BUSY : lost
    await journal.tell([row], [outcome])
    yield
  }
  const { decision, isDurable } = await journal.finish([])
  if (isDurable) world.told.push(decision.outcomes.map((outcome) => outcome ?? BUSY))
  await journal.end()
}

function failing(store: IdempotencyStore, failsAt: number, isApplied: boolean): IdempotencyStore {
  let calls = 0
  return {
    ...store,
    async write(writes) {
      if (++calls !== failsAt) return store.write(writes)
      if (isApplied) await store.write(writes)
      throw new StoreError('lost')
    },
  }
}

async function run(turns: readonly Turn[], operation: Operation): Promise<World> {
  const world: World = { applied: Array(ROWS).fill(0), told: [] }
  const asleep: AsyncGenerator<undefined, void>[] = []
  let now = 0
  const database = createMemoryDatabase(() => now)
  for (const one of [...turns, undefined]) {
    now += 2 * LEASE_MS
    const store = failing(database.store(), one?.failsAt ?? 0, one?.isApplied ?? false)
    await store.beat()
    const [opened] = await store.open([{ id: 'r', fingerprint: 'f', rowCount: ROWS, operation, version: ENTRY_VERSION }])
    if (opened === undefined || !('epoch' in opened || opened.kind === 'settled')) throw new Error(`unexpected: ${opened?.kind}`)
    const entries = decodeJournal(opened.kind === 'created' ? [] : opened.entries)
    if (entries === 'NEWER_VERSION') throw new Error(entries)
    const before = decide(fold(entries, ROWS), operation)
    checkLaws(world, before.outcomes, operation)
    if (opened.kind === 'settled' || one === undefined) break

    const claim = { id: 'r', epoch: opened.epoch }
    const journal = createJournal(createCommitter(store), { claim, rowCount: ROWS, operation, entries })
    const steps = work(journal, before.send, one, operation, world)
    const isOver = await advance(steps, one.steps)
    if (!isOver && one.wakes) asleep.push(steps)
    // Whoever slept wakes while the next is at work, whose lease it is.
    else await Promise.all(asleep.splice(0).map((sleeper) => advance(sleeper, Number.POSITIVE_INFINITY)))
  }
  await Promise.all(asleep.map((sleeper) => advance(sleeper, Number.POSITIVE_INFINITY)))
  return world
}

async function advance(steps: AsyncGenerator<undefined, void>, count: number): Promise<boolean> {
  for (let step = 0; step < count; step++) if ((await steps.next()).done) return true
  return false
}

function checkLaws({ applied, told }: World, stored: readonly (Outcome | undefined)[], operation: Operation): void {
  stored.forEach((outcome, row) => {
    if (outcome?.status === 'ACCEPTED') expect(applied[row]).toBeGreaterThan(0)
    if (outcome?.status === 'REJECTED' && (operation === 'APPEND' || !mayBeTakenLater(outcome))) expect(applied[row]).toBe(0)
    for (const outcomes of told) {
      const earlier = outcomes[row]
      if (earlier?.status === 'ACCEPTED' || (earlier?.status === 'REJECTED' && !mayBeTakenLater(earlier))) expect(outcome).toEqual(earlier)
    }
  })
}

test('a keyed APPEND row is written at most once, however often it is sent again and whatever dies; what was told stays true', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 6 }), async (turns) => {
      const { applied } = await run(turns, 'APPEND')
      for (const times of applied) expect(times).toBeLessThanOrEqual(1)
    }),
    { numRuns: 500 },
  )
})

test('of a keyed UPSERT no row is called rejected that was written, and what was told stays true', async () => {
  const awake = turn.map((one) => ({ ...one, wakes: false }))
  await fc.assert(
    fc.asyncProperty(fc.array(awake, { minLength: 1, maxLength: 6 }), async (turns) => void (await run(turns, 'UPSERT'))),
    { numRuns: 500 },
  )
})
