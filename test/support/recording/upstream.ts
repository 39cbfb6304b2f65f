import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { listening } from '../listening.ts'
import { pass } from '../virtual-clock.ts'
import { exchange } from './caller.ts'
import { digestOf, inRuns, shortened, type Trace } from './trace.ts'

/** A request as the upstream of a run got it. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Rows of a request with rows. */
  readonly rows: readonly Record<string, unknown>[]
  /** Which request it is, from 0. */
  readonly nth: number
}

/** How the upstream answers: with a status and a body after so many milliseconds, by breaking the connection then, or never. */
export interface Reply {
  readonly afterMs?: number
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly ends?: 'broken' | 'never'
  /** Its body is made by chance, and not in the trace. */
  readonly isHidden?: boolean
}

/** Answers each request. */
export type Answering = (received: Received) => Reply | Promise<Reply>

const MOST_OF_BODY = 400
const USUAL_MS = 20

/** Takes every row. */
export const takesAll: Answering = ({ rows }) => ({ status: 200, body: { accepted: rows.length, failed: [] } })

/** Answers as another server does. */
export function answeringBy(url: URL | undefined): Answering {
  return async ({ method, path, headers: { authorization = '' }, text }) => {
    if (url === undefined) throw new Error('The scenario has no sandbox.')
    const { status, text: body } = await exchange(url, method, path, { authorization, 'content-type': 'application/json' }, text)
    return { status, body }
  }
}

/** An upstream that answers as it is told, and has the trace of all that reaches it. */
export async function startRecordedUpstream(trace: Trace, answer: Answering) {
  let count = 0
  const server = createServer(async (request, response) => {
    const received = await receive(request, count++)
    trace.note('upstream', `upstream ${received.nth} > ${received.method} ${received.path} ${headersOf(received)}`, bodyOf(received))
    response.on('close', () => {
      if (!response.writableFinished) trace.note('upstream', `upstream ${received.nth} . the connection is closed`)
    })
    const reply = await answer(received)
    await pass(reply.afterMs ?? USUAL_MS)
    if (!response.destroyed) end(response, reply, received.nth)
  })
  function end(response: ServerResponse, { status = 200, body, headers = {}, ends, isHidden }: Reply, nth: number): void {
    if (ends === 'never') return
    if (ends === 'broken') return void response.destroy()
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? {})
    trace.note(
      'upstream',
      `upstream ${nth} < ${status} ${Object.entries(headers).flat().join(' ')}${isHidden ? '<hidden>' : shortened(text, MOST_OF_BODY)}`,
    )
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers }).end(text)
  }
  const listened = await listening(server)
  trace.name(new URL(listened.url).host, 'upstream')
  return listened
}

async function receive(request: IncomingMessage, nth: number): Promise<Received> {
  const text = await textOf(request)
  const { method = '', url = '', headers } = request
  const rows = text === '' ? [] : (JSON.parse(text).data ?? [])
  return { method, path: url, headers, text, rows, nth }
}

const USUAL: Readonly<Record<string, string>> = { accept: 'application/json', 'content-type': 'application/json', connection: 'keep-alive' }

/** What Node's own `fetch` adds. */
const OF_FETCH = ['accept-language', 'sec-fetch-mode', 'user-agent', 'accept-encoding']

/** The token and the id as they are, and of the others those that are not the same each time. */
function headersOf({ headers }: Received): string {
  const { authorization, 'x-request-id': id, host: _, 'content-length': __, ...others } = headers
  const unusual = Object.entries(others).filter(([name, value]) => USUAL[name] !== value && !OF_FETCH.includes(name))
  // Of several callers none is named.
  const told = String(id).replace(/^[0-9a-f]{8}$/, '<shared>')
  return [authorization ?? '', id === undefined ? '' : told, ...unusual.map(([name, value]) => `${name}: ${value}`)].join(' ')
}

function bodyOf({ text, rows }: Received): string[] {
  if (text.length <= MOST_OF_BODY) return text === '' ? [] : [text]
  const { data, ...about } = JSON.parse(text)
  if (data === undefined) return [shortened(text, MOST_OF_BODY)]
  return [`${JSON.stringify(about)} ${rows.length} rows ${inRuns(rows.map((row) => String(Object.values(row)[0])))} ${digestOf(text)}`]
}
