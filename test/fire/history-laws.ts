import type { Cells } from './history.ts'
import { type Attempt, idOf, keyOf, type Line, type Mutation, type Run, slotOf, type UpstreamRequest, type Write } from './read-history.ts'

/** What must hold of every history; each law lists what breaks it, in words that name lines. */
export const LAWS: Readonly<Record<string, (run: Run) => string[]>> = {
  'every row has one outcome, at its own index': ({ mutations, misfits }) => [...misfits, ...mutations.flatMap(answerFaults)],
  'accepted means applied': ({ writes }) =>
    all(writes, ({ mutation, told, applied }) => told?.status === 'ACCEPTED' && !mutation.sent.dryRun && applied.length === 0),
  'rejected means not applied': ({ writes }) =>
    all(writes, ({ mutation, told, applied }) => (told?.status === 'REJECTED' || mutation.declined.length > 0) && applied.length > 0),
  'a row arrives with the very values it was sent with': ({ writes }) =>
    all(writes, ({ cells, attempts }) => attempts.some(({ received, place }) => textOf(received.rows[place] ?? {}) !== textOf(cells))),
  'an APPEND is applied once at most': ({ writes }) =>
    all(writes, ({ mutation, applied }) => mutation.sent.operation === 'APPEND' && applied.length > 1),
  'an APPEND is sent again only after a certain refusal': ({ writes }) =>
    all(writes, ({ mutation, attempts }) => mutation.sent.operation === 'APPEND' && attempts.slice(0, -1).some((one) => !isRefused(one))),
  'a dry run is not applied': ({ writes }) => all(writes, ({ mutation, applied }) => mutation.sent.dryRun && applied.length > 0),
  'a request holds rows of one destination': ({ writes }) =>
    all(writes, ({ mutation, attempts }) => attempts.some(({ received }) => destinationOf(received) !== destinationOf(mutation.sent))),
  'a key holds the last accepted UPSERT, or an unconfirmed one after it': keysOverwritten,
  'no two requests in flight share a key, and none has one twice': sharedKeys,
  'no more requests are in flight than a tenant may have': (run) => overConcurrency(run),
  'no second has more requests of a tenant than its rate': (run) => overRate(run),
  'a row is unconfirmed only where something is in doubt': (run) => all(run.writes, (write) => isUnconfirmedWithoutDoubt(write, run)),
}

/** Everything that breaks a law. */
export function violations(run: Run): string[] {
  return Object.entries(LAWS).flatMap(([law, check]) => check(run).map((found) => `${law}: ${found}`))
}

function all(writes: Run['writes'], isBroken: (write: Write) => boolean): string[] {
  return [...writes.values()].filter(isBroken).map(describe)
}

function describe({ id, mutation, index, told, attempts, applied }: Write): string {
  const lines = [mutation.sent, ...mutation.told, ...mutation.declined, ...attempts.map(({ received }) => received), ...applied]
  const numbers = lines.map(({ line }) => line).join(', ')
  return `row ${index} of ${mutation.sent.mutation}, ${id}, ${told?.status ?? 'without an outcome'} (lines ${numbers})`
}

function answerFaults({ sent, told, declined }: Mutation): string[] {
  const answers = told.length + declined.length
  const found = answers === 1 ? [] : [`${sent.mutation} has ${answers} answers`]
  for (const { rows, counts } of told) {
    if (rows.length !== sent.rows.length) found.push(`${sent.mutation} has ${rows.length} outcomes for ${sent.rows.length} rows`)
    rows.forEach(({ index, key }, at) => {
      const isInPlace = index === at && JSON.stringify(keyOf(key)) === JSON.stringify(keyOf(sent.rows[at] ?? {}))
      if (!isInPlace) found.push(`row ${at} of ${sent.mutation} is not answered in its place`)
    })
    const real = ['ACCEPTED', 'REJECTED', 'UNCONFIRMED'].map((status) => rows.filter((row) => row.status === status).length)
    if (real.join() !== counts.join()) found.push(`${sent.mutation} counts ${counts.join()} where there are ${real.join()}`)
  }
  return found.map((words) => `${words} (lines ${[sent, ...told, ...declined].map(({ line }) => line).join(', ')})`)
}

