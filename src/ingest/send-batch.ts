import { type Attempt, type Attempted, type AttemptOptions, createAttempt } from './attempts.ts'
import { type Batch, pickRows, sliceRows } from './batch.ts'
import { intendAgain } from './departure.ts'
import type { TenantLimits } from './limits/tenant-limits.ts'
import { type Outcome, outcomeAfter, rejectedHere } from './outcome.ts'
import type { Division } from './retry-policy.ts'
import type { UpstreamPort } from './upstream-port.ts'

/** What became of a batch. */
export type BatchResult = Pick<Attempted, 'outcomes' | 'mayBeWrittenUntil'>

/** Sends a batch and settles each of its rows. */
export type SendBatch = (batch: Batch, limits: TenantLimits, refusals: Refusals) => Promise<BatchResult>

/** Sends a batch, in parts where it has too many bytes, and settles each of its rows; one that is declined as a whole is divided for up to `attemptsTimeoutMs`. */
export function createSendBatch(upstream: UpstreamPort, options: AttemptOptions & { readonly maxBatchBytes: number }): SendBatch {
  const { maxBatchBytes, attemptsTimeoutMs } = options
  const attempt = createAttempt(upstream, options)
  const divide = createDivide(upstream, attempt)

  /** Sends all rows in one request; where that would be too large, sends nothing and returns its length in bytes. */
  async function sendWhole(batch: Batch, limits: TenantLimits): Promise<Attempted | number> {
    using request = upstream.prepare(batch)
    return request.byteLength > maxBatchBytes ? request.byteLength : await attempt(batch, request, limits)
  }

  async function sendInParts(parts: readonly Batch[], limits: TenantLimits, refusals: Refusals): Promise<BatchResult> {
    const sent: BatchResult[] = []
    for (const part of parts) sent.push(await sendBatch(part, limits, refusals))
    return { outcomes: sent.flatMap(({ outcomes }) => outcomes), mayBeWrittenUntil: latestOf(sent) }
  }

  const sendBatch: SendBatch = async (batch, limits, refusals) => {
    const until = Math.min(performance.now() + attemptsTimeoutMs, batch.sentUntil)
    const first = await sendWhole(batch, limits)
    if (typeof first === 'number') {
      if (batch.rows.length === 1) return { outcomes: [tooLarge(maxBatchBytes)], mayBeWrittenUntil: 0 }
      return await sendInParts(cut(batch, Math.ceil(first / maxBatchBytes)), limits, refusals)
    }
    if (hasAccepted(first)) refusals.noteAccepted()
    if (first.division === undefined) return first
    const parts = await divide(batch, first, { limits, refusals, until })
    return { outcomes: first.outcomes, mayBeWrittenUntil: latestOf([first, ...parts]) }
  }

  return sendBatch
}

function latestOf(made: readonly BatchResult[]): number {
  return Math.max(...made.map(({ mayBeWrittenUntil }) => mayBeWrittenUntil))
}

/** A batch cut into about `parts` parts of equal length, in order; every part has at least one row. */
function cut(batch: Batch, parts: number): Batch[] {
  const size = Math.max(1, Math.ceil(batch.rows.length / Math.max(2, parts)))
  const starts = Array.from({ length: Math.ceil(batch.rows.length / size) }, (_, part) => part * size)
  return starts.map((start) => sliceRows(batch, start, start + size))
}

function tooLarge(maxBatchBytes: number): Outcome {
  return rejectedHere([
    { code: 'ROW_TOO_LARGE', message: `The row alone is larger than an upstream request allows (${maxBatchBytes} bytes).` },
  ])
}

/** Requests that may be spent on a batch that is declined as a whole. */
const MAX_REQUESTS_PER_BATCH = 40

/**
 * Bisects a batch until the rows that spoil it stand alone. Outcomes of the parts are written into those of the first attempt;
 * resolves with the further attempts. After `until` (`performance.now`) no further part is sent.
 */
