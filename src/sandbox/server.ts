import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Contract } from '../resource/contract.ts'
import type { Solution } from '../resource/module.ts'
import { ADD_ATTRIBUTE_PATH, addAttribute } from './attributes.ts'
import { INGEST_PATH, REFUSED_TOKEN, SANDBOX_TOKEN } from './choices.ts'
import type { Fault } from './faults.ts'
import { createIngestEndpoint, type Reply, refuse } from './ingest.ts'
import { createLifecycle } from './lifecycle.ts'
import type { RequestLog } from './request-log.ts'
import { createSavedSchemas } from './saved-schemas.ts'
import { tenantId } from './solution-list.ts'
import type { Store } from './store.ts'
import { createTables } from './tables.ts'

interface SandboxParts {
  readonly contract: Contract
  readonly solutions: readonly Solution[]
  readonly store: Store
  /** What strikes the next ingest requests, one each. */
  readonly faults: Fault[]
  readonly log: RequestLog
  readonly requestsPerSecond: number
}

// By Node's own five seconds, a client that is busy for so long would send its next request on a connection that has just been closed.
const IDLE_MS = 75_000

/** The sandbox as a real HTTP server. */
export function createSandboxServer({ faults, log, ...parts }: SandboxParts): Server {
  const route = createRoute(parts)

  return createServer({ keepAliveTimeout: IDLE_MS }, (request, response) => {
    const isIngest = INGEST_PATH.test((request.url ?? '').split('?')[0] ?? '')
    const fault = isIngest ? faults.shift() : undefined
    if (fault?.kind === 'resetBefore') return void request.socket.resetAndDestroy()
    const done = isIngest ? log.arrive() : () => {}
    response.once('close', done)

    text(request)
      .then(async (body) => {
        if (isIngest) log.record(request, body)
        await log.delay()
        answer(response, fault, () => route(request, body))
      })
      .catch((error: unknown) => fail(response, error))
  })
}

/** Answers requests by method and path. */
function createRoute({ contract, solutions, store, requestsPerSecond }: Omit<SandboxParts, 'faults' | 'log'>) {
  const tables = createTables(store, contract, solutions)
  const ingest = createIngestEndpoint(store, tables, contract)
  const schemas = createSavedSchemas(store.db, tenantId)
  const lifecycle = createLifecycle(tables, schemas, Object.keys(contract.modules))
  const isOverRate = createRate(requestsPerSecond)

  function route(request: IncomingMessage, text: string): Reply {
    const url = new URL(request.url ?? '/', 'http://sandbox')
    const token = request.headers.authorization ?? ''
    const object = INGEST_PATH.exec(url.pathname)?.[1]
    if (url.pathname.startsWith('/sandbox/')) return showRows(url.pathname, token || SANDBOX_TOKEN)
    if (token === '' || token === REFUSED_TOKEN || /^bearer /i.test(token))
      return refuse(401, 'DI_E_00401', 'Send the token, without Bearer, in the Authorization header.')
    if (isOverRate(token)) return refuse(429, 'DI_E_00429', `At most ${requestsPerSecond} requests a second.`, { 'retry-after': '1' })

    switch (`${request.method} ${url.pathname}`) {
      case 'POST /api/v2/schema/rollout':
        return lifecycle.rollout(token, text)
      case 'POST /api/v2/schema':
        return schemas.save(token, text)
      case 'GET /api/v2/schema/solutions':
        return lifecycle.solutions(token)
      case 'GET /api/v2/schema':
        return lifecycle.schema(token, url.searchParams.get('solutionName'))
    }
    const extended = ADD_ATTRIBUTE_PATH.exec(url.pathname)?.[1]
    if (extended !== undefined && request.method === 'POST') return addAttribute(tables, token, extended, text)
    if (object === undefined || request.method !== 'POST') return refuse(404, 'DI_E_00404', 'No such endpoint.')
    return ingest(token, object, text, String(request.headers['x-request-id'] ?? randomUUID()))
  }

  function showRows(path: string, token: string): Reply {
    const [, object = '', list] = /^\/sandbox\/objects\/([A-Za-z0-9_]+)\/(rows|failed-rows)$/.exec(path) ?? []
    const target = tables.find(token, object)
    if (target === undefined) return refuse(404, 'DI_E_00404', 'The object is not rolled out for this token.')
    store.ensureTable(target.table, target.resources)
    return { status: 200, body: list === 'rows' ? store.rows(target.table, target.resources) : store.failedRows(target.table) }
  }

  return route
}

/** Errors in here are answered, as by the upstream; only a broken connection gets no answer. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.socket?.destroyed !== false) return void response.destroy()
  console.error('defect of the sandbox', error)
  write(response, { status: 500, body: { code: 'DI_E_00500', message: 'The sandbox has a defect.' } })
}

/** Answers plainly, or as the fault demands. */
function answer(response: ServerResponse, fault: Fault | undefined, work: () => Reply): void {
  if (fault?.kind === 'status') {
    write(response, { status: fault.status, body: fault.body ?? { message: 'asked for' }, headers: fault.headers ?? {} })
    return
  }
  const reply = work()
  switch (fault?.kind) {
    case 'resetAfter':
      response.socket?.resetAndDestroy()
      break
    case 'miscount':
      write(response, { ...reply, status: 207, body: { ...(reply.body as object), accepted: 1_000_000 } })
      break
    case 'truncate':
      truncate(response, reply)
      break
    default:
      write(response, reply)
  }
}

function write(response: ServerResponse, { status, body, headers }: Reply): void {
  // Before the head, so that a body that cannot be serialised can still be answered with an error.
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(text)
}

function truncate(response: ServerResponse, reply: Reply): void {
  const text = JSON.stringify(reply.body)
  response.writeHead(reply.status, { 'content-type': 'application/json', 'content-length': text.length })
  response.write(text.slice(0, text.length / 2), () => response.destroy())
}

/** Counts a token's requests over a sliding second; true if it exceeds the rate. */
function createRate(limit: number): (token: string) => boolean {
  const recent = new Map<string, number[]>()
  return (token) => {
    const since = performance.now() - 1_000
    const times = (recent.get(token) ?? []).filter((time) => time > since)
    const isOver = times.length >= limit
    recent.set(token, isOver ? times : [...times, performance.now()])
    return isOver
  }
}