function textOf(cells: Cells): string {
  const entries = Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(entries.map(([column, text]) => [column, sameOf(text)]))
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i

/** One text for all ways to write a number with the same digits: 0.50, 0.5 and 5e-1. */
function sameOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  if (whole === '') return text
  const kept = digits.replace(/0+$/, '')
  return kept === '' ? '0' : `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}

function destinationOf({ tenant, object, solution, operation, dryRun }: Line<'sent' | 'received'>): string {
  return JSON.stringify([tenant, object, solution, operation, dryRun])
}

// A server that gave up on the rest of a request, or somebody before it who gave up on the answer, may have taken the rows.
const OPEN_4XX = [408, 444, 460, 499]

/** Whether the upstream said for certain that it did not take the row. */
export function isRefused({ request, place }: Attempt): boolean {
  const { answered } = request
  if (answered === undefined) return false
  if (answered.refused?.includes(place)) return true
  return answered.status >= 400 && answered.status < 500 && !OPEN_4XX.includes(answered.status)
}

/** Keys whose last applied UPSERT is older than one that was accepted. */
function keysOverwritten({ writes }: Run): string[] {
  const upserts = [...writes.values()].filter(({ mutation }) => mutation.sent.operation === 'UPSERT' && !mutation.sent.dryRun)
  return Object.values(Object.groupBy(upserts, ({ slot }) => slot)).flatMap((ofKey = []) => {
    const applications = ofKey.flatMap((write) => write.applied.map((event) => ({ write, event })))
    const last = applications.reduce<(typeof applications)[number] | undefined>(
      (latest, one) => (latest === undefined || one.event.at >= latest.event.at ? one : latest),
      undefined,
    )
    const newer = last && ofKey.find((write) => write.told?.status === 'ACCEPTED' && isAfter(write, last.write))
    return newer && last ? [`${describe(newer)} is overwritten by ${describe(last.write)}`] : []
  })
}

/** Whether a row was sent for certain after another. */
function isAfter(write: Write, other: Write): boolean {
  if (write.mutation === other.mutation) return write.index > other.index
  const answer = other.mutation.told[0] ?? other.mutation.declined[0]
  return answer !== undefined && answer.at < write.mutation.sent.at
}

interface Edge {
  readonly at: number
  readonly isEnd: boolean
  readonly request: UpstreamRequest
}

/** However late its end was noted, a request does not end before it begins. */
const SHORTEST_MS = 0.001

/** Beginnings and ends of requests in the order of time; at one time ends come first. */
function edgesOf(requests: readonly UpstreamRequest[], begin: (request: UpstreamRequest) => { at: number } | undefined): Edge[] {
  return requests
    .flatMap((request): Edge[] => {
      const from = begin(request)
      if (from === undefined) return []
      return [
        { at: from.at, isEnd: false, request },
        { at: Math.max(from.at + SHORTEST_MS, endOf(request)), isEnd: true, request },
      ]
    })
    .sort((a, b) => a.at - b.at || Number(b.isEnd) - Number(a.isEnd))
}

/** When a request was over at the earliest: a hang-up may have waited to be noted while the upstream was at other work. */
function endOf({ ended }: UpstreamRequest): number {
  return ended === undefined ? Number.POSITIVE_INFINITY : ended.at - ended.lateMs
}

function sharedKeys({ requests }: Run): string[] {
  const holders = new Map<string, UpstreamRequest>()
  const found: string[] = []
  for (const { isEnd, request } of edgesOf(requests, ({ received }) => received)) {
    const { received } = request
    for (const cells of received?.rows ?? []) {
      const slot = slotOf(received as Line<'received'>, cells)
      const holder = holders.get(slot)
      if (isEnd) {
        if (holder === request) holders.delete(slot)
        continue
      }
      if (holder) found.push(`${slot}, ${idOf(cells)} (lines ${holder.received?.line}, ${holder.ended?.line} and ${received?.line})`)
      holders.set(slot, request)
    }
  }
  return found
}

function overConcurrency({ requests, settings }: Run): string[] {
  const inFlight = new Map<string, number>()
  return edgesOf(requests, ({ arrived }) => arrived).flatMap(({ isEnd, request: { arrived } }) => {
    const count = (inFlight.get(arrived.tenant) ?? 0) + (isEnd ? -1 : 1)
    inFlight.set(arrived.tenant, count)
    return !isEnd && count > settings.concurrency ? [`${count} of ${arrived.tenant} (line ${arrived.line})`] : []
  })
}

const SECOND_MS = 1_000

function overRate({ requests, settings }: Run): string[] {
  const byTenant = Object.groupBy(requests, ({ arrived }) => arrived.tenant)
  return Object.values(byTenant).flatMap((own = []) =>
    own.flatMap(({ arrived }, nth) => {
      const before = own[nth - settings.requestsPerSecond]?.arrived
      if (before === undefined || arrived.at - before.at >= SECOND_MS) return []
      return [
        `${settings.requestsPerSecond + 1} of ${arrived.tenant} in ${arrived.at - before.at} ms (lines ${before.line} to ${arrived.line})`,
      ]
    }),
  )
}

/** Whether each attempt at an unconfirmed row was refused for certain, and none can have gone unseen. */
function isUnconfirmedWithoutDoubt(write: Write, { requests, dropped, settings }: Run): boolean {
  // An answer that was not prompt may have found nobody any more: the gateway waits for connections too, and may be late itself.
  const inTime = ({ request: { arrived, answered } }: Attempt) =>
    answered !== undefined && answered.at - arrived.at + arrived.lateMs < settings.attemptTimeoutMs / 10
  if (write.told?.status !== 'UNCONFIRMED' || !write.attempts.every((attempt) => isRefused(attempt) && inTime(attempt))) return false
  const { sent, told } = write.mutation
  const isInTime = ({ at }: { at: number }) => at > sent.at && at < (told[0]?.at ?? Number.POSITIVE_INFINITY)
  // A request that is cut before its body names its mutation, unless its rows are of several.
  const mayHold = ({ arrived, received }: UpstreamRequest) =>
    received === undefined &&
    isInTime(arrived) &&
    arrived.tenant === sent.tenant &&
    (!arrived.id.includes('~') || arrived.id.startsWith(`${sent.mutation}~`))
  return !dropped.some(isInTime) && !requests.some(mayHold)
}
