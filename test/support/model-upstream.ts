import type { Batch } from '../../src/ingest/batch.ts'
import type { Answer, UpstreamError, UpstreamPort, Verdict } from '../../src/ingest/upstream-port.ts'
import type { WireRow } from '../../src/rows/wire-row.ts'
import { listOf } from '../../src/util/list-of.ts'
import type { Counting, Seen } from './laws.ts'
import type { Chance } from './random.ts'

/** An upstream that counts how often it applied each row, and misbehaves as chance has it. */
export interface ModelUpstream extends UpstreamPort, Counting {
  /** Whether a request is under way, or is still to be written. */
  isBusy(): boolean
  /** From now on nothing goes wrong. */
  heal(): void
  isHealed(): boolean
  /** What was done with the memory of bodies that may not be. */
  readonly misuses: readonly string[]
}

/** Of the moment, so configured as retryable. */
export const BUSY_ROW = 'DI_E_90001'
const BAD_ROW = 'DI_E_10003'

/** Everything that can go wrong, and whether the rows are applied when it does. */
const FAULTS = {
  none: { applies: true, answer: answerTruly },
  busyRows: { applies: true, answer: answerTruly },
  unsent: { applies: false, answer: (): Answer => ({ kind: 'unsent', failure: 'UNSENT' }) },
  resetBefore: { applies: false, answer: (): Answer => ({ kind: 'lost', failure: 'LOST', reason: 'CONNECTION_LOST' }) },
  resetAfter: { applies: true, answer: (): Answer => ({ kind: 'lost', failure: 'LOST', reason: 'CONNECTION_LOST' }) },
  failedBefore: { applies: false, answer: (): Answer => ({ kind: 'lost', failure: 'LOST', reason: 'UPSTREAM_ERROR' }) },
  failedAfter: { applies: true, answer: (): Answer => ({ kind: 'lost', failure: 'LOST', reason: 'UPSTREAM_ERROR' }) },
  unavailable: {
    applies: false,
    answer: (): Answer => ({ kind: 'lost', failure: 'UNAVAILABLE', reason: 'UPSTREAM_ERROR', retryAfterMs: 50 }),
  },
  stalledBefore: { applies: false, answer: stall },
  stalledAfter: { applies: true, answer: stall },
  stalledWhileApplying: { applies: false, answer: stall },
  stalledAndWrittenLate: { applies: false, answer: stall },
  limited: { applies: false, answer: (): Answer => refusal(429, { code: 'UPSTREAM_RATE_LIMITED', failure: 'NOT_YET', retryAfterMs: 200 }) },
  unauthorized: { applies: false, answer: (): Answer => refusal(401, { code: 'UPSTREAM_UNAUTHORIZED' }) },
  unreadable: { applies: true, answer: hideVerdicts },
} as const satisfies Record<string, { applies: boolean; answer: (verdicts: Verdict[], chance: Chance) => Answer }>

/** Until the upstream has noticed that a client hung up, in milliseconds at most: till then it goes on with what it was asked. */
const NOTICED_MS = 90

/** Until a slow upstream has written what its client gave up on, in milliseconds at most. */
const LATE_MS = 149

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

/** The name of a fault. */
export type Fault = keyof typeof FAULTS

