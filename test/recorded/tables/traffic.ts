import type { Destination } from '../../../src/ingest/batch.ts'
import { createBatcher } from '../../../src/ingest/batcher.ts'
import { createEvents } from '../../../src/ingest/events.ts'
import { createIngest } from '../../../src/ingest/ingest.ts'
import { createLimitsByTenant } from '../../../src/ingest/limits/tenant-limits.ts'
import type { Outcome } from '../../../src/ingest/outcome.ts'
import type { AppendedKeys } from '../../../src/ingest/repeated-keys.ts'
import { createSendBatch } from '../../../src/ingest/send-batch.ts'
import type { Answer, UpstreamPort, Verdict } from '../../../src/ingest/upstream-port.ts'
import { Chunker } from '../../../src/rows/chunk.ts'
import type { JudgedRows } from '../../../src/rows/judge.ts'
import { NO_KEYS } from '../../../src/rows/public-keys.ts'
import { keyHash } from '../../../src/rows/wire-row.ts'
import { listOf } from '../../../src/util/list-of.ts'
import { readOrigin } from '../../../src/util/request-origin.ts'
import { secret } from '../../../src/util/secret.ts'
import { type Chance, createChance } from '../../support/random.ts'
import { resourceNamed, WITHOUT_ATTRIBUTES } from '../../support/rows.ts'
import { takeClock } from '../../support/virtual-clock.ts'
import { inTurn, type Table } from './table.ts'

const SETTINGS = {
  ...{ concurrency: 2, requestsPerSecond: 8, maxBatchRows: 4, maxBatchBytes: 1_000_000, maxQueuedRows: 7 },
  ...{ executionTimeoutMs: 3_000, attemptsTimeoutMs: 1_500, attemptTimeoutMs: 600 },
}

const REJECTED: Verdict = { kind: 'rejected', errors: [{ code: 'BAD' }] }

/** An upstream that takes its time, refuses some rows, and at times fails or hangs; says when which rows arrive. */
function upstreamOf(chance: Chance, say: (what: string) => void): UpstreamPort {
  return {
    prepare: ({ destination: { tenant, solution, resource, operation, dryRun }, rows, waitingSince }) => ({
      byteLength: rows.length,
      async send(signal, noteLeft): Promise<Answer> {
        noteLeft()
        const names = listOf(rows.length, (at) => `${rows.at(at).product_id}.${rows.at(at).name}`)
        say(
          `sent ${tenant.id} ${solution.name} ${resource.module[0]} ${resource.object} ${operation}${dryRun ? ' dry' : ''}: ${names.join(' ')}, since ${Math.round(waitingSince)}`,
        )
        const hangs = chance.percent(5)
        await new Promise<void>((resolve) => {
          if (!hangs) setTimeout(resolve, chance.pick([1, 40, 200, 450]))
          signal.addEventListener('abort', () => resolve())
        })
        if (signal.aborted) return { kind: 'lost', failure: 'LOST', reason: 'TIMED_OUT' }
        const draw = chance.between(0, 99)
        if (draw < 4) throw new Error('defect')
        if (draw < 9) return { kind: 'lost', failure: 'LOST', reason: 'CONNECTION_LOST' }
        if (draw < 14) return { kind: 'unsent', failure: 'UNSENT' }
        if (draw < 19) return { kind: 'refused', failure: 'NOT_YET', code: 'UPSTREAM_RATE_LIMITED', divisible: false, status: 429 }
        return { kind: 'answered', verdicts: names.map(() => (chance.percent(8) ? REJECTED : { kind: 'accepted' })) }
      },
      [Symbol.dispose]: () => {},
    }),
  }
}

function drawDestination(chance: Chance): Destination {
  return {
    tenant: { id: chance.pick(['T', 'T', 'U']), credential: secret('t') },
    solution: { name: chance.pick(['s', 's', 's', 't']), modules: [], prefix: '', suffix: '' },
    resource: resourceNamed(chance.pick(['Products', 'Products', 'InventoryStock', 'MarkdownStock'])),
    operation: chance.pick(['UPSERT', 'UPSERT', 'APPEND']),
    dryRun: chance.percent(10),
  }
}

/** Rows of few keys, of which some are bad from the start. */
function drawRows(chance: Chance, mutation: number): JudgedRows {
  const chunker = new Chunker(SETTINGS.maxBatchRows)
  const faults = Array.from({ length: chance.pick([1, 1, 2, 3, 4, 5, 9]) }, (_, index) => {
    if (chance.percent(8)) return [{ code: 'MISSING_FIELD' as const, message: 'm' }]
    const wire = { product_id: `k${chance.between(0, 15)}`, name: `${mutation}:${index}` }
    chunker.add(wire, index, keyHash(wire, ['product_id']))
    return undefined
  })
  return {
    ...{ count: faults.length, faults, chunks: chunker.done(), publicKeys: NO_KEYS, keyText: ({ product_id }) => String(product_id) },
    ...WITHOUT_ATTRIBUTES,
  }
}

