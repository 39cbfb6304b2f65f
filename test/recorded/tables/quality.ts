import type { IngestResult } from '../../../src/ingest/ingest-result.ts'
import { ACCEPTED, type Outcome, rejectedHere, unconfirmed } from '../../../src/ingest/outcome.ts'
import { createLedger } from '../../../src/quality/ledger.ts'
import type { Minute } from '../../../src/quality/minutes.ts'
import { addCount, type IssueCounts, Minutes } from '../../../src/quality/minutes.ts'
import { createRejections } from '../../../src/quality/rejections.ts'
import { overTime, sumUp } from '../../../src/quality/report.ts'
import { createTakenTokens } from '../../../src/quality/taken-tokens.ts'
import type { RowIssueCode } from '../../../src/rows/issue.ts'
import { NO_KEYS } from '../../../src/rows/public-keys.ts'
import { secret } from '../../../src/util/secret.ts'
import { type Chance, createChance } from '../../support/random.ts'
import { resourceNamed } from '../../support/rows.ts'
import type { Table } from './table.ts'

const MINUTE = 60_000
const TENANTS = ['A', 'A', 'B', 'C']
const RESOURCES = [resourceNamed('Products'), resourceNamed('Suppliers')]

const draw = (steps: number, step: () => string) => Array.from({ length: steps }, step)

/** Minutes of which five are kept, opened and forgotten, and taken over. */
function minutes(chance: Chance): string[] {
  const kept = new Minutes(5)
  let now = 0
  const state = () =>
    ['A', 'B', 'C']
      .map(
        (tenant) =>
          `${tenant}${kept.has(tenant) ? '' : '-'} ${kept
            .of(tenant)
            .map(({ start, solution, mutations }) => `${start}${solution}${mutations}`)
            .join(' ')}`,
      )
      .join('; ')
  return draw(60, () => {
    const tenant = chance.pick(TENANTS)
    now += chance.pick([0, 0, 1, 2])
    const act = chance.pick(['open', 'open', 'open', 'open', 'forget', 'forget before', 'adopt'] as const)
    if (act === 'open') kept.open(tenant, chance.pick(['s', 't']), 'R', now).mutations++
    else if (act === 'forget') kept.forget(tenant)
    else if (act === 'forget before') kept.forgetBefore(now - chance.between(0, 2))
    else kept.adopt(tenant, kept.of(chance.pick(TENANTS)).slice(0, 2))
    return `${now} ${act} ${tenant}: ${state()}`
  })
}

const CODES: readonly RowIssueCode[] = ['MISSING_FIELD', 'UPSTREAM_REJECTED', 'OVERLOADED']

function drawOutcome(chance: Chance): Outcome {
  const kind = chance.between(0, 9)
  if (kind < 4) return ACCEPTED
  if (kind < 5) return unconfirmed('TIMED_OUT', { operation: 'UPSERT', dryRun: false })
  const issues = Array.from({ length: chance.between(1, 2) }, () => ({
    code: chance.pick(CODES),
    ...(chance.percent(70) && { field: chance.pick(['a', 'b']) }),
    message: 'm',
  }))
  const outcome = rejectedHere(issues)
  return chance.percent(30) && outcome.status === 'REJECTED' ? { ...outcome, by: 'UPSTREAM' } : outcome
}

function drawResult(chance: Chance, nth: number): IngestResult {
  const outcomes = Array.from({ length: chance.between(0, 4) }, () => drawOutcome(chance))
  const counts = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
  for (const { status } of outcomes) counts[status]++
  const solution = { name: chance.pick(['s', 't']), modules: [], prefix: '', suffix: '' }
  const tenant = { id: chance.pick(TENANTS), credential: secret('t') }
  const destination = { tenant, solution, resource: chance.pick(RESOURCES), operation: 'UPSERT' as const, dryRun: chance.percent(15) }
  return {
    requestId: `r${nth}`,
    destination,
    outcomes,
    counts,
    publicKeys: { ...NO_KEYS, at: (index) => (index < 3 ? { id: index } : {}) },
    sent: { rows: 0, requests: 0 },
  }
}

