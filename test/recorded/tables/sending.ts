import type { Batch, SendJournal } from '../../../src/ingest/batch.ts'
import { createEvents } from '../../../src/ingest/events.ts'
import { createLimitsByTenant } from '../../../src/ingest/limits/tenant-limits.ts'
import type { Operation, Outcome } from '../../../src/ingest/outcome.ts'
import { createRefusals, createSendBatch } from '../../../src/ingest/send-batch.ts'
import type { Answer, Verdict } from '../../../src/ingest/upstream-port.ts'
import { wireRows } from '../../../src/rows/chunk.ts'
import { readOrigin } from '../../../src/util/request-origin.ts'
import { secret } from '../../../src/util/secret.ts'
import { type Chance, createChance } from '../../support/random.ts'
import { resourceNamed } from '../../support/rows.ts'
import { takeClock } from '../../support/virtual-clock.ts'
import { wireText } from '../../support/wire-text.ts'
import { inTurn, type Table } from './table.ts'

const resource = resourceNamed('Products')
const solution = { name: 'S', modules: [resource.module], prefix: '', suffix: '' }

const ACCEPTED: Verdict = { kind: 'accepted' }
const NONE: Verdict = { kind: 'none', reason: 'NO_VERDICT' }
const rejected = (code: string): Verdict => ({ kind: 'rejected', errors: [{ code }] })
const BAD = /[xy]/

/** What an upstream makes of rows, of which those called x and y are bad: like one that is well, or failing in some way. */
function answerTo(names: readonly string[], chance: Chance): Answer {
  const isBad = names.map((name) => BAD.test(name))
  const verdictsBy = (of: (name: string) => Verdict): Answer => ({ kind: 'answered', verdicts: names.map(of) })
  const refused: Answer = { kind: 'refused', failure: 'FINAL', code: 'UPSTREAM_REFUSED_BATCH', divisible: true, status: 400 }
  const judged = verdictsBy((name) => (BAD.test(name) ? rejected('NEVER') : ACCEPTED))
  const named = names.map((_, at) => (isBad[at] ? rejected('NEVER') : NONE))
  const draw = chance.between(0, 99)
  if (draw < 30) return isBad.some(Boolean) ? refused : judged
  if (draw < 45) return judged
  if (draw < 52) return verdictsBy(() => chance.pick([ACCEPTED, ACCEPTED, NONE, rejected('SOON'), rejected('NEVER')]))
  if (draw < 58) return { ...refused, named }
  if (draw < 64)
    return {
      ...refused,
      failure: 'NOT_YET',
      code: 'UPSTREAM_RATE_LIMITED',
      divisible: false,
      status: 429,
      retryAfterMs: chance.pick([0, 100, 9_000]),
    }
  if (draw < 70) return { kind: 'lost', failure: 'UNAVAILABLE', reason: 'UPSTREAM_ERROR', retryAfterMs: chance.pick([0, 200]) }
  if (draw < 76)
    return { kind: 'lost', failure: 'LOST', reason: 'CONNECTION_LOST', ...(chance.percent(30) && { mayStillBeWritten: true as const }) }
  if (draw < 84) return { kind: 'unsent', failure: 'UNSENT' }
  return refused
}

const LETTERS = { ACCEPTED: 'a', REJECTED: 'r', UNCONFIRMED: 'u' }

function lettersOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '?'
  const { status } = outcome
  const why =
    status === 'REJECTED'
      ? ` ${outcome.issues.map(({ code, upstreamCode }) => upstreamCode ?? code).join('+')}${outcome.retryable ? ' again' : ''}`
      : ''
  const after = 'retryAfterMs' in outcome ? ` in ${outcome.retryAfterMs}` : ''
  return `${LETTERS[status]}${why}${status === 'UNCONFIRMED' ? ` ${outcome.reason}${outcome.safeToResend ? ' safe' : ''}` : ''}${after}`
}

interface Sent {
  readonly seed: number
  readonly operation: Operation
  readonly vouched: boolean
  readonly isJournaled: boolean
}

