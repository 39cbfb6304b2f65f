import { mkdirSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createChance } from '../support/random.ts'
import { checkHistory, type Judgement } from './check-history.ts'
import type { Figure } from './figure.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { openHistory } from './history.ts'
import { createCallers } from './laws-callers.ts'
import { SOLUTIONS } from './laws-rows.ts'
import { startLawsUpstream } from './laws-upstream.ts'

const ROWS = { full: 200_000, short: 20_000 }
const FAULTS_PERCENT = [5, 15, 35]
const CALM_TENANTS = ['calm-1', 'calm-2', 'calm-3', 'calm-4', 'calm-5']
const CALM_PER_SECOND = 10
const EAGER_TENANT = 'eager'
const EAGER_CALLERS = 12
const RATE = 50
const CONCURRENCY = 8
const ATTEMPT_MS = 1_000
const SHOWN = 20
const DIRECTORY = '.data/fire'

/** Rows of several tenants under faults at three shares of all calls; what happened is written to a file, and a checker that knows nothing else judges it. */
export async function laws(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  mkdirSync(DIRECTORY, { recursive: true })
  const figures: Figure[] = []
  for (const faultsPercent of FAULTS_PERCENT) {
    const file = `${DIRECTORY}/laws-${faultsPercent}.ndjson`
    rmSync(file, { force: true })
    say(`faults at ${faultsPercent} % of calls; the history is ${file}`)
    await record(file, faultsPercent, ROWS[mode], say)
    const judgement = await checkHistory(file)
    report(judgement, say)
    figures.push(...figuresOf(faultsPercent, judgement))
  }
  return figures
}

/** Runs a gateway between callers and an upstream that misbehaves, until so many rows have an answer. */
async function record(file: string, faultsPercent: number, rows: number, say: (line: string) => void): Promise<void> {
  const seed = Date.now() % 1_000_000
  say(`seed ${seed}`)
  const history = openHistory(file)
  history.note({ event: 'settings', requestsPerSecond: RATE, concurrency: CONCURRENCY, attemptTimeoutMs: ATTEMPT_MS, faultsPercent })
  const upstream = await startLawsUpstream({ file, seed, faultsPercent, unlimited: EAGER_TENANT })
  const gateway = await startGatewayProcess(upstream.url, {
    SOLUTIONS: JSON.stringify(SOLUTIONS),
    REQUESTS_PER_SECOND: String(RATE),
    UPSTREAM_CONCURRENCY: String(CONCURRENCY),
    ATTEMPT_TIMEOUT_MS: String(ATTEMPT_MS),
    APPEND_BISECT: 'on',
  })
  const callers = createCallers(gateway.url, rows, createChance(seed + 1), history)
  const saying = setInterval(() => say(`${callers.rows()} rows sent`), 15_000)
  await Promise.all([...CALM_TENANTS.map((tenant) => callers.paced(tenant, CALM_PER_SECOND)), callers.eager(EAGER_TENANT, EAGER_CALLERS)])
  clearInterval(saying)
  // What an upstream writes late belongs to the history.
  await pause(2 * ATTEMPT_MS)
  await gateway.stop()
  await upstream.close()
  history.close()
}

function report({ broken, rows, tenants, unconfirmedAfter, unconfirmedNotApplied }: Judgement, say: (line: string) => void): void {
  for (const violation of broken.slice(0, SHOWN)) say(violation)
  say(`rows: ${listOf(rows)}; of those unconfirmed ${unconfirmedNotApplied} were never written`)
  say(`unconfirmed after ${listOf(unconfirmedAfter)}`)
  for (const { tenant, load, calls, firstTries, upserts, unconfirmedUpserts } of tenants)
    say(
      `${tenant}: ${Math.round(100 * load)} % of its rate, ${calls} calls for ${firstTries}, ${unconfirmedUpserts} of ${upserts} UPSERT rows unconfirmed`,
    )
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

function figuresOf(faultsPercent: number, { broken, tenants, callsPerBatch }: Judgement): Figure[] {
  const calm = tenants.filter(({ tenant }) => CALM_TENANTS.includes(tenant))
  const sum = (count: (tenant: (typeof tenants)[number]) => number) => calm.reduce((total, tenant) => total + count(tenant), 0)
  const share = sum(({ unconfirmedUpserts }) => unconfirmedUpserts) / sum(({ upserts }) => upserts)
  return [
    { name: `${faultsPercent} %: laws broken`, value: broken.length, most: 0 },
    { name: `${faultsPercent} %: UPSERT rows unconfirmed at up to half the rate, %`, value: 100 * share, most: 2 },
    {
      name: `${faultsPercent} %: load of those tenants over their rate, the largest`,
      value: Math.max(...calm.map(({ load }) => load)),
      most: 0.5,
    },
    { name: `${faultsPercent} %: calls a batch`, value: callsPerBatch },
  ]
}
