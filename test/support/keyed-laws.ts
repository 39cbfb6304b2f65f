import { mayBeTakenLater, type Outcome } from '../../src/ingest/outcome.ts'
import type { KeyedRun } from './keyed-simulation.ts'
import type { KeyedRequest, Told } from './keyed-world.ts'

/** One row of what was told. */
interface ToldRow {
  readonly id: string
  readonly outcome: Outcome
  readonly told: Told
  /** How often it had been written by then. */
  readonly applied: number
}

/** What must hold of requests with a key, whatever went wrong; each law lists the violations it finds, in words. */
const LAWS: Readonly<Record<string, (run: KeyedRun) => string[]>> = {
  'nothing was a defect': ({ defects }) => defects.map(String),
  'an APPEND row is applied once at most': ({ requests, upstream }) =>
    rowsOf(requests.filter(({ operation }) => operation === 'APPEND')).filter((id) => upstream.applications(id) > 1),
  'what is told as accepted is applied': (run) =>
    toldRows(run, 'ACCEPTED')
      .filter(({ applied }) => applied === 0)
      .map(describe),
  'what is told as rejected is not applied, now or later by what left before': (run) =>
    toldRows(run, 'REJECTED')
      .filter(({ id, applied, told }) => applied > 0 || (run.upstream.applications(id) > 0 && !leftAfter(run, id, told.nth)))
      .filter(({ id, told }) => !isSentByOthers(run, id, told))
      .map(describe),
  'a final outcome never changes, once it is durable': ({ told }) =>
    Object.values(Object.groupBy(told, ({ request }) => request.name)).flatMap((all = []) => changes(all)),
  'asked for until nothing is to be sent again, every row is settled that can be': (run) => [
    ...run.endless.map((name) => `${name} has no end`),
    ...[...run.last.values()].flatMap(unsettled(run)),
  ],
  'and asked for once more it is told from the store': ({ last, left }) =>
    [...last.values()].flatMap(([first, again]) => [
      ...again.outcomes.flatMap((outcome, at) => {
        // What was in flight when its time was up may have been answered.
        const before = first.outcomes[at]
        return before?.status === 'UNCONFIRMED' || wordOf(before) === wordOf(outcome) ? [] : [`${first.request.rows[at]?.id} differs`]
      }),
      ...(again.replayedCount === again.outcomes.length ? [] : [`${first.request.name} replays ${again.replayedCount}`]),
      ...rowsOf([first.request]).filter((id) => left.some(({ rows, nth }) => nth > first.nth && rows.includes(id))),
    ]),
  'a key is of one request': ({ requests, reused, upstream }) =>
    rowsOf(requests.filter(({ name }) => reused.has(name))).filter((id) => upstream.applications(id) > 0),
  'rows with a key and rows without share no request': ({ left, requests }) => {
    const keyed = new Set<unknown>(rowsOf(requests.filter(({ key }) => key !== undefined)))
    return left.filter(({ rows }) => new Set(rows.map((id) => keyed.has(id))).size > 1).map(({ rows }) => rows.join(' '))
  },
}

/** Every law that a run broke, in words that name the seed. */
export function keyedViolations(run: KeyedRun): string[] {
  return Object.entries(LAWS).flatMap(([law, check]) => check(run).map((found) => `seed ${run.seed}: ${law}: ${found}`))
}

function rowsOf(requests: readonly KeyedRequest[]): string[] {
  return requests.flatMap(({ rows }) => rows.map(({ id }) => id))
}

function toldRows({ told }: Pick<KeyedRun, 'told'>, status: Outcome['status']): ToldRow[] {
  return told.flatMap((one) =>
    one.outcomes.flatMap((outcome, at) =>
      outcome?.status === status ? [{ id: one.request.rows[at]?.id ?? '', outcome, told: one, applied: one.applied[at] ?? 0 }] : [],
    ),
  )
}

function describe({ id, outcome, told, applied }: ToldRow): string {
  return `${told.request.operation} ${id} as ${wordOf(outcome)} at ${told.nth}, applied ${applied} times`
}

/** Who was taken over may tell late what was true before. */
function isSentByOthers({ left }: KeyedRun, id: string, { askedNth, by }: Told): boolean {
  return left.some((request) => request.nth > askedNth && request.by !== by && request.rows.includes(id))
}

function leftAfter({ left }: KeyedRun, id: string, nth: number): boolean {
  return left.some((request) => request.nth > nth && request.rows.includes(id))
}

function wordOf(outcome: Outcome | undefined): string {
  return outcome === undefined ? 'none' : outcome.status === 'REJECTED' ? `REJECTED ${outcome.issues[0]?.code}` : outcome.status
}

function isFinal(outcome: Outcome | undefined): boolean {
  return outcome?.status === 'ACCEPTED' || (outcome?.status === 'REJECTED' && !mayBeTakenLater(outcome))
}

function changes(all: readonly Told[]): string[] {
  const final = new Map<number, { readonly outcome: Outcome; readonly nth: number }>()
  return all.flatMap((told) =>
    told.outcomes.flatMap((outcome, at) => {
      const before = final.get(at)
      // Of an UPSERT two processes may be at work at once, and one may be refused what is not known of the other.
      const mustStay = isFinal(outcome) && (told.request.operation === 'APPEND' || outcome?.status === 'ACCEPTED')
      if (before === undefined && told.isDurable && mustStay) final.set(at, { outcome: outcome as Outcome, nth: told.nth })
      return before !== undefined && before.nth < told.askedNth && wordOf(before.outcome) !== wordOf(outcome)
        ? [`${told.request.rows[at]?.id} was ${wordOf(before.outcome)}, then ${wordOf(outcome)}`]
        : []
    }),
  )
}

/**
 * Rows without a final outcome: one may stay unconfirmed that has left, or may have left as far as a process knew that was disturbed.
 * Where nothing was disturbed, it was on its way when the time of its mutation was up: who was told so may not be told later that it
 * was never written, however it is refused when it is sent again.
 */
function unsettled({ left, told, isCalm, isUpstreamCalm }: KeyedRun) {
  return ([{ request, outcomes }]: readonly [Told, Told]): string[] =>
    outcomes.flatMap((outcome, at) => {
      const id = request.rows[at]?.id
      const leftAt = left.find(({ rows }) => rows.includes(id))?.nth ?? Number.POSITIVE_INFINITY
      const wasOnItsWay = told.some((one) => one.request === request && one.nth > leftAt && isTimedOut(one.outcomes[at]))
      const mayStay = !isCalm || wasOnItsWay || (!isUpstreamCalm && leftAt < Number.POSITIVE_INFINITY)
      return isFinal(outcome) || (outcome?.status === 'UNCONFIRMED' && mayStay) ? [] : [`${request.operation} ${id} is ${wordOf(outcome)}`]
    })
}

function isTimedOut(outcome: Outcome | undefined): boolean {
  return outcome?.status === 'UNCONFIRMED' && outcome.reason === 'TIMED_OUT'
}