function createDivide(upstream: UpstreamPort, attempt: Attempt) {
  async function sendPart(part: Batch, limits: TenantLimits): Promise<Attempted> {
    using request = upstream.prepare(part)
    return await attempt(part, request, limits)
  }

  return async (
    whole: Batch,
    { outcomes, requests: requestsMade, division }: Attempted,
    { limits, refusals, until }: { readonly limits: TenantLimits; readonly refusals: Refusals; readonly until: number },
  ): Promise<readonly Attempted[]> => {
    const study = createStudy(refusals)
    const made: Attempted[] = []
    // First in, first out: large parts go before small ones, so that most rows are through when the requests are spent.
    const parts = [...(await study.partsOf(division))]
    const untried = parts.length === 0 ? [...(division?.parts.flat() ?? [])] : []
    try {
      for (let requests = requestsMade, part = parts.shift(); part !== undefined; part = parts.shift()) {
        const places = part
        if (requests >= MAX_REQUESTS_PER_BATCH || performance.now() >= until) {
          untried.push(...places)
          continue
        }
        const attempted = await sendPart(pickRows(whole, places), limits)
        made.push(attempted)
        requests += attempted.requests
        attempted.outcomes.forEach((outcome, at) => {
          const place = places[at] as number
          outcomes[place] = outcomeAfter(outcomes[place], outcome)
        })
        if (hasAccepted(attempted)) study.noteAccepted()
        for (const within of await study.partsOf(attempted.division)) parts.push(within.map((at) => places[at] as number))
      }
    } finally {
      study.end()
    }
    // Where no row was accepted the upstream's refusal holds for all of them; else some of the untried ones may be good.
    const mayBeGood = study.hasGoodRows() ? untried : await intendAgain(whole, untried)
    for (const place of mayBeGood) outcomes[place] = unprocessable(outcomes[place] as Outcome)
    return made
  }
}

/** What is learnt while one batch is divided, and shared with the other batches of its destination. */
function createStudy(refusals: Refusals) {
  let refusal: string | undefined
  let hasGoodRows = false
  return {
    hasGoodRows: () => hasGoodRows,
    /** The parts to send; none where dividing is known not to help. */
    async partsOf(division: Division | undefined): Promise<Division['parts']> {
      if (division === undefined) return []
      if (division.refusal === undefined || refusal !== undefined) return division.parts
      if (!(await refusals.isWorthDividing(division.refusal))) return []
      refusal = division.refusal
      return division.parts
    },
    noteAccepted(): void {
      hasGoodRows = true
      refusals.noteAccepted()
    },
    end(): void {
      if (refusal !== undefined) refusals.noteDivided(refusal, hasGoodRows)
    },
  }
}

/** What was learnt about the refusals of one destination, so that not every batch is divided in vain. */
export interface Refusals {
  /** Whether a batch with this refusal is worth dividing; waits while another batch finds that out. */
  isWorthDividing(refusal: string): Promise<boolean>
  /** Notes whether dividing a batch has found good rows. */
  noteDivided(refusal: string, hasGoodRows: boolean): void
  /** Notes that the upstream accepted rows. */
  noteAccepted(): void
}

/**
 * 1. Until dividing has found a good row, one batch is divided at a time and the others wait. 2. After one was divided in vain,
 * later ones with the same refusal are not divided. 3. Any accepted row lifts both rules.
 */
export function createRefusals(): Refusals {
  let inVain: string | undefined
  let hasHelped = false
  let study: PromiseWithResolvers<void> | undefined

  function endStudy(): void {
    study?.resolve()
    study = undefined
  }

  return {
    async isWorthDividing(refusal) {
      while (study !== undefined) await study.promise
      if (refusal === inVain) return false
      if (!hasHelped) study = Promise.withResolvers()
      return true
    },
    noteDivided(refusal, hasGoodRows) {
      hasHelped = hasGoodRows
      inVain = hasGoodRows ? undefined : refusal
      endStudy()
    },
    noteAccepted() {
      hasHelped = true
      inVain = undefined
      endStudy()
    },
  }
}

/** Whether the upstream accepted any of the rows. */
function hasAccepted({ outcomes }: Attempted): boolean {
  return outcomes.some(({ status }) => status === 'ACCEPTED')
}

/** The outcome of a row whose part of a declined batch was not tried: it keeps the upstream's words, and is worth another try. */
function unprocessable(declined: Outcome): Outcome {
  if (declined.status !== 'REJECTED') return declined
  const why = `Other rows spoil the batch of this one, and ${MAX_REQUESTS_PER_BATCH} requests, or the time for them, did not show whether it is good.`
  const issues = declined.issues.map((issue) => ({ ...issue, code: 'BATCH_UNPROCESSABLE' as const, message: `${why} ${issue.message}` }))
  return { ...declined, retryable: true, issues }
}
