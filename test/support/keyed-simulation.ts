import { GatewayError } from '../../src/errors.ts'
import { isRefusedForAll } from '../../src/ingest/outcome.ts'
import type { GatewayModel } from './gateway-model.ts'
import { createNotes, createSlots, type KeyedRequest, type Left, type Notes, type Slots, type Told } from './keyed-world.ts'
import type { ModelUpstream } from './model-upstream.ts'
import { lifeNow } from './process-life.ts'
import { type Chance, createChance } from './random.ts'
import { destinationOf, drawRows } from './simulation.ts'
import { pass, takeClock } from './virtual-clock.ts'

/** What became of a seed. */
export interface KeyedRun {
  readonly seed: number
  readonly requests: readonly KeyedRequest[]
  readonly upstream: ModelUpstream
  readonly left: readonly Left[]
  readonly told: readonly Told[]
  /** By the name of the request: what it was told last when all was well again, and once more after that. */
  readonly last: ReadonlyMap<string, readonly [Told, Told]>
  /** Requests whose key was another's when all was well again. */
  readonly reused: ReadonlySet<string>
  /** Requests that were told again and again to send the same again. */
  readonly endless: readonly string[]
  /** Nothing went wrong with the store, nor with a process; or not with the upstream. */
  readonly isCalm: boolean
  readonly isUpstreamCalm: boolean
  readonly defects: readonly unknown[]
}

/** Plays one seed: processes that come and go, a store that fails, and callers who send the same again. */
export async function simulateKeys(seed: number): Promise<KeyedRun> {
  const chance = createChance(seed)
  const clock = takeClock(lifeNow)
  const realRandom = Math.random
  Math.random = chance.next
  try {
    let isOver = false
    const run = play(seed, chance).finally(() => {
      isOver = true
    })
    await clock.runUntil(() => isOver || performance.now() > MOST_MS)
    return isOver ? await run : Promise.reject(new Error(`seed ${seed} does not end`))
  } finally {
    Math.random = realRandom
    clock.restore()
  }
}

/** No run takes longer, by its own clock. */
const MOST_MS = 900_000
/** After so long leases have run out, breakers are closed, and rates are whole. */
const RECOVERED_MS = 40_000

async function play(seed: number, chance: Chance): Promise<KeyedRun> {
  const notes = createNotes(chance)
  const { world, upstream } = notes
  const slots = createSlots(world, chance, notes.isCalm)
  const requests = drawRequests(chance, seed)
  const asked = requests.flatMap((request) => callersOf(request, chance).map((caller) => caller(slots, notes)))
  await Promise.all(asked)
  await slots.settle()
  const isUpstreamCalm = upstream.isHealed()
  upstream.heal()
  notes.healStore()
  while (upstream.isBusy() || world.late > 0) await pass(1_000)
  await pass(RECOVERED_MS)
  const reused = new Set<string>()
  const endless: string[] = []
  const last = new Map<string, readonly [Told, Told]>()
  await Promise.all(
    requests.map(async (request) => {
      if (request.key === undefined) return
      const both = await askUntilSettled(request, slots, notes)
      if (both === 'reused') reused.add(request.name)
      else if (both === 'no end') endless.push(request.name)
      else last.set(request.name, both)
    }),
  )
  const { told, left, defects, isCalm } = notes
  return { seed, requests, upstream, told, left, last, reused, endless, defects, isCalm, isUpstreamCalm }
}

function drawRequests(chance: Chance, seed: number): KeyedRequest[] {
  const hasRivals = chance.percent(12)
  const draw = (nth: number, key: string | undefined): KeyedRequest => {
    const name = `${seed}.${nth}`
    const operation = chance.pick(['APPEND', 'APPEND', 'APPEND', 'UPSERT'] as const)
    const rows = drawRows(chance, name).slice(0, 6)
    const hasRival = hasRivals && key === 'key 0'
    return { name, operation, destination: destinationOf('first', operation), rows, hasRival, ...(key !== undefined && { key }) }
  }
  const keyed = Array.from({ length: chance.between(1, 3) }, (_, nth) => draw(nth, `key ${nth}`))
  const rivals = hasRivals ? [draw(10, 'key 0')] : []
  const unkeyed = chance.percent(40) ? [draw(20, undefined)] : []
  return [...keyed, ...rivals, ...unkeyed]
}

