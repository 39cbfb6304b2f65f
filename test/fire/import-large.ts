import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Running, startProcess } from '../bench/measure/start-process.ts'
import { atEnd } from './at-end.ts'
import { createClient } from './client.ts'
import { type Figure, quantile } from './figure.ts'
import type { Flags } from './flags.ts'
import { mutationBody, startGatewayProcess } from './gateway-process.ts'
import { type ImportProcess, startImport } from './import-process.ts'
import { writeSales } from './sales-file.ts'

const ROWS = { full: 5_000_000, short: 300_000 }
const PER_SECOND = 50
const ROWS_OF_A_REQUEST = 500
const LIFTED = 1_000_000
const TOKEN = 'import-large'
/** Each takes a request of the rate away from the import. */
const SMALL_EVERY_MS = 1_000
const ALONE_SECONDS = { full: 60, short: 15 }
const UPSTREAM = fileURLToPath(new URL('./limited-upstream.ts', import.meta.url))

/**
 * A large CSV is appended through a gateway whose upstream takes 50 requests a second, while the same tenant sends small mutations.
 * `--rows 5000000`; with `--lift` the rate has no bound, and speed is what it is.
 */
export async function importLarge(mode: 'full' | 'short', say: (line: string) => void, flags: Flags): Promise<Figure[]> {
  const rows = Number(flags.rows ?? ROWS[mode])
  const isLifted = flags.lift === true
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-large-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'sales.csv')
  await writeSales(file, rows)
  const perSecond = String(isLifted ? LIFTED : PER_SECOND)
  const upstream = await startProcess({ name: 'upstream', file: UPSTREAM, env: { PER_SECOND: perSecond } })
  const settings = { REQUESTS_PER_SECOND: perSecond, STORE_FILE: join(folder, 'store.sqlite') }
  const gateway = await startGatewayProcess(upstream.url.origin, settings)
  say(`a file of ${rows} rows; the upstream takes ${isLifted ? 'all' : perSecond} requests a second`)

  const alone = isLifted ? [] : await smallMutations(gateway.url, pause(ALONE_SECONDS[mode] * 1_000))
  const started = performance.now()
  const command = startImport(file, gateway.url, TOKEN)
  const sampling = sampleMemory({ import: command.pid, gateway: gateway.pid })
  const beside = isLifted ? [] : await besideImport(gateway.url, upstream, command)
  const { code, printed } = await command.done
  const seconds = (performance.now() - started) / 1_000
  const memory = sampling.end()
  say(`exit code ${code} after ${seconds.toFixed(1)} s, reading the file twice included: ${printed.trim().split('\n').at(-1)}`)
  const { taken, declined } = await upstream.ask<Seen>('read')
  const sales = salesOf({ taken, declined })
  say(`${sales.rows} rows arrived within ${((sales.lastAt - sales.firstAt) / 1_000).toFixed(1)} s, ${declined} requests were declined`)
  await gateway.stop()
  await upstream.stop()

  const rate = sales.rows / ((sales.lastAt - sales.firstAt) / 1_000)
  const share = { name: 'rows a second', value: rate, ...(!isLifted && { least: 0.95 * PER_SECOND * ROWS_OF_A_REQUEST }) }
  return [
    { name: 'rows that did not arrive, or twice', value: Math.abs(rows - sales.rows), most: 0 },
    { name: 'exit code', value: code ?? -1, most: 0, least: 0 },
    share,
    { name: 'rows a second of the whole command', value: rows / seconds },
    ...memoryFigures('import', memory.import, 200),
    ...memoryFigures('gateway', memory.gateway, 300),
    ...(isLifted ? [] : smallFigures(alone, beside)),
  ]
}

interface Seen {
  readonly taken: Readonly<Record<string, { readonly rows: number; readonly firstAt: number; readonly lastAt: number }>>
  readonly declined: number
}

function salesOf({ taken }: Seen) {
  const [path = ''] = Object.keys(taken).filter((name) => /sale/i.test(name))
  return taken[path] ?? { rows: 0, firstAt: 0, lastAt: 0 }
}

/** Small mutations one by one until that is over; how long each took. */
async function smallMutations(url: URL, over: Promise<unknown>): Promise<number[]> {
  const client = createClient(url, TOKEN)
  const took: number[] = []
  let isOver = false
  const end = over.then(() => {
    isOver = true
  })
  for (let nth = 0; !isOver; nth++) {
    const { ms, counts, code } = await client.send(mutationBody('upsert', `S${nth}`, 10))
    if (counts?.acceptedCount !== 10) throw new Error(`A small mutation came to ${code ?? JSON.stringify(counts)}.`)
    took.push(ms)
    await Promise.race([end, pause(SMALL_EVERY_MS)])
  }
  client.close()
  return took
}

async function besideImport(url: URL, upstream: Running, { done }: ImportProcess): Promise<number[]> {
  let isDone = false
  void done.then(() => {
    isDone = true
  })
  // While the file is looked through they would be alone.
  while (!isDone && salesOf(await upstream.ask<Seen>('read')).rows === 0) await pause(100)
  return await smallMutations(url, done)
}

function smallFigures(alone: readonly number[], beside: readonly number[]): Figure[] {
  const [p90, p90Beside] = [quantile(alone, 0.9), quantile(beside, 0.9)]
  return [
    { name: `small mutations alone, p90 ms of ${alone.length}`, value: p90 },
    { name: `small mutations beside the import, p90 ms of ${beside.length}`, value: p90Beside, most: 2 * p90 },
  ]
}

const SAMPLE_MS = 250

/** What the resident memory of a process was, in MB: each sample, and the highest ever. */
interface Memory {
  readonly samples: number[]
  peak: number
}

function sampleMemory<Name extends string>(pids: Readonly<Record<Name, number>>): { end(): Record<Name, Memory> } {
  const found = Object.fromEntries(Object.keys(pids).map((name) => [name, { samples: [], peak: 0 }])) as unknown as Record<Name, Memory>
  const timer = setInterval(() => {
    for (const name of Object.keys(pids) as Name[]) sampleOf(pids[name], found[name])
  }, SAMPLE_MS)
  return {
    end() {
      clearInterval(timer)
      return found
    },
  }
}

function sampleOf(pid: number, memory: Memory): void {
  let status = ''
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    // It has ended.
  }
  const megabytes = (field: string) => (Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1_024) / 1e6
  if (megabytes('VmRSS') === 0) return
  memory.samples.push(megabytes('VmRSS'))
  memory.peak = Math.max(memory.peak, megabytes('VmHWM'))
}

/** Level means that its last part is not above its second quarter: the first is for warming up. */
function memoryFigures(name: string, { samples, peak }: Memory, most: number): Figure[] {
  const median = (from: number, to: number) => quantile(samples.slice(samples.length * from, samples.length * to), 0.5)
  return [
    { name: `memory of the ${name}, MB at most`, value: peak, most },
    { name: `memory of the ${name}: last fifth over second quarter`, value: median(0.8, 1) / median(0.25, 0.5), most: 1.15 },
  ]
}