/** A model that draws a fault for each request; `troubled` of a hundred go wrong. Rows named `bad` are refused, those named `spoils` spoil the whole batch. */
export function createModelUpstream(chance: Chance, troubled: number, faults = Object.keys(FAULTS) as readonly Fault[]): ModelUpstream {
  const seen: Seen[] = []
  const applied = new Map<unknown, number>()
  const states = new Map<string, unknown>()
  let underWay = 0
  let trouble = troubled
  const memory = createBodyMemory()

  function apply({ destination }: Batch, rows: readonly WireRow[]): void {
    if (destination.dryRun) return
    for (const row of rows) {
      applied.set(row.write, (applied.get(row.write) ?? 0) + 1)
      states.set(`${destination.tenant.id} ${destination.solution.name} ${row.product_id}`, row.write)
    }
  }

  async function handle(batch: Batch, fault: Fault, signal: AbortSignal): Promise<Answer> {
    const { applies, answer } = FAULTS[fault]
    await pass(chance.between(1, 80), signal)
    if (applies && rowsOf(batch).some(({ what }) => what === 'spoils'))
      return refusal(400, { code: 'UPSTREAM_REFUSED_BATCH', divisible: true })
    const verdicts = rowsOf(batch).map((row) => judge(row, fault, chance))
    if (applies)
      apply(
        batch,
        rowsOf(batch).filter((_, at) => verdicts[at]?.kind === 'accepted'),
      )
    if (fault.startsWith('stalled') && !signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return answer(verdicts, chance)
  }

  function applyLate(batch: Batch): void {
    const rows = rowsOf(batch)
    if (rows.some(({ what }) => what === 'spoils')) return
    apply(
      batch,
      rows.filter(({ what }) => what !== 'bad'),
    )
  }

  function hangUp(request: Mutable<Seen>, batch: Batch): void {
    underWay++
    setTimeout(
      () => {
        if (request.fault === 'stalledWhileApplying') applyLate(batch)
        request.endedAt = performance.now()
        underWay--
      },
      chance.between(0, NOTICED_MS),
    )
    if (request.fault !== 'stalledAndWrittenLate') return
    underWay++
    setTimeout(
      () => {
        applyLate(batch)
        underWay--
      },
      chance.between(0, LATE_MS),
    )
  }

  async function send(batch: Batch, body: Buffer, signal: AbortSignal): Promise<Answer> {
    memory.check(batch, body)
    const fault = chance.percent(trouble) ? chance.pick(faults) : 'none'
    const { tenant, operation, solution, dryRun } = batch.destination
    const request: Mutable<Seen> = {
      tenantId: tenant.id,
      operation,
      solution: solution.name,
      dryRun,
      rows: rowsOf(batch),
      fault,
      startedAt: performance.now(),
      endedAt: Number.POSITIVE_INFINITY,
      repeatIsFree: false,
      mayBeRepeated: false,
    }
    seen.push(request)
    const answer = await handle(batch, fault, signal)
    memory.check(batch, body)
    request.mayBeRepeated = mayBeRepeated(answer, operation)
    request.repeatIsFree = answer.kind === 'unsent' || answer.kind === 'refused'
    if (!signal.aborted) {
      request.endedAt = performance.now()
      return answer
    }
    hangUp(request, batch)
    if (!fault.startsWith('stalled')) request.fault = 'givenUp'
    return stall()
  }

  return {
    seen,
    isBusy: () => underWay > 0 || seen.some(({ endedAt }) => endedAt === Number.POSITIVE_INFINITY),
    applications: (write) => applied.get(write) ?? 0,
    heal: () => {
      trouble = 0
    },
    isHealed: () => trouble === 0,
    get misuses() {
      return memory.misuses()
    },
    state: (tenantId, key, solution) => states.get(`${tenantId} ${solution} ${key}`),
    prepare(batch) {
      const body = memory.write(batch)
      return {
        byteLength: body.byteLength,
        send(signal, noteLeft) {
          noteLeft()
          return send(batch, body, signal)
        },
        [Symbol.dispose]: () => memory.giveBack(body),
      }
    },
  }
}

function mayBeRepeated(answer: Answer, operation: string): boolean {
  return (
    answer.kind === 'unsent' ||
    (answer.kind === 'refused' && answer.failure === 'NOT_YET') ||
    (answer.kind === 'lost' && operation === 'UPSERT')
  )
}

const POISON = 0xff

/** Bodies with a byte for each row, which are poisoned when they are given back. */
function createBodyMemory() {
  const misuses: string[] = []
  const inUse = new Set<Buffer>()
  const bytesOf = (batch: Batch) =>
    Buffer.from(rowsOf(batch).map(({ write }) => [...String(write)].reduce((sum, c) => sum + c.charCodeAt(0), 0) % POISON))
  return {
    misuses: () => [...misuses, ...(inUse.size > 0 ? [`${inUse.size} bodies were never given back`] : [])],
    write(batch: Batch): Buffer {
      const body = bytesOf(batch)
      inUse.add(body)
      return body
    },
    giveBack(body: Buffer): void {
      if (!inUse.delete(body)) misuses.push('a body was given back twice')
      body.fill(POISON)
    },
    /** While a request is under way its body holds what was written into it. */
    check(batch: Batch, body: Buffer): void {
      if (!body.equals(bytesOf(batch))) misuses.push('a body was read that had been given back')
    },
  }
}

function rowsOf({ rows }: Batch): WireRow[] {
  return listOf(rows.length, (place) => rows.at(place))
}

function pass(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
    signal.addEventListener('abort', () => resolve())
  })
}

function judge(row: WireRow, fault: Fault, chance: Chance): Verdict {
  if (row.what === 'bad') return rejected({ code: BAD_ROW })
  return fault === 'busyRows' && chance.percent(40) ? rejected({ code: BUSY_ROW }) : { kind: 'accepted' }
}

function rejected(error: UpstreamError): Verdict {
  return { kind: 'rejected', errors: [error] }
}

function refusal(status: number, rest: Partial<Extract<Answer, { kind: 'refused' }>>): Answer {
  return { kind: 'refused', failure: 'FINAL', code: 'UPSTREAM_REFUSED_BATCH', divisible: false, status, ...rest }
}

function answerTruly(verdicts: Verdict[]): Answer {
  return { kind: 'answered', verdicts }
}

function stall(): Answer {
  return { kind: 'lost', failure: 'LOST', reason: 'TIMED_OUT' }
}

function hideVerdicts(verdicts: Verdict[], chance: Chance): Answer {
  const hidden: Verdict = { kind: 'none', reason: 'UNREADABLE_ANSWER' }
  return { kind: 'answered', verdicts: verdicts.map((verdict) => (chance.percent(50) ? hidden : verdict)) }
}
