import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type Chance, createChance } from '../support/random.ts'
import { type Cells, type History, openHistory } from './history.ts'
import { answerTruly, refuseWhole, STRIKES, type Struck } from './laws-faults.ts'

/** How an upstream misbehaves, and where it writes down what it did. */
export interface LawsUpstreamOptions {
  readonly file: string
  readonly seed: number
  readonly faultsPercent: number
  /** The tenant that is never asked for patience. */
  readonly unlimited: string
}

/** Starts one in a thread of its own; rows whose key begins with BAD are refused, those that begin with SPOILS spoil the whole batch. */
export async function startLawsUpstream(options: LawsUpstreamOptions): Promise<{ url: string; close(): Promise<void> }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: options })
  const [url] = await once(worker, 'message')
  const close = async () => {
    worker.postMessage('close')
    await once(worker, 'exit')
  }
  return { url, close }
}

const UNREAD = 'cut before the body'
const ALL = [UNREAD, ...Object.keys(STRIKES)]
const WITHOUT_429 = ALL.filter((name) => !name.startsWith('429'))
/** So few that most rows cannot have been in a request that nobody saw. */
const DROPPED_PERCENT = 2
const SERVICE_MS = 25
const TICK_MS = 5

/** How long something that is noted now may have waited for this thread, in milliseconds. */
function createLateness(): () => number {
  // An earlier tick: after a pause timers come first, and what has waited meanwhile is read some turns later.
  let ticks = [0, 0, 0, 0, 0].map(() => performance.now())
  setInterval(() => {
    ticks = [...ticks.slice(1), performance.now()]
  }, TICK_MS)
  return () => performance.now() - (ticks[0] ?? 0)
}

function createHandler({ faultsPercent, unlimited }: LawsUpstreamOptions, chance: Chance, history: History) {
  const lateMs = createLateness()
  let requests = 0
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = ++requests
    const tenant = String(incoming.headers.authorization)
    history.note({ event: 'arrived', request, tenant, id: String(incoming.headers['x-request-id']), lateMs: lateMs() })
    let isOver = false
    const end = () => {
      if (!isOver) history.note({ event: 'ended', request, lateMs: lateMs() })
      isOver = true
    }
    response.once('close', end)
    const drawn = chance.percent(faultsPercent) ? chance.pick(tenant === unlimited ? WITHOUT_429 : ALL) : 'none'
    if (drawn === UNREAD) {
      end()
      incoming.socket.resetAndDestroy()
      return
    }
    const { rows, solution, operation, dryRun } = readBody(await text(incoming))
    const isSpoilt = rows.some(({ product_id }) => product_id?.startsWith('"SPOILS'))
    const fault = isSpoilt ? 'spoilt' : drawn
    const object = incoming.url?.split('/').at(-1) ?? ''
    history.note({ event: 'received', request, tenant, object, solution, operation, dryRun, fault, rows })
    const bad = rows.flatMap(({ product_id }, place) => (product_id?.startsWith('"BAD') ? [place] : []))
    const struck: Struck = {
      response,
      rows,
      chance,
      bad,
      end,
      apply(without = bad) {
        const places = rows.flatMap((_, place) => (without.includes(place) || bad.includes(place) ? [] : [place]))
        if (!dryRun) history.note({ event: 'applied', request, rows: places })
      },
      answer(status, body, { refused, headers } = {}) {
        history.note({ event: 'answered', request, status, ...(refused && { refused }) })
        end()
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
      },
    }
    const strike = fault === 'spoilt' ? refuseWhole : (STRIKES[fault] ?? answerTruly)
    setTimeout(strike, chance.between(0, SERVICE_MS), struck)
  }
}

type Reviver = (this: unknown, name: string, value: unknown, context: { source: string }) => unknown

/** A number stands for its own text, and everything else for what it is. */
const keepDigits: Reviver = (_, value, { source }) => (typeof value === 'number' ? { digits: source } : value)

function readBody(text: string): { rows: Cells[]; solution: string; operation: string; dryRun: boolean } {
  const body = JSON.parse(text, keepDigits as Parameters<typeof JSON.parse>[1])
  const rows = body.data.map((row: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellText(value)])),
  )
  return { rows, solution: body.solutionName, operation: body.operationType, dryRun: body.dryRun }
}

function cellText(value: unknown): string {
  return typeof value === 'object' && value !== null && 'digits' in value ? String(value.digits) : JSON.stringify(value)
}

if (parentPort !== null) {
  const options: LawsUpstreamOptions = workerData
  const chance = createChance(options.seed)
  const history = openHistory(options.file)
  const handle = createHandler(options, chance, history)
  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()))
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {})
    if (!chance.percent(options.faultsPercent > 0 ? DROPPED_PERCENT : 0)) return
    history.note({ event: 'dropped' })
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  parentPort.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await once(parentPort, 'message')
  server.closeAllConnections()
  server.close()
  history.close()
  process.exit()
}