function lettersOf(outcome: Outcome): string {
  if (outcome.status === 'ACCEPTED') return 'a'
  if (outcome.status === 'UNCONFIRMED') return `u ${outcome.reason}${outcome.safeToResend ? ' safe' : ''}`
  return `r ${outcome.issues.map(({ code }) => code).join('+')}${outcome.retryable ? ' again' : ''}`
}

/** Mutations of two tenants, as they come, leave and are answered, up to the end of the process. */
async function traffic(seed: number): Promise<string> {
  const clock = takeClock()
  const { random } = Math
  Math.random = () => 0.5
  try {
    const chance = createChance(seed)
    const seen: string[] = []
    const say = (what: string) => void seen.push(`${Math.round(performance.now())} ${what}`)
    const events = createEvents()
    events.on('defect', ({ origins }) => say(`defect of ${origins.map(({ requestId }) => requestId).join(' ')}`))
    events.on('rows:withheld', ({ tenant, rows }) => say(`withheld ${tenant.id} ${rows}`))
    events.on('breaker:changed', ({ tenantId, isOpen }) => say(`breaker of ${tenantId} ${isOpen ? 'opens' : 'closes'}`))
    const upstream = upstreamOf(chance, say)
    const retry = { retryableCodes: new Set<string>(), retryAppendOn503: false, bisectAppend: false }
    const sendBatch = createSendBatch(upstream, { ...SETTINGS, retry, events })
    const limitsByTenant = createLimitsByTenant({ ...SETTINGS, events })
    const batcher = createBatcher({ ...SETTINGS, sendBatch, limitsByTenant, windowMs: seed % 3 === 0 ? 20 : 0, events })
    const ingest = createIngest({ batcher, maxBatchRows: SETTINGS.maxBatchRows, events })
    const appended: AppendedKeys = new Map()
    // A clock that begins at zero says nothing of what is added to it by mistake.
    await clock.pass(100_000)
    for (let nth = 0; nth < 30; nth++) {
      const destination = drawDestination(chance)
      const judged = drawRows(chance, nth)
      const priority = chance.pick([undefined, undefined, 'bulk', 'interactive'] as const)
      const among = chance.percent(20) ? { field: `f${nth}`, appended } : undefined
      say(
        `${nth}: ${destination.tenant.id} ${destination.operation}${destination.dryRun ? ' dry' : ''} of ${judged.count}${priority ? ` ${priority}` : ''}${among ? ' of several' : ''}`,
      )
      void ingest(destination, judged, { origin: readOrigin({ headers: { 'x-request-id': `m${nth}` } }), priority, among }).then(
        ({ outcomes, sent, counts }) =>
          say(`${nth} told ${outcomes.map(lettersOf).join(', ')}; ${sent.rows} in ${sent.requests}; ${Object.values(counts).join('/')}`),
      )
      await clock.pass(chance.pick([1, 1, 5, 30, 130, 400]))
      if (chance.percent(25))
        say(
          `usage ${['T', 'U'].map((tenant) => `${JSON.stringify(batcher.usageOf(tenant))}${batcher.isFull(tenant) ? ' full' : ''}`).join(' ')}, ${limitsByTenant.rowsWaiting()} wait, ${limitsByTenant.requestsInFlight()} under way`,
        )
    }
    void batcher.idle().then(() => say('idle'))
    if (seed % 2 === 0) batcher.giveBack()
    if (seed % 4 === 1) batcher.giveUp()
    await clock.pass(8_000)
    say(
      `usage ${['T', 'U'].map((tenant) => JSON.stringify(batcher.usageOf(tenant))).join(' ')}, ${limitsByTenant.requestsInFlight()} under way`,
    )
    return [`traffic ${seed}`, ...seen].join('\n  ')
  } finally {
    Math.random = random
    clock.restore()
  }
}

/** Mutations on their way through the queues of their destinations. */
export const throughQueues: Table = {
  name: 'traffic',
  title: 'Mutations of two tenants on their way: when which rows are sent, with whose, and what each caller is told.',
  about:
    'Rows are called by their key, their mutation and their place in it. a: accepted, r: rejected, u: unconfirmed. Each line begins with the time.',
  lines: () => inTurn(Array.from({ length: 12 }, (_, seed) => () => traffic(seed))),
}
