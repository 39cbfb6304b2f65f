import { GatewayError } from '../../../src/errors.ts'
import { createEvents } from '../../../src/ingest/events.ts'
import type { Outcome } from '../../../src/ingest/outcome.ts'
import { ACCEPTED, rejectedHere, unconfirmed } from '../../../src/ingest/outcome.ts'
import type { Answer } from '../../../src/ingest/upstream-port.ts'
import { logEvents } from '../../../src/observability/log-events.ts'
import { createMetrics } from '../../../src/observability/metrics.ts'
import { createReports } from '../../../src/observability/reports.ts'
import { readOrigin } from '../../../src/util/request-origin.ts'
import { type Chance, createChance } from '../../support/random.ts'
import { takeClock } from '../../support/virtual-clock.ts'
import { inTurn, type Table } from './table.ts'

const CODES = ['MISSING_FIELD', 'WRONG_TYPE', 'OVERLOADED', 'DUPLICATE_KEY', 'UNKNOWN_FIELD', 'ABOVE_MAXIMUM'] as const
const MORE_CODES = Array.from({ length: 12 }, (_, at) => `CODE_${at}` as never)
const ANSWERS: readonly Answer[] = [
  { kind: 'answered', verdicts: [{ kind: 'accepted' }, { kind: 'none' }] },
  { kind: 'answered', verdicts: [{ kind: 'none' }, { kind: 'none' }] },
  ...[409, 503].map((status) => ({ kind: 'refused', status })),
  ...['TIMED_OUT', 'UPSTREAM_ERROR', 'UNREADABLE_ANSWER', 'CONNECTION_LOST'].map((reason) => ({ kind: 'lost', reason })),
  ...['unsent', 'withheld'].map((kind) => ({ kind })),
] as never

function originOf(chance: Chance) {
  const traceparent = `00-${`${chance.between(1, 9)}`.repeat(32)}-${'b'.repeat(16)}-01`
  return readOrigin({ headers: { 'x-request-id': `r${chance.between(1, 99)}`, ...(chance.percent(50) && { traceparent }) } })
}

function drawOutcome(chance: Chance): Outcome {
  const drawn = chance.between(1, 10)
  if (drawn <= 5) return ACCEPTED
  if (drawn <= 8) return rejectedHere(Array.from({ length: chance.between(1, 2) }, () => ({ code: chance.pick(CODES), message: 'm' })))
  return unconfirmed(chance.pick(['TIMED_OUT', 'NO_VERDICT'] as const), { operation: 'UPSERT', dryRun: false })
}

function drawResult(chance: Chance) {
  const isCalm = chance.percent(30)
  const outcomes = Array.from({ length: chance.between(1, 6) }, () => (isCalm ? ACCEPTED : drawOutcome(chance)))
  if (chance.percent(10)) outcomes.push(...MORE_CODES.map((code) => rejectedHere([{ code, message: 'm' }])))
  const count = (status: Outcome['status']) => outcomes.filter((outcome) => outcome.status === status).length
  const destination = {
    ...{ tenant: { id: chance.pick(['T', 'U']) }, solution: { name: 'S' }, resource: { graphqlName: chance.pick(['Things', 'Parts']) } },
    ...{ operation: chance.pick(['UPSERT', 'APPEND']), dryRun: chance.percent(20) },
  }
  const counts = { ACCEPTED: count('ACCEPTED'), REJECTED: count('REJECTED'), UNCONFIRMED: count('UNCONFIRMED') }
  return { requestId: `r${chance.between(1, 99)}`, destination, counts, outcomes, sent: { rows: 1, requests: 1 } }
}

