import { setTimeout as pause } from 'node:timers/promises'
import { startPostgres } from '../support/postgres.ts'
import { atEnd } from './at-end.ts'
import { checkKeyedRun, type KeyedFindings } from './check-keyed-run.ts'
import { createClient, openLoop, type Reply } from './client.ts'
import { type Figure, quantile } from './figure.ts'
import { mutationBody, startGatewayProcess } from './gateway-process.ts'
import { ask, askUntilSettled, type KeyedAnswer, type KeyedMutation, keyedMutation } from './keyed-client.ts'
import { startKeyedUpstream } from './keyed-upstream.ts'

const HEALTHY_S = { full: 15, short: 4 }
const PER_SECOND = { keyed: 5, unkeyed: 20 }
const ROWS = 20
/** Of every fifth mutation with a key: these have several requests to go. */
const MANY_ROWS = 2_000
/** Mutations that are sent before, while code is compiled. */
const WARM_UP = 100
/** How the server is stopped, and for how long it is away. */
const RESTARTS = [
  { mode: 'fast', awayMs: 0 },
  { mode: 'immediate', awayMs: 0 },
  { mode: 'fast', awayMs: 6_000 },
  { mode: 'immediate', awayMs: 6_000 },
] as const
const PATIENCE_MS = 60_000
const DECLINED = ['STORE_UNAVAILABLE', 'IDEMPOTENCY_IN_PROGRESS', 'OVERLOADED']

/** PostgreSQL restarts, in several ways, under mutations with a key and others without. */
export async function postgresRestart(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const server = await startPostgres({ waitsForDisk: true })
  if (server === undefined) return []
  atEnd(server.remove)
  const upstream = await startKeyedUpstream({ seed: 1, fromMs: 20, toMs: 40 })
  atEnd(upstream.close)
  const settings = { DATABASE_URL: await server.create('keys'), REQUESTS_PER_SECOND: '1000000' }
  const gateway = await startGatewayProcess(upstream.urlFor('g1'), settings)
  const client = createClient(gateway.url, 'unkeyed')

  for (let nth = 0; nth < WARM_UP; nth++) {
    await client.send(mutationBody('append', `W${nth}`, ROWS))
    await ask(gateway.url, keyedMutation(`W${nth}`, ROWS), PATIENCE_MS)
  }
  const keyed: Sent[] = []
  const unkeyed: Unkeyed[] = []
  let isAway = false
  const seconds = (RESTARTS.length + 1) * HEALTHY_S[mode] + RESTARTS.reduce((sum, { awayMs }) => sum + awayMs / 1_000 + 1, 0)
  const loads = Promise.all([
    openLoop(PER_SECOND.keyed, seconds, async (nth) => {
      const mutation = keyedMutation(`P${nth}`, nth % 5 === 0 ? MANY_ROWS : ROWS)
      keyed.push({ mutation, answers: await askUntilSettled(() => ask(gateway.url, mutation, PATIENCE_MS)) })
    }),
    openLoop(PER_SECOND.unkeyed, seconds, async (nth) => {
      const wasAway = isAway
      const reply = await client.send(mutationBody('append', `U${nth}`, ROWS))
      unkeyed.push({ ...reply, isAway: wasAway || isAway })
    }),
  ])
  for (const { mode: how, awayMs } of RESTARTS) {
    await pause(HEALTHY_S[mode] * 1_000)
    say(`stopped (${how}), away for ${awayMs} ms; so far ${keyed.length} mutations with a key and ${unkeyed.length} others`)
    isAway = true
    await server.stop(how)
    await pause(awayMs)
    await server.start()
    isAway = false
  }
  await loads
  client.close()
  await gateway.stop()
  const found = checkKeyedRun({ mutations: keyed, requests: await upstream.take(), breaks: [], mostInFlight: 0 })
  sayCodes(keyed, say)
  for (const { counts, code, ms } of unkeyed)
    if (counts?.acceptedCount !== ROWS) say(`without a key: ${code ?? JSON.stringify(counts)} after ${Math.round(ms)} ms`)
  return [...figuresOfUnkeyed(unkeyed), ...figuresOfKeyed(keyed, found)]
}

interface Unkeyed extends Reply {
  /** It was under way while the server was stopped, or starting. */
  readonly isAway: boolean
}

interface Sent {
  readonly mutation: KeyedMutation
  readonly answers: readonly KeyedAnswer[]
}

function codesOf(keyed: readonly Sent[]): string[] {
  return keyed.flatMap(({ answers }) =>
    answers.flatMap(({ code, payload }) => [
      ...(code === undefined ? [] : [code]),
      ...(payload?.issueSummary ?? []).map((issue) => issue.code),
    ]),
  )
}

function sayCodes(keyed: readonly Sent[], say: (line: string) => void): void {
  const counts = Object.entries(Object.groupBy(codesOf(keyed), (code) => code)).map(([code, all]) => `${all?.length} ${code}`)
  say(`${keyed.length} mutations with a key; answers that declined them or some of their rows: ${counts.join(', ') || 'none'}`)
}

function figuresOfUnkeyed(unkeyed: readonly Unkeyed[]): Figure[] {
  const ms = (share: number, isAway: boolean) =>
    quantile(
      unkeyed.filter((reply) => reply.isAway === isAway).map((reply) => reply.ms),
      share,
    )
  return [
    { name: 'without a key: mutations', value: unkeyed.length },
    {
      name: 'without a key: mutations not accepted whole',
      value: unkeyed.filter(({ counts }) => counts?.acceptedCount !== ROWS).length,
      most: 0,
    },
    { name: 'without a key: median ms while PostgreSQL is there', value: ms(0.5, false) },
    { name: 'without a key: median ms more while it is away', value: ms(0.5, true) - ms(0.5, false), most: 50 },
    { name: 'without a key: p99 ms while PostgreSQL is there', value: ms(0.99, false) },
    { name: 'without a key: p99 ms more while it is away', value: ms(0.99, true) - ms(0.99, false), most: 50 },
  ]
}

function figuresOfKeyed(keyed: readonly Sent[], { twice, untrue, changed, rows, unconfirmed }: KeyedFindings): Figure[] {
  const strange = codesOf(keyed).filter((code) => !DECLINED.includes(code))
  const slowest = Math.max(...keyed.flatMap(({ answers }) => answers.map(({ ms }) => ms)))
  return [
    { name: 'with a key: rows, each of which has its outcome', value: rows },
    { name: 'with a key: answers that are neither outcomes nor say to ask again', value: strange.length, most: 0 },
    { name: 'with a key: slowest answer, s', value: slowest / 1_000, most: 30 },
    { name: 'with a key: rows written twice', value: twice, most: 0 },
    { name: 'with a key: rows told untruly', value: untrue, most: 0 },
    { name: 'with a key: outcomes that changed after they were final', value: changed, most: 0 },
    { name: 'with a key: rows unconfirmed at the end', value: unconfirmed, most: 0 },
  ]
}