const minuteText = ({ start, mutations, rows, issues }: Minute) =>
  `${start / MINUTE}: ${mutations} ${Object.values(rows).join('/')} ${[...issues.values()].map(({ code, field, count }) => `${code} ${field ?? ''} ${count}`).join(', ')}`

/** What became of mutations over two days, as those read it who ask for it. */
function ledgers(chance: Chance): string[] {
  let now = 0
  const taken = createTakenTokens()
  const ledger = createLedger(taken, () => now)
  const rejections = [0, 1, 3].map((most) => createRejections(most, taken, () => now))
  return draw(45, () => {
    now += chance.pick([0, 1_000, 59_999, MINUTE, 61_000, 3_600_000, 24 * 3_600_000])
    const result = drawResult(chance, now)
    for (const { record } of [ledger, ...rejections]) record({ result })
    if (chance.percent(60)) taken.note({ result })
    const { tenant, resource, solution, dryRun } = result.destination
    const query = {
      tenantId: tenant.id,
      solution: solution.name,
      since: Math.floor(now / MINUTE) * MINUTE - chance.pick([0, MINUTE, 24 * 3_600_000]),
      until: now + chance.pick([0, 1]),
    }
    const asked = ledger.minutes({ ...query, ...(chance.percent(50) && { resource: resource.graphqlName }) })
    const changed = chance.percent(40)
      ? ledger.takeChanged().map(([{ start, solution: of }, tenantId]) => `${tenantId}${start / MINUTE}${of}`)
      : undefined
    const kept = rejections.map(
      ({ of, areKept }) =>
        `${areKept} ${of(tenant.id)
          .map(
            ({ requestId, index, by, key, solution: into, issues }) =>
              `${requestId}.${index} ${by} ${into} ${JSON.stringify(key)} ${issues.length}`,
          )
          .join(', ')}`,
    )
    return [
      `${now} ${tenant.id}${taken.has(tenant.id) ? '' : ' unknown'} ${solution.name} ${resource.graphqlName}${dryRun ? ' dry' : ''} ${Object.values(result.counts).join('/')}`,
      ...asked.map(minuteText),
      JSON.stringify(sumUp(asked)),
      ...(['MINUTE', 'HOUR', 'DAY'] as const).map((length) =>
        overTime([...asked].reverse(), length)
          .map(({ start, accepted, passRate }) => `${start / MINUTE} ${accepted} ${passRate}`)
          .join(', '),
      ),
      ...(changed === undefined ? [] : [`changed ${changed.join(' ')}`]),
      ...kept,
    ].join('\n  ')
  })
}

/** More kinds of complaints than are kept apart. */
function kinds(): string[] {
  const counts: IssueCounts = new Map()
  for (let nth = 0; nth < 52; nth++) addCount(counts, { code: CODES[nth % 2] as RowIssueCode, field: `f${nth}` }, nth)
  addCount(counts, { code: 'OVERLOADED' }, 1)
  addCount(counts, { code: 'MISSING_FIELD', field: 'f0' }, 3)
  return [...counts].slice(-6).map(([name, { field, count }]) => `${name}: ${field} ${count}`)
}

/** What became of rows, counted. */
export const quality: Table = {
  name: 'quality-counts',
  title: 'What became of rows, counted by the minute, and the last rejected ones, over days that pass at random.',
  about:
    'Below each mutation: the minutes that are asked for, their sum, the buckets of three lengths, what has changed, and the last rejected rows where none, one and three are kept.',
  lines: () =>
    [1, 2, 3]
      .flatMap((seed) => [`minutes ${seed}`, ...minutes(createChance(seed)), `ledger ${seed}`, ...ledgers(createChance(seed))])
      .concat(kinds()),
}