type Caller = (slots: Slots, notes: Notes) => Promise<void>

/** Those who send a request: some hear nothing and come again, some ask two processes at once. */
function callersOf(request: KeyedRequest, chance: Chance): Caller[] {
  const caller: Caller = async (slots, notes) => {
    await pass(chance.percent(30) ? TOGETHER_MS : chance.between(0, 1_500))
    if (request.key === undefined) return void (await askOnce(request, slots.pick(), 60_000, notes))
    for (let calls = chance.between(1, 5); calls > 0; calls--) {
      const told = await askOnce(request, slots.pick(), chance.pick([400, 2_000, 40_000]), notes)
      if (typeof told === 'object' && told.retryableCount === 0 && chance.percent(50)) return
      await pass(chance.pick([1, 100, 1_500, 12_000]))
      if (chance.percent(25)) await findOnce(request, slots.pick(), notes)
    }
  }
  return request.key !== undefined && chance.percent(40) ? [caller, caller] : [caller]
}

const TOGETHER_MS = 700

/** What it was told, or the code of what declined it; undefined where it did not wait for that. */
async function askOnce(request: KeyedRequest, gateway: GatewayModel | undefined, patienceMs: number, notes: Notes) {
  if (gateway === undefined) return undefined
  const asking = { askedNth: notes.noteAsked(request, gateway), by: gateway.life }
  const asked = gateway.ask(request).then(
    ({ outcomes, warnings = [], retryableCount = 0, replayedCount = 0 }) =>
      notes.tell(request, { outcomes, isDurable: warnings.length === 0, retryableCount, replayedCount, ...asking }),
    (error: unknown) => codeOf(error, notes),
  )
  void asked.finally(() => notes.noteAnswered(request, gateway))
  return await Promise.race([asked, gateway.life.killed.then(() => undefined), pass(patienceMs).then(() => undefined)])
}

async function findOnce(request: KeyedRequest, gateway: GatewayModel | undefined, notes: Notes): Promise<void> {
  // What it says is of the rows of whoever had the key first.
  if (request.hasRival || gateway === undefined) return
  const asking = { askedNth: notes.next(), by: undefined }
  const found = gateway.find(request).then(
    (one) => {
      if (one === undefined) return
      notes.tell(request, { outcomes: one.outcomes, isDurable: true, retryableCount: one.retryableCount, replayedCount: 0, ...asking })
    },
    (error: unknown) => void codeOf(error, notes),
  )
  await Promise.race([found, gateway.life.killed, pass(2_000)])
}

function codeOf(error: unknown, { defects }: Notes): string {
  if (error instanceof GatewayError) return error.code
  defects.push(error)
  return 'DEFECT'
}

const MOST_CALLS = 30

/** The loop of a client when all is well: the same again until nothing is left to do, and once more. */
async function askUntilSettled(request: KeyedRequest, slots: Slots, notes: Notes): Promise<readonly [Told, Told] | 'reused' | 'no end'> {
  for (let call = 0; call < MOST_CALLS; call++) {
    const told = await askOnce(request, slots.pick(), 60_000, notes)
    if (told === 'IDEMPOTENCY_KEY_REUSED') return 'reused'
    if (typeof told === 'object' && told.retryableCount === 0 && !told.outcomes.some((one) => one !== undefined && isRefusedForAll(one))) {
      await pass(1_000)
      const again = await askOnce(request, slots.pick(), 60_000, notes)
      if (typeof again === 'object') return [told, again]
    }
    await pass(1_000)
  }
  return 'no end'
}
