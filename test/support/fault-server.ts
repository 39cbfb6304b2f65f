import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import type { WireRow } from '../../src/rows/wire-row.ts'
import type { Seen } from './laws.ts'
import { listening } from './listening.ts'
import type { Chance } from './random.ts'
import { type SocketFault, STRIKES } from './socket-faults.ts'

/** An upstream over real sockets that counts how often it applied each row, and misbehaves as chance has it. */
export interface FaultServer {
  readonly url: string
  readonly seen: readonly Seen[]
  applications(write: unknown): number
  state(tenantId: string, key: unknown): unknown
  close(): Promise<void>
}

export interface FaultServerOptions {
  readonly chance: Chance
  readonly faults: readonly SocketFault[]
  /** So many requests of a hundred are struck. */
  readonly troubled: number
  /** False where nothing is to be checked afterwards: what was seen and applied is then forgotten. */
  readonly remembers?: boolean
}

/** Starts it. Rows whose key begins with BAD are refused, those that begin with SPOILS spoil the whole batch; `source_id` names the write. */
export async function startFaultServer({ chance, faults, troubled, remembers = true }: FaultServerOptions): Promise<FaultServer> {
  const seen: Seen[] = []
  const applied = new Map<unknown, number>()
  const states = new Map<string, unknown>()
  const draw = () => (chance.percent(troubled) ? chance.pick(faults) : 'none')

  function apply(tenantId: string, rows: readonly WireRow[]) {
    const failed = rows.flatMap(({ product_id }, index) => (String(product_id).startsWith('BAD') ? [{ index, code: 'DI_E_10003' }] : []))
    for (const { product_id, source_id } of rows) {
      if (String(product_id).startsWith('BAD') || !remembers) continue
      applied.set(source_id, (applied.get(source_id) ?? 0) + 1)
      states.set(`${tenantId} ${product_id}`, source_id)
    }
    return { accepted: rows.length - failed.length, failed }
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const drawn = draw()
    if (drawn === 'closed on accept') return void incoming.socket.destroy()
    if (drawn === 'reset before the body') return void incoming.socket.resetAndDestroy()
    const { data, operationType } = (await json(incoming)) as { data: WireRow[]; operationType: string }
    const fault = data.some(({ product_id }) => String(product_id).startsWith('SPOILS')) ? 'spoilt' : drawn
    const tenantId = incoming.headers.authorization ?? ''
    // What hung up in this turn of the event loop is seen at the end of it, and may have done so before this request was sent.
    await setImmediate()
    await setImmediate()
    const startedAt = performance.now()
    // A client may have its answer before the server sees that it has, so an answer counts from when it is begun; what is
    // never answered is under way until the client is seen to hang up.
    const repeatIsFree = fault === 'spoilt' || fault.startsWith('429')
    const request = { tenantId, operation: operationType, rows: data, fault, startedAt, endedAt: startedAt, repeatIsFree }
    if (fault.startsWith('stall')) {
      request.endedAt = Number.POSITIVE_INFINITY
      response.on('close', () => {
        request.endedAt = performance.now()
      })
    }
    if (remembers) seen.push(request)
    if (fault === 'spoilt') return void response.writeHead(400).end('{"message":"no"}')
    STRIKES[fault]({ response, rows: data.length, apply: () => apply(tenantId, data) })
  }

  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()))
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {})
    if (draw() === 'closed on accept') socket.destroy()
  })
  return {
    ...(await listening(server)),
    seen,
    applications: (write) => applied.get(write) ?? 0,
    state: (tenantId, key) => states.get(`${tenantId} ${key}`),
  }
}