/** One batch on its way: every request with its time, what it came to, what the journal is asked, and what becomes of each row. */
async function sent({ seed, operation, vouched, isJournaled }: Sent): Promise<string> {
  const clock = takeClock()
  const { random } = Math
  const chance = createChance(seed * 1_000 + (operation === 'APPEND' ? 1 : 0) + (vouched ? 2 : 0) + (isJournaled ? 4 : 0))
  Math.random = () => 0.5
  try {
    const seen: string[] = []
    const say = (what: string) => void seen.push(`${Math.round(performance.now())}: ${what}`)
    const names = Array.from({ length: chance.between(1, 12) }, (_, at) => `${chance.percent(15) ? chance.pick(['x', 'y']) : 'g'}${at}`)
    const namesIn = (batch: Batch) => wireText(batch.rows).match(/[gxy]\d+/g) ?? []
    const upstream = {
      prepare: (batch: Batch) => ({
        byteLength: namesIn(batch).length * 10,
        async send(signal: AbortSignal, noteLeft: () => void): Promise<Answer> {
          noteLeft()
          const rows = namesIn(batch)
          const answer = answerTo(rows, chance)
          const hangs = chance.percent(6)
          say(
            `${rows.join(' ')}, since ${Math.round(batch.waitingSince)}: ${hangs ? 'hangs' : answer.kind}${'status' in answer ? ` ${answer.status}` : ''}`,
          )
          await new Promise<void>((resolve) => {
            if (!hangs) setTimeout(resolve, chance.pick([1, 10, 300]))
            signal.addEventListener('abort', () => resolve())
          })
          return signal.aborted ? { kind: 'lost', failure: 'LOST', reason: 'TIMED_OUT' } : answer
        },
        [Symbol.dispose]: () => {},
      }),
    }
    const journalOf = (name: string): SendJournal => ({
      async intend(rows) {
        const mayLeave = !chance.percent(12)
        say(`${name} intends ${rows.join(' ')}${mayLeave ? '' : ', may not'}`)
        return mayLeave
      },
      withdraw: async (rows) => say(`${name} withdraws ${rows.join(' ')}`),
      tell: async () => {},
    })
    const journals = ['one', 'two', 'three'].slice(0, seed % 2 === 0 ? 1 : 3).map(journalOf)
    // A clock that begins at zero says nothing of what is added to it by mistake.
    await clock.pass(100_000)
    const batch: Batch = {
      destination: { tenant: { id: 'T', credential: secret('t') }, solution, resource, operation, dryRun: false },
      rows: wireRows(names.map((product_id) => ({ product_id }))),
      origins: [readOrigin({ headers: {} })],

      waitingSince: performance.now(),
      sentUntil: performance.now() + chance.pick([1_500, 9_800, 30_000]),
      ...(isJournaled && { journaled: names.map((_, index) => ({ journal: chance.pick(journals), index })) }),
    }
    const limits = createLimitsByTenant({ concurrency: 2, requestsPerSecond: 100, events: createEvents() }).limitsOf('T')
    const choices = { retryableCodes: new Set(['SOON']), retryAppendOn503: vouched, bisectAppend: vouched }
    const times = { attemptTimeoutMs: 1_000, attemptsTimeoutMs: 4_000 }
    const maxBatchBytes = chance.pick([50, 1_000])
    const send = createSendBatch(upstream, { ...times, maxBatchBytes, retry: choices, events: createEvents() })
    let result: Awaited<ReturnType<typeof send>> | undefined
    void send(batch, limits, createRefusals()).then((sent) => {
      result = sent
    })
    await clock.runUntil(() => result !== undefined)
    say(`may be written until ${Math.round(result?.mayBeWrittenUntil ?? 0)}`)
    const told = names.map((name, at) => `${name} ${lettersOf(result?.outcomes[at])}`)
    return [`${operation}${vouched ? ' vouched' : ''}${isJournaled ? ' journaled' : ''} ${seed}`, ...seen, told.join(', ')].join('\n  ')
  } finally {
    Math.random = random
    clock.restore()
  }
}

/** Batches on their way to an upstream that fails in every way. */
export const sending: Table = {
  name: 'sending',
  title: 'Batches on their way: which rows leave when, what is sent again or divided, and what becomes of each row.',
  about: 'Rows that begin with x or y are bad. a: accepted, r: rejected, u: unconfirmed.',
  lines: () =>
    inTurn(
      (['UPSERT', 'APPEND'] as const).flatMap((operation) =>
        [false, true].flatMap((vouched) =>
          [false, true].flatMap((isJournaled) =>
            Array.from({ length: 12 }, (_, seed) => () => sent({ seed, operation, vouched, isJournaled })),
          ),
        ),
      ),
    ),
}