/** All that happens and is reported, and what log and figures say of it. */
async function told(seed: number): Promise<string> {
  const clock = takeClock()
  try {
    const chance = createChance(seed)
    const seen: string[] = []
    const logged = (level: string) => (about: unknown, words?: string) =>
      void seen.push(`${Math.round(performance.now())} ${level} ${words === undefined ? about : `${said(about)} ${words}`}`)
    const log = { warn: logged('warn'), info: logged('info'), error: logged('error'), debug: logged('debug') } as never
    const events = createEvents()
    const metrics = createMetrics('here', events)
    logEvents(events, log)
    const reports = createReports(log, metrics)
    const store = reports.store('memory')
    const figures = { records: 7, oldestOpenMs: chance.pick([undefined, 2_500]), unconfirmedRows: 3 }
    let isStuck = false
    metrics.watchStore(async () => {
      if (chance.percent(20)) throw new Error('store')
      return isStuck ? await new Promise<never>(() => {}) : figures
    })
    metrics.watch('rowgate_rows_waiting', () => 11)
    const origins = () => Array.from({ length: chance.between(0, 12) }, () => originOf(chance))
    const batch = { destination: { operation: chance.pick(['UPSERT', 'APPEND']) } } as never
    const acts: Record<string, () => void> = {
      mutation: () =>
        events.emit('mutation:settled', { result: drawResult(chance) as never, origin: originOf(chance), ms: chance.next() * 900 }),
      request: () =>
        events.emit('batch:answered', { batch, answer: chance.pick(ANSWERS), ms: chance.pick([9, 10, 11, 100, 3_001, 40_000]) }),
      leaves: () => events.emit('batch:sent', { batch, waitedMs: chance.pick([0, 1, 1.5, 10, 299, 301, 31_000]) }),
      withheld: () => events.emit('rows:withheld', { tenant: { id: 'T' } as never, rows: chance.between(1, 9) }),
      breaker: () =>
        events.emit('breaker:changed', { tenantId: chance.pick([undefined, 'T']), isOpen: chance.percent(50), origins: origins() }),
      host: () => events.emit('host:full', { requests: 256, tenantsWaiting: 3 }),
      defect: () => events.emit('defect', { error: chance.pick([new TypeError('secret'), 'secret', undefined]), origins: origins() }),
      store: () => store.onUnavailable(chance.pick([new Error('gone'), 7])),
      there: () => store.onAvailable(),
      notes: () => store.onNotesFailed(new Error('notes')),
      newer: () => reports.newerRecords(),
      together: () => reports.together(Array.from({ length: chance.pick([0, 1, 12]) }, (_, at) => `T${at}`)),
      drift: () => reports.drift(drawDrift(chance)),
      settings: () => (chance.percent(50) ? reports.unusable('JWKS_FILE', new Error('why')) : reports.usable('JWKS_FILE')),
      upstream: () => reports.connectionError('host')('ECONNRESET'),
      unusable: () => reports.unusableAnswer({ status: 200, body: 'HTML', tenantId: 'T', origins: origins() } as never),
      unknown: () => reports.unknownAnswer(['a', 'b']),
      shed: () => metrics.countShed(chance.pick(['process', 'tenant'])),
      limited: () => metrics.countLimited(chance.pick(['requests', 'rows'])),
      declined: () => metrics.countDeclined(chance.pick(['A', 'B'])),
      odd: () => metrics.countUnknownAnswer(),
      commit: () => metrics.observeCommit(chance.pick([0.5, 1, 1.5, 300, 20_000])),
    }
    for (let nth = 0; nth < 120; nth++) {
      acts[chance.pick(Object.keys(acts))]?.()
      await clock.pass(chance.pick([1, 10, 500, 9_000, 30_000, 59_999]))
    }
    seen.push(...(await printed(metrics.print())))
    isStuck = true
    const printing = printed(metrics.print())
    await clock.pass(6_000)
    const stuck = await printing
    seen.push(`while the store is stuck ${stuck.filter((line) => line.includes('idempotency')).join(' ')}`)
    return [`told ${seed}`, ...seen].join('\n  ')
  } finally {
    clock.restore()
  }
}

/** Of a defect its name; where it was thrown, and of what nothing is said, is the machine's. */
function said(about: unknown): string {
  return JSON.stringify(about, (name, value) => (name === 'at' ? value.length > 0 : value)).replace(
    /"[0-9a-f]{8}-[0-9a-f-]{27}"/g,
    '"<id>"',
  )
}

function drawDrift(chance: Chance): never {
  const kinds = Array.from({ length: chance.between(0, 4) }, () => ({ kind: chance.pick(['MISSING_TABLE', 'OTHER_KEY']) }))
  const found = chance.percent(25) ? { fault: new GatewayError('UPSTREAM_UNAVAILABLE', 'm') } : { differences: kinds }
  return { solution: chance.pick(['S', 'R']), ...found } as never
}

/** Without the figures of the process, which are the machine's, and without helps, which the README repeats. */
async function printed(text: Promise<string>): Promise<string[]> {
  return (await text).split('\n').filter((line) => line !== '' && !/^#|^rowgate_(?:process|nodejs)_/.test(line))
}

/** What an operator is told. */
export const toldToOperators: Table = {
  name: 'told',
  title: 'What the log and the figures say of all that happens and is reported.',
  about: 'Lines of the log begin with the time in milliseconds and their level; the figures are those at the end.',
  lines: () => inTurn([1, 2, 3, 4].map((seed) => () => told(seed))),
}
