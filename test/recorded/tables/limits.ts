import { createBreaker, createHostBreaker, type RequestResult } from '../../../src/ingest/limits/circuit-breaker.ts'
import { createBulkPace } from '../../../src/ingest/limits/fair-semaphore.ts'
import { createRateLimiter, type Passage, type RateLimiter } from '../../../src/ingest/limits/rate-limiter.ts'
import { createRetryBudget } from '../../../src/ingest/retry-policy.ts'
import type { Chance } from '../../support/random.ts'
import { inTurn, type Table } from './table.ts'
import { type Step, walk } from './walk.ts'

const rounded = (value: number) => String(Math.round(value * 1_000) / 1_000)

/** First tries, and how many repeats of some are paid for. */
function budget(chance: Chance): Step {
  const { earn, spend } = createRetryBudget()
  return () => {
    const [tries, wanted] = [chance.pick([0, 0, 1, 4, 5, 6, 9, 26]), chance.between(0, 13)]
    for (let nth = 0; nth < tries; nth++) earn()
    return `${tries} tries, ${wanted} repeats: ${Array.from({ length: wanted }, () => (spend() ? '+' : '-')).join('')}`
  }
}

const RESULTS: readonly RequestResult[] = [
  { kind: 'unsent' },
  { kind: 'lost', reason: 'TIMED_OUT' },
  { kind: 'lost', reason: 'UPSTREAM_ERROR', status: 500 },
  { kind: 'lost', reason: 'UNREADABLE_ANSWER' },
  { kind: 'answered' },
  { kind: 'refused', status: 409 },
  { kind: 'withheld' },
]

/** How a request ends: mostly as those before it, so that failures come in rows. */
function resultsOf(chance: Chance): () => RequestResult {
  let result: RequestResult = { kind: 'unsent' }
  return () => {
    if (chance.percent(8)) result = chance.pick(RESULTS)
    return chance.percent(4) ? chance.pick(RESULTS) : result
  }
}

/** Requests under way, some of which end at each step, in any order. */
function breakers(host: boolean) {
  return (chance: Chance): Step => {
    const changes: boolean[] = []
    const note = (isOpen: boolean) => void changes.push(isOpen)
    const own = createBreaker(note)
    const shared = createHostBreaker(note)
    const next = resultsOf(chance)
    const underWay: (() => void)[] = []
    const send = () => {
      const ending = Promise.withResolvers<RequestResult>()
      underWay.push(() => (chance.percent(3) ? ending.reject(new Error('defect')) : ending.resolve(next())))
      return ending.promise
    }
    const run = async (tenant: string): Promise<string> => {
      const ran = host ? shared.run(tenant, [], send) : own.run([], send)
      return await ran.then(
        (result) => `${tenant} ${result.kind}${'reason' in result ? ` ${result.reason}` : ''}`,
        () => `${tenant} defect`,
      )
    }
    return async () => {
      const ended: string[] = []
      for (let nth = chance.between(0, 4); nth > 0; nth--) void run(chance.pick([...'ABCDEFG'])).then((end) => ended.push(end))
      for (let nth = chance.between(0, 5); nth > 0 && underWay.length > 0; nth--)
        underWay.splice(chance.between(0, underWay.length - 1), 1)[0]?.()
      for (let turn = 0; turn < 8; turn++) await Promise.resolve()
      return `${ended.join(', ')}; ${changes.splice(0).map((isOpen) => (isOpen ? 'opens ' : 'closes '))}${(host ? shared : own).isOpen() ? 'open' : 'closed'}`
    }
  }
}

function stateOf({ used, allowed, untilFree }: RateLimiter): string {
  return `used ${used()} of ${allowed()}, free in ${rounded(untilFree(0))} ${rounded(untilFree(1))} ${rounded(untilFree(99))}`
}

