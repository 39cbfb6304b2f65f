import type { IdempotencyStore } from '../../src/idempotency/store-port.ts'
import type { Operation, Outcome } from '../../src/ingest/outcome.ts'
import type { WireRow } from '../../src/rows/wire-row.ts'
import { listOf } from '../../src/util/list-of.ts'
import type { StoreFault } from './faulty-store.ts'
import { type GatewayModel, type Mutation, startGatewayModel, type World } from './gateway-model.ts'
import { createMemoryDatabase } from './memory-store.ts'
import { createModelUpstream } from './model-upstream.ts'
import type { Disturbance, Life } from './process-life.ts'
import type { Chance } from './random.ts'
import type { FlowSettings } from './simulation.ts'
import { pass } from './virtual-clock.ts'

/** What a process said of the rows of a request, and how often each had been written by then. */
export interface Told {
  readonly request: KeyedRequest
  /** One for each row; undefined where nothing is known. */
  readonly outcomes: readonly (Outcome | undefined)[]
  readonly applied: readonly number[]
  /** The store has it. */
  readonly isDurable: boolean
  readonly retryableCount: number
  readonly replayedCount: number
  /** Their places among all that was asked, told and sent: what was asked may be told later than it was true. */
  readonly askedNth: number
  readonly nth: number
  /** The process that was at work on it; undefined where one only looked. */
  readonly by: Life | undefined
}

/** A mutation that callers send again and again; one without a key comes once. */
export interface KeyedRequest extends Mutation {
  readonly name: string
  readonly operation: Operation
  /** Another request has its key. */
  readonly hasRival: boolean
}

/** A request as it left a process. */
export interface Left {
  readonly rows: readonly unknown[]
  readonly nth: number
  readonly by: Life
}

/** What a run notes down, and the world that it notes down from. */
export function createNotes(chance: Chance) {
  const settings = drawSettings(chance)
  const upstream = createModelUpstream(chance, chance.pick([0, 10, 40, 90]))
  const isCalm = chance.percent(20)
  const nextFault = isCalm ? () => NO_FAULT : drawStoreTrouble(chance)
  const told: Told[] = []
  const left: Left[] = []
  const defects: unknown[] = []
  const running = new Map<GatewayModel, Map<string, { readonly nth: number; asks: number }>>()
  let nth = 0
  let isHealed = false
  const world: World = {
    chance,
    settings,
    upstream,
    isFile: chance.percent(40),
    late: 0,
    nextFault: () => (isHealed ? NO_FAULT : nextFault()),
    onDefect: (error) => defects.push(error),
    onLeft: (by, { rows }) => left.push({ rows: listOf(rows.length, (at) => (rows.at(at) as WireRow).write), nth: ++nth, by }),
  }
  return {
    ...{ world, upstream, told, left, defects },
    isCalm,
    next: () => ++nth,
    /** Whoever joins what runs is told what was true when that began. */
    noteAsked(request: KeyedRequest, gateway: GatewayModel): number {
      const ofGateway = running.get(gateway) ?? new Map<string, { readonly nth: number; asks: number }>()
      running.set(gateway, ofGateway)
      const run = ofGateway.get(request.name) ?? { nth: ++nth, asks: 0 }
      ofGateway.set(request.name, run)
      run.asks++
      return run.nth
    },
    noteAnswered(request: KeyedRequest, gateway: GatewayModel): void {
      const ofGateway = running.get(gateway)
      const run = ofGateway?.get(request.name)
      if (run !== undefined && --run.asks === 0) ofGateway?.delete(request.name)
    },
    healStore: () => {
      isHealed = true
    },
    tell(request: KeyedRequest, one: Omit<Told, 'request' | 'applied' | 'nth'>): Told {
      const applied = request.rows.map(({ id }) => upstream.applications(id))
      const whole = { request, applied, nth: ++nth, ...one }
      told.push(whole)
      return whole
    },
  }
}

/** What a run notes down. */
export type Notes = ReturnType<typeof createNotes>

function drawSettings(chance: Chance): FlowSettings {
  return {
    requestsPerSecond: chance.pick([10, 1_000]),
    concurrency: chance.between(1, 3),
    maxBatchRows: chance.between(1, 4),
    executionTimeoutMs: chance.pick([600, 3_000, 30_000]),
    attemptsTimeoutMs: chance.pick([500, 5_000]),
    attemptTimeoutMs: 150,
    maxBatchBytes: 4,
  }
}

const NO_FAULT: StoreFault = { thereMs: 0, backMs: 0 }

function drawStoreTrouble(chance: Chance): () => StoreFault {
  const slow = chance.pick([0, 0, 30])
  const failing = chance.pick([0, 0, 15, 40])
  const wait = (): number => (chance.percent(slow) ? chance.between(50, 3_500) : chance.percent(50) ? 0 : chance.between(1, 10))
  return (): StoreFault => {
    const fault = { thereMs: wait(), backMs: wait() }
    return chance.percent(failing) ? { ...fault, fails: chance.pick(['before', 'after']) } : fault
  }
}

/** Places that processes run in, one after the other. */
export interface Slots {
  /** One that takes requests; undefined where there is none at present. */
  pick(): GatewayModel | undefined
  /** Ends all disturbance; resolves when every place has a process that is awake. */
  settle(): Promise<void>
}

/** Starts a process in each place; those that end are followed by others. Where all is calm, none is disturbed. */
export function createSlots(world: World, chance: Chance, isCalm: boolean): Slots {
  const database = createMemoryDatabase(() => performance.now())
  const places: GatewayModel[] = []
  let left = isCalm ? 0 : chance.pick([0, 1, 1, 2, 3])

  function start(place: number, before?: IdempotencyStore): void {
    // Whoever opens a file finds that nobody is at work on what it holds.
    if (world.isFile) void before?.close()
    const store = database.store()
    const gateway = startGatewayModel(world, store, new Map(left-- > 0 ? [[chance.between(1, 25), drawDisturbance(chance, world)]] : []))
    places[place] = gateway
    if (left > 0 && chance.percent(15)) setTimeout(gateway.stop, chance.between(1, 3_000))
    const wait = chance.between(0, 2_000)
    void gateway.life.killed.then(() => setTimeout(() => start(place, store), wait))
  }
  const count = world.isFile ? 1 : chance.between(1, 3)
  for (let place = 0; place < count; place++) start(place)

  return {
    pick: () => chance.pick(places.filter((gateway) => gateway.isOpen())),
    async settle() {
      left = 0
      const isReady = ({ isOpen, life }: GatewayModel) => isOpen() && life.awakeAt <= performance.now()
      while (!places.every(isReady)) await pass(1_000)
    },
  }
}

function drawDisturbance(chance: Chance, { isFile }: World): Disturbance {
  if (isFile || chance.percent(50)) return { kind: 'killed' }
  return { kind: 'sleeps', ms: chance.percent(30) ? chance.between(50, 3_000) : chance.between(10_000, 25_000) }
}
