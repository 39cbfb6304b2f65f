import type { Destination } from '../../src/ingest/batch.ts'
import { createBatcher } from '../../src/ingest/batcher.ts'
import { createEvents } from '../../src/ingest/events.ts'
import { createIngest } from '../../src/ingest/ingest.ts'
import { createLimitsByTenant } from '../../src/ingest/limits/tenant-limits.ts'
import type { Operation, Outcome } from '../../src/ingest/outcome.ts'
import { createSendBatch } from '../../src/ingest/send-batch.ts'
import type { UpstreamPort } from '../../src/ingest/upstream-port.ts'
import type { Solution } from '../../src/resource/module.ts'
import { Chunker } from '../../src/rows/chunk.ts'
import type { JudgedRows } from '../../src/rows/judge.ts'
import { NO_KEYS } from '../../src/rows/public-keys.ts'
import { keyHash } from '../../src/rows/wire-row.ts'
import { secret } from '../../src/util/secret.ts'
import type { Run, Settings, Write } from './laws.ts'
import { BUSY_ROW, createModelUpstream, type Fault } from './model-upstream.ts'
import { type Chance, createChance } from './random.ts'
import { resourceNamed, WITHOUT_ATTRIBUTES } from './rows.ts'
import { takeClock } from './virtual-clock.ts'

const OPERATIONS = ['UPSERT', 'UPSERT', 'APPEND'] as const
const resource = resourceNamed('Products')
const SOLUTIONS: readonly Solution[] = ['S', 'T'].map((name) => ({ name, modules: [resource.module], prefix: '', suffix: '' }))
/** After so long budgets are full, breakers closed, keys let go and rates whole. */
const RECOVERED_MS = 300_000

/** Plays one seed: what callers send and when, what goes wrong, and all waiting, on a clock of its own. */
export async function simulate(seed: number): Promise<Run> {
  const chance = createChance(seed)
  const clock = takeClock()
  const realRandom = Math.random
  Math.random = chance.next
  try {
    return await play(seed, chance, clock.runUntil)
  } finally {
    Math.random = realRandom
    clock.restore()
  }
}

/** How a steady stream of UPSERT mutations, one row each, fared. */
export interface LoadResult {
  readonly statuses: Readonly<Record<Outcome['status'], number>>
  /** When requests arrived, in milliseconds from the first mutation. */
  readonly arrivals: readonly number[]
}

/** Sends so many mutations a second for so long, at the default settings, while so many of a hundred requests go wrong. */
export async function simulateLoad(seed: number, load: { troubled: number; perSecond: number; seconds: number }): Promise<LoadResult> {
  const chance = createChance(seed)
  const clock = takeClock()
  const realRandom = Math.random
  Math.random = chance.next
  try {
    const upstream = createModelUpstream(chance, load.troubled, load.troubled === 100 ? OUTAGE : undefined)
    const { ingest } = buildIngest(upstream, DEFAULTS, () => {}, DEFAULT_QUEUED_ROWS)
    const statuses = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
    const mutations = load.perSecond * load.seconds
    let answered = 0
    const destination = destinationOf('first')
    for (let nth = 0; nth < mutations; nth++)
      setTimeout(
        async () => {
          const row = { id: `${nth}`, key: `K${nth}`, what: 'good' }
          const { outcomes } = await ingest(destination, judged([row], 500), { origin: { requestId: `${nth}`, traceparent: undefined } })
          for (const { status } of outcomes) statuses[status]++
          answered++
        },
        (nth * 1_000) / load.perSecond,
      )
    await clock.runUntil(() => answered === mutations)
    return { statuses, arrivals: upstream.seen.map(({ startedAt }) => startedAt) }
  } finally {
    Math.random = realRandom
    clock.restore()
  }
}

const OUTAGE: readonly Fault[] = ['failedBefore', 'resetBefore']
const DEFAULTS = {
  requestsPerSecond: 50,
  concurrency: 8,
  maxBatchRows: 500,
  executionTimeoutMs: 30_000,
  attemptsTimeoutMs: 25_000,
  attemptTimeoutMs: 10_000,
  maxBatchBytes: 1_000_000,
}
const DEFAULT_QUEUED_ROWS = 4_000