/** Callers that pass, leave, are answered, answered 429, or give up. */
function rates(perSecond: number) {
  return (chance: Chance): Step => {
    const rate = createRateLimiter(perSecond)
    const passages: { readonly passage: Passage; readonly at: number }[] = []
    const waiting: AbortController[] = []
    let passed = 0
    const enter = (passage: Passage | undefined) => {
      if (passage === undefined) return
      passed++
      passages.push({ passage, at: performance.now() })
    }
    const anyPassage = () => passages[chance.between(0, passages.length - 1)]
    const acts: Record<string, () => unknown> = {
      comes: () => {
        const ending = new AbortController()
        waiting.push(ending)
        const passing = rate.pass(ending.signal)
        if (passing instanceof Promise) void passing.then(enter)
        else enter(passing)
      },
      leaves: () => anyPassage()?.passage.noteLeft(),
      over: () => passages.splice(chance.between(0, passages.length - 1), 1)[0]?.passage.noteOver(),
      slower: () => rate.slowDown(anyPassage()?.at ?? performance.now()),
      'gives up': () => waiting.splice(chance.between(0, waiting.length - 1), 1)[0]?.abort(),
    }
    return async () => {
      const act = chance.pick([
        'comes',
        'comes',
        'comes',
        'leaves',
        'leaves',
        'over',
        'over',
        'gives up',
        ...(chance.percent(20) ? ['slower'] : []),
      ])
      const times = act === 'slower' ? 1 : chance.between(1, Math.max(3, perSecond / 3))
      for (let nth = 0; nth < times; nth++) acts[act]?.()
      for (let turn = 0; turn < 4; turn++) await Promise.resolve()
      return `${act} ${times}: ${passed} passed; ${stateOf(rate)}`
    }
  }
}

/** Bulk work beside interactive work that comes and goes. */
function paces(perSecond: number) {
  return (chance: Chance): Step => {
    const rate = createRateLimiter(perSecond)
    const pace = createBulkPace(rate)
    const send = () => {
      const passage = rate.pass()
      if (!(passage instanceof Promise)) passage.noteOver()
    }
    return () => {
      const act = chance.pick(['bulk', 'bulk', 'bulk', 'interactive', 'both', 'nothing'])
      const before = pace.wait()
      if (act === 'interactive' || act === 'both') {
        pace.noteInteractive()
        send()
      }
      if ((act === 'bulk' || act === 'both') && before === 0) {
        pace.noteBulk()
        send()
      }
      return `waits ${rounded(before)}, ${act}: then ${rounded(pace.wait())}`
    }
  }
}

const SHORT = [0, 0, 1, 7, 20, 49, 50, 51, 120]
const LONG = [0, 0, 40, 250, 950, 999, 1_000, 1_049, 1_050, 1_051, 2_000]

/** What bounds a tenant's requests, walked through at random. */
export const limits: Table = {
  name: 'limits',
  title:
    'What bounds requests, on a clock of its own: each step says how long after the one before it comes, what is done, and what is seen.',
  about: `
Retry budget: + is a repeat that is paid for, - one that is not. Rate: when one may pass, when one beside another, and when one beside all others.`,
  lines: () =>
    inTurn([
      ...[1, 2, 3].map((seed) => () => walk('retry budget', seed, 40, [0, 0, 99, 100, 700, 1_000, 4_000, 9_999, 10_000], budget)),
      ...[1, 2, 3, 4].map((seed) => () => walk('breaker', seed, 60, LONG, breakers(false))),
      ...[1, 2, 3, 4].map((seed) => () => walk('breaker of the host', seed, 60, LONG, breakers(true))),
      ...[1, 4, 20].map((rate) => () => walk('rate', rate, 80, [...SHORT, 300, 949, 950, 1_000, 1_001], rates(rate))),
      ...[2, 10, 50].map((rate) => () => walk('bulk pace', rate, 60, [...SHORT, 250, 500, 1_000, 2_000], paces(rate))),
    ]),
}
