import { createKeyedIngest } from '../../src/graphql/fields/keyed-ingest.ts'
import { createIdempotency, type FoundRequest } from '../../src/idempotency/create-idempotency.ts'
import type { IdempotencyStore } from '../../src/idempotency/store-port.ts'
import type { Batch, Destination } from '../../src/ingest/batch.ts'
import type { IngestResult } from '../../src/ingest/ingest-result.ts'
import type { Answer, UpstreamPort } from '../../src/ingest/upstream-port.ts'
import { createFaultyStore, type StoreFault } from './faulty-store.ts'
import type { ModelUpstream } from './model-upstream.ts'
import { createLife, type Disturbance, type Life, outside } from './process-life.ts'
import type { Chance } from './random.ts'
import { buildIngest, type DrawnRow, type FlowSettings, judged } from './simulation.ts'

/** A mutation as a caller sends it, each time the same. */
export interface Mutation {
  readonly destination: Destination
  readonly rows: readonly DrawnRow[]
  /** Absent where it has none. */
  readonly key?: string
}

/** A process of the gateway, up to its ports. */
export interface GatewayModel {
  readonly life: Life
  /** What it answers; never where it is dead by then. */
  ask(mutation: Mutation): Promise<IngestResult>
  find(mutation: Mutation): Promise<FoundRequest | undefined>
  isOpen(): boolean
  /** Answers all that is under way, and ends as it would on SIGTERM. */
  stop(): Promise<void>
}

/** Where processes run. */
export interface World {
  readonly chance: Chance
  readonly settings: FlowSettings
  readonly upstream: ModelUpstream
  readonly isFile: boolean
  readonly nextFault: () => StoreFault
  readonly onDefect: (error: unknown) => void
  /** Told of each request as it leaves a process. */
  readonly onLeft: (life: Life, batch: Batch) => void
  /** Requests that are still to arrive. */
  late: number
}

const DAY_MS = 86_400_000

/** Starts a process on a store; the disturbances are by the number of its step. */
export function startGatewayModel(world: World, store: IdempotencyStore, disturbances: ReadonlyMap<number, Disturbance>): GatewayModel {
  const { settings } = world
  const life = createLife((step) => disturbances.get(step))
  const { ingest, batcher } = buildIngest(reach(world, life), settings, world.onDefect)
  const idempotency = createIdempotency({
    store: createFaultyStore(store, life, world.isFile, world.nextFault),
    retentionMs: DAY_MS,
    onUnavailable: () => {},
    onAvailable: () => {},
    onNewerVersion: () => {},
    onCommit: () => {},
  })
  const ingestKeyed = createKeyedIngest(ingest, idempotency.run)
  const underWay = new Set<Promise<unknown>>()
  let isOpen = true
  life.run(idempotency.start)

  async function answer<T>(work: () => Promise<T>): Promise<T> {
    await life.step()
    try {
      return await work()
    } finally {
      await life.step()
    }
  }
  function run<T>(work: () => Promise<T>): Promise<T> {
    const told = life.run(() => answer(work))
    const over: Promise<unknown> = told.catch(() => {}).finally(() => underWay.delete(over))
    underWay.add(over)
    return told
  }
  const origin = { requestId: 'sent', traceparent: undefined }

  return {
    life,
    ask: ({ destination, rows, key }) =>
      run(() => {
        const all = judged(rows, settings.maxBatchRows)
        if (key === undefined) return ingest(destination, all, { origin })
        return ingestKeyed(destination, all, { origin }, { key, rows: rows.map(({ id }) => id).join() })
      }),
    find: ({ destination, key = '' }) => run(() => idempotency.find(destination.tenant.id, key)),
    isOpen: () => isOpen && !life.isDead(),
    stop: () =>
      life.run(async () => {
        await life.step()
        isOpen = false
        batcher.giveUp()
        while (underWay.size > 0) await Promise.all(underWay)
        await idempotency.close()
        life.kill()
      }),
  }
}

/** Of a hundred requests, how many are held up on their way, and for how long at most, in milliseconds. */
const HELD_UP = 6
const HELD_UP_MS = 3_000
/** How long an upstream goes on with what a dead process asked, in milliseconds at most. */
const NOTICED_MS = 1_500

/** The upstream as one process reaches it: requests that have left it arrive whatever becomes of it, some of them late. */
function reach(world: World, life: Life): UpstreamPort {
  const { upstream, chance } = world

  /** Arrives when its caller has given it up for lost. */
  function arriveLate(batch: Batch): void {
    world.late++
    const arrive = async () => {
      using request = upstream.prepare(batch)
      const ending = new AbortController()
      setTimeout(() => ending.abort(), world.settings.attemptTimeoutMs)
      await request.send(ending.signal, () => {})
      world.late--
    }
    setTimeout(arrive, chance.between(world.settings.attemptTimeoutMs, HELD_UP_MS))
  }

  async function deliver(batch: Batch, send: (signal: AbortSignal) => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    const ending = new AbortController()
    const end = () => ending.abort()
    if (signal.aborted) end()
    signal.addEventListener('abort', end)
    const noticedMs = chance.between(0, NOTICED_MS)
    void life.killed.then(() => setTimeout(end, noticedMs))
    if (!upstream.isHealed() && chance.percent(HELD_UP)) {
      arriveLate(batch)
      if (!ending.signal.aborted) await new Promise((resolve) => ending.signal.addEventListener('abort', resolve))
      return { kind: 'lost', failure: 'LOST', reason: 'TIMED_OUT' }
    }
    return await send(ending.signal)
  }

  return {
    prepare(batch) {
      const request = upstream.prepare(batch)
      return {
        byteLength: request.byteLength,
        async send(signal, noteLeft) {
          await life.step()
          world.onLeft(life, batch)
          noteLeft()
          const answer = await outside(() => deliver(batch, (ending) => request.send(ending, () => {}), signal))
          await life.step()
          return answer
        },
        [Symbol.dispose]: () => request[Symbol.dispose](),
      }
    },
  }
}