async function play(seed: number, chance: Chance, runUntil: (isDone: () => boolean) => Promise<void>): Promise<Run> {
  const settings = { ...drawSettings(chance), windowMs: seed % 10 === 7 ? WINDOW_MS : 0 }
  const upstream = createModelUpstream(chance, chance.pick([0, 10, 40, 90]))
  const defects: unknown[] = []
  const { ingest, rowsWaiting } = buildIngest(upstream, settings, (error) => defects.push(error))
  const writes: Write[] = []
  const durations: number[] = []
  const mutations = chance.between(2, 12)
  for (let nth = 0; nth < mutations; nth++) {
    const rows = drawRows(chance, `${seed}.${nth}`)
    const destination = drawDestination(chance)
    setTimeout(
      async () => {
        const { tenant, operation, dryRun, solution } = destination
        const began = performance.now()
        const isBulk = rows.length > settings.maxBatchRows
        const about = { tenantId: tenant.id, operation, dryRun, solution: solution.name, outcome: undefined, isBulk, sentAt: began }
        const sent = rows.map((row) => ({ ...row, ...about }))
        const first = writes.push(...sent.map(({ id, key, ...rest }) => ({ id, key, ...rest }))) - sent.length
        const { outcomes } = await ingest(destination, judged(rows, settings.maxBatchRows), {
          origin: { requestId: `${seed}.${nth}`, traceparent: undefined },
        })
        const answeredAt = performance.now()
        durations.push(answeredAt - began)
        outcomes.forEach((outcome, at) => {
          writes[first + at] = { ...(writes[first + at] as Write), outcome, answeredAt }
        })
      },
      chance.percent(30) ? TOGETHER_MS : chance.between(0, 1_500),
    )
  }
  await runUntil(() => durations.length === mutations && !upstream.isBusy())
  const outcomes: Outcome[] = []
  upstream.heal()
  setTimeout(async () => {
    const late = TENANTS.map((token) => ({ ...drawDestination(chance), tenant: tenantOf(token) }))
    const row = (nth: number) => [{ id: `${seed}.late.${nth}`, key: 'LATE', what: 'good' }]
    const told = await Promise.all(
      late.map((to, nth) => ingest(to, judged(row(nth), settings.maxBatchRows), { origin: { requestId: 'late', traceparent: undefined } })),
    )
    outcomes.push(...told.flatMap((result) => result.outcomes))
  }, RECOVERED_MS)
  await runUntil(() => outcomes.length === TENANTS.length)
  defects.push(...upstream.misuses)
  return { seed, settings, upstream, writes, durations, defects, afterwards: { outcomes, rowsWaiting: rowsWaiting() } }
}

const TENANTS = ['first', 'second']
/** When those mutations come that are to share a turn. */
const TOGETHER_MS = 700

function tenantOf(token: string): Destination['tenant'] {
  return { id: token, credential: secret(token) }
}

/** How long some runs gather rows. */
const WINDOW_MS = 15

function drawSettings(chance: Chance): FlowSettings {
  return {
    requestsPerSecond: chance.pick([3, 10, 1_000]),
    concurrency: chance.between(1, 3),
    maxBatchRows: chance.between(1, 6),
    executionTimeoutMs: chance.pick([600, 3_000, 30_000]),
    attemptsTimeoutMs: chance.pick([500, 500, 5_000]),
    attemptTimeoutMs: 150,
    maxBatchBytes: 4,
  }
}

const FEW_QUEUED_ROWS = 30

/** All settings that the flow needs; rows are gathered to the end of the turn where it is not said for how long. */
export type FlowSettings = Required<Omit<Settings, 'windowMs'>> & Pick<Settings, 'windowMs'>

/** The flow from judged rows to outcomes, in front of an upstream of any manners. */
export function buildIngest(
  upstream: UpstreamPort,
  settings: FlowSettings,
  onDefect: (error: unknown) => void,
  maxQueuedRows = FEW_QUEUED_ROWS,
  events = createEvents(),
) {
  events.on('defect', ({ error }) => onDefect(error))
  const retry = { retryableCodes: new Set([BUSY_ROW]), retryAppendOn503: false, bisectAppend: true }
  const sendBatch = createSendBatch(upstream, { ...settings, retry, events })
  const batcher = createBatcher({
    windowMs: 0,
    ...settings,
    sendBatch,
    limitsByTenant: createLimitsByTenant({ ...settings, events }),
    maxQueuedRows,
    events,
  })
  const rowsWaiting = () => TENANTS.reduce((sum, tenant) => sum + batcher.usageOf(tenant).rowsWaiting, 0)
  return { ingest: createIngest({ batcher, maxBatchRows: settings.maxBatchRows, events }), batcher, rowsWaiting }
}

/** Where its product rows go. */
export function destinationOf(token: string, operation: Operation = 'UPSERT'): Destination {
  return { tenant: tenantOf(token), solution: SOLUTIONS[0] as Solution, resource, operation, dryRun: false }
}

function drawDestination(chance: Chance): Destination {
  const solution = chance.pick(SOLUTIONS)
  return { tenant: tenantOf(chance.pick(TENANTS)), solution, resource, operation: chance.pick(OPERATIONS), dryRun: chance.percent(15) }
}

/** A row as chance has it: its name, its primary key, and what the upstream is to find in it. */
export interface DrawnRow {
  readonly id: string
  readonly key: string
  readonly what: string
}

/** Some rows, of which a few are bad. */
export function drawRows(chance: Chance, name: string): DrawnRow[] {
  return Array.from({ length: chance.between(1, 9) }, (_, at) => ({
    id: `${name}.${at}`,
    key: `K${chance.between(0, 12)}`,
    what: chance.pick(['good', 'good', 'good', 'good', 'good', 'good', 'good', 'good', 'bad', chance.percent(30) ? 'spoils' : 'good']),
  }))
}

/** Rows as the judge leaves them, all of them good. */
export function judged(rows: readonly DrawnRow[], maxBatchRows: number): JudgedRows {
  const chunker = new Chunker(maxBatchRows)
  rows.forEach(({ id, key, what }, index) => {
    const row = { product_id: key, write: id, what }
    chunker.add(row, index, keyHash(row, ['product_id']))
  })
  return {
    count: rows.length,
    faults: rows.map(() => undefined),
    chunks: chunker.done(),
    publicKeys: NO_KEYS,
    keyText: ({ product_id }) => String(product_id),
    ...WITHOUT_ATTRIBUTES,
  }
}
