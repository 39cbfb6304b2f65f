import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { contract } from '../../../schema/index.ts'
import { createApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { readTenant } from '../../../src/identity.ts'
import { FAST } from '../gateway.ts'
import { startSandboxHere } from '../sandbox.ts'
import { pass, takeClock } from '../virtual-clock.ts'
import { metricLines } from './answer-text.ts'
import { watchLoop } from './busy-loop.ts'
import { type Answered, fetchText, type Sent, send, sendBytes } from './caller.ts'
import { takeMachine } from './machine.ts'
import { createTrace, digestOf, inRuns, shortened, type Trace } from './trace.ts'
import { type Answering, answeringBy, startRecordedUpstream, takesAll } from './upstream.ts'

/** What callers and an upstream do, of which the gateway's part is recorded. */
export interface Scenario {
  /** Names the recording. */
  readonly name: string
  /** A sentence on what is to be seen. */
  readonly title: string
  /** What a reader of the recording should know. */
  readonly about: string
  readonly settings?: Readonly<Record<string, string>>
  /** Further settings, which name files in a folder of its own or paths of its upstream. */
  prepare?(folder: string, upstreamUrl: string): Promise<Readonly<Record<string, string>>>
  /** Has a sandbox, which answers what the upstream leaves to it. */
  readonly hasSandbox?: boolean
  /** How its upstream answers; it takes every row where nothing is said. */
  readonly upstream?: (sandbox: Answering) => Answering
  play(world: World): Promise<unknown>
}

/** How a mutation is sent beside its rows. */
interface IngestCall {
  readonly solution?: string
  readonly dryRun?: boolean
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a scenario does things with. Time passes only where it is waited for. */
export interface World {
  readonly pass: (ms: number) => Promise<void>
  /** Sends anything. */
  send(caller: string, sent: Sent): Promise<Answered>
  /** Sends a document with the token of the caller. */
  query(caller: string, query: string, variables?: object, headers?: Readonly<Record<string, string>>): Promise<Answered>
  /** Sends rows, and asks for all there is to be told of them. */
  ingest(caller: string, mutation: string, rows: unknown, call?: IngestCall): Promise<Answered>
  /** Has the figures of this time in the trace. */
  noteMetrics(): Promise<void>
  /** Says in the trace what follows. */
  say(words: string): void
  /** Sends bytes as they are, and has the trace of what comes until the connection ends. */
  sendBytes(caller: string, bytes: string): Promise<void>
  /** Has a text that chance has made stand under a name in the trace. */
  name(text: string, name: string): void
  /** How busy the event loop says that it is, from 0 to 1. */
  setBusy(share: number): void
  /** Sets the clock of the day forward; timers go by another. */
  setForward(ms: number): void
  /** Stops the gateway. */
  stop(): Promise<void>
}

const PAYLOAD = `requestId object operation dryRun acceptedCount rejectedCount unconfirmedCount replayedCount retryableCount retryAfterMs warnings
  issueSummary { code field count firstIndexes message }
  rows { __typename ... on IngestedRow { index key }
    ... on RejectedRow { by retryable retryAfterMs issues { code field column message hint upstreamCode } }
    ... on UnconfirmedRow { reason safeToResend } }`

/** Nothing is served that only people look at. */
const SETTINGS = {
  PORT: '0',
  SANDBOX_FILE: ':memory:',
  STORE_FILE: ':memory:',
  GRAPHIQL: 'off',
  CONSOLE: 'off',
  REPLICA_ID: 'here',
  MEMORY_BUDGET_BYTES: '500000000',
}

/** What comes so late is seen as well. */
const SETTLED_MS = 200

const SANDBOX = { contract, solutions: [], file: ':memory:', port: 0, keepRequests: false, requestsPerSecond: 10_000 }

/** Plays a scenario on a clock of its own, and says in text all that the gateway did. */
export async function record(scenario: Scenario): Promise<string> {
  const loop = watchLoop()
  const trace = createTrace()
  const clock = takeClock(undefined, () => {
    const isBusy = loop.isBusy()
    if (!isBusy) trace.endStep()
    return isBusy
  })
  const giveBack = takeMachine(loop)
  const endings: Endings = []
  try {
    let isOver = false
    const run = playIn(scenario, trace, endings).finally(() => {
      isOver = true
    })
    await Promise.all([run, clock.runUntil(() => isOver)])
    return `${scenario.title}\n\n${scenario.about.trim()}\n\n${trace.text()}`
  } finally {
    giveBack()
    clock.restore()
    loop.stop()
    for (const end of endings) await end()
  }
}

type Endings = (() => Promise<unknown>)[]

async function playIn(scenario: Scenario, trace: Trace, endings: Endings): Promise<void> {
  const { settings, prepare, hasSandbox, upstream: answering = (sandbox) => (hasSandbox ? sandbox : takesAll), play } = scenario
  const sandbox = hasSandbox ? await startSandboxHere(SANDBOX) : undefined
  if (sandbox !== undefined) endings.push(sandbox.close)
  const upstream = await startRecordedUpstream(trace, answering(answeringBy(sandbox?.url)))
  endings.push(upstream.close)
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-recorded-'))
  endings.push(() => rm(folder, { recursive: true }))
  trace.name(folder, '<folder>')
  const prepared = await prepare?.(folder, upstream.url)
  const config = readConfig({ ...SETTINGS, INGESTION_URL: upstream.url, ...settings, ...prepared }, contract.modules)
  const app = await createApp(config, contract, pino({ base: null, level: config.log.level }, logInto(trace)), { fast: FAST })
  let close: Promise<void> | undefined
  const stop = () => {
    close ??= app.close()
    return close
  }
  endings.unshift(stop)
  const url = await app.listen()
  trace.name(`127.0.0.1:${url.port}`, 'gateway')
  const world = createWorld(trace, url, stop)
  await play(world)
  await pass(SETTLED_MS)
  if (close === undefined) await world.noteMetrics()
  await stop()
  // Timers of undici that were cleared are forgotten by then; with any left it would wait for a tick of this clock in the next run.
  await pass(2_000)
}

function createWorld(trace: Trace, url: URL, stop: () => Promise<void>): World {
  const counts = new Map<string, number>()
  /** Told in full once. */
  const documents = new Set<string>()
  const sendAs = async (caller: string, sent: Sent) => {
    // At a time of its own, so that who comes first is certain.
    await pass(1)
    trace.name(readTenant(`token-${caller}`, undefined).id, `<tenant ${caller}>`)
    const nth = (counts.get(caller) ?? 0) + 1
    counts.set(caller, nth)
    return await send(trace, url, `${caller}-${nth}`, sent)
  }
  function post(caller: string, words: string, parameters: object, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    const token = `token-${caller}`
    const about = Object.entries(headers).map(([header, value]) => ` ${header}: ${value}`)
    const all = { authorization: token, 'content-type': 'application/json', ...headers }
    return sendAs(caller, { words: words + about.join(''), headers: all, body: JSON.stringify(parameters) })
  }
  return {
    ...{ pass, stop },
    send: sendAs,
    query(caller, document, variables, headers) {
      const words = document.replace(/\s+/g, ' ')
      const shown = documents.has(document) ? `${words.slice(0, 40)} ...` : words
      documents.add(document)
      return post(caller, [shown, ...(variables ? [JSON.stringify(variables)] : [])].join(' '), { query: document, variables }, headers)
    },
    ingest: (caller, mutation, rows, { headers, ...args } = {}) => {
      const type = `${mutation.replace(/^(upsert|append)/, '')}RowInput`
      const document = `mutation ($rows: [${type}!]!, $solution: String, $dryRun: Boolean, $key: String) {
        ${mutation}(rows: $rows, solution: $solution, dryRun: $dryRun, idempotencyKey: $key) { ${PAYLOAD} } }`
      const about = Object.entries(args).map(([name, value]) => ` ${name}: ${value}`)
      return post(caller, `${mutation}${about.join('')} ${rowsText(rows)}`, { query: document, variables: { rows, ...args } }, headers)
    },
    async noteMetrics() {
      await pass(1)
      trace.note('told', 'metrics', metricLines(await fetchText(url, '/metrics')))
    },
    async sendBytes(caller, bytes) {
      await pass(1)
      await sendBytes(trace, url, caller, bytes)
    },
    name: trace.name,
    say: (words) => trace.note('caller', `-- ${words}`),
    setForward(ms) {
      const { now } = Date
      Date.now = () => now() + ms
    },
    setBusy(share) {
      Object.assign(performance, { eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: share }) })
    },
  }
}

const MOST_OF_ROWS = 250

function rowsText(rows: unknown): string {
  const text = JSON.stringify(rows)
  if (text.length <= MOST_OF_ROWS || !Array.isArray(rows)) return shortened(text)
  return `${rows.length} rows ${inRuns(rows.map((row) => String(Object.values(row ?? {})[0])))} ${digestOf(text)}`
}

function logInto(trace: Trace): Writable {
  return new Writable({
    write(chunk, _, done) {
      const { level, time: _time, msg, defect, ...about } = JSON.parse(String(chunk))
      const named = defect === undefined ? about : { ...about, defect: defect.name }
      trace.note('log', `log ${pino.levels.labels[level]} ${msg} ${JSON.stringify(named)}`)
      done()
    },
  })
}
