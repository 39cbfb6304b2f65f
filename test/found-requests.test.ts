import { expect, test } from 'vitest'
import { createIdempotency, type Idempotency } from '../src/idempotency/create-idempotency.ts'
import { ACCEPTED, type Operation, rejectedHere } from '../src/ingest/outcome.ts'
import { createMemoryDatabase } from './support/memory-store.ts'

const BUSY = rejectedHere([{ code: 'OVERLOADED', message: 'Later.' }], true)

/** What is told of a request by two processes on one store, whose clock is the test's. */
function setUp() {
  const clock = { now: 0 }
  const database = createMemoryDatabase(() => clock.now)
  const start = (): Idempotency =>
    createIdempotency({ store: database.store(), retentionMs: 1_000, onUnavailable: () => {}, onCommit: () => {} })
  const request = (operation: Operation) => ({ tenantId: 'tenant', key: 'key', fingerprint: 'print', operation, rowCount: 1 })
  return { clock, start, request }
}

test('an UPSERT that is sent again is not called rejected because it was refused for the moment before', async () => {
  const { start, request } = setUp()
  const [one, other] = [start(), start()]
  await one.run(request('UPSERT'), async ({ journal }) => {
    await journal.tell([0], [BUSY])
    return [BUSY]
  })
  expect(await other.find('tenant', 'key')).toMatchObject({ state: 'INTERRUPTED', outcomes: [BUSY], retryableCount: 1 })

  const going = Promise.withResolvers<void>()
  const sent = Promise.withResolvers<void>()
  const again = one.run(request('UPSERT'), async ({ journal }) => {
    await journal.intend([0])
    sent.resolve()
    await going.promise
    await journal.tell([0], [ACCEPTED])
    return [ACCEPTED]
  })
  await sent.promise
  expect(await other.find('tenant', 'key')).toMatchObject({ outcomes: [undefined], retryableCount: 1 })
  going.resolve()
  await again
  expect(await other.find('tenant', 'key')).toMatchObject({ outcomes: [ACCEPTED], retryableCount: 0 })
})
