import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { answerLines } from './answer-text.ts'
import { shortened, type Trace } from './trace.ts'

/** What a caller was answered. */
export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** What a caller sends. */
export interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** What the trace has instead of all these. */
  readonly words?: string
}

/** Headers that go without saying where they have these values. */
const USUAL: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  vary: 'Origin, Accept, Accept-Encoding',
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  'x-rowgate-replica': 'here',
  connection: 'close',
}

/** Sends a request on a connection of its own, and has the trace of its answer. */
export async function send(trace: Trace, url: URL, name: string, sent: Sent): Promise<Answered> {
  const { method = 'POST', path = '/graphql', headers = {}, body, words } = sent
  const about = Object.entries(headers).map(([header, value]) => `${header}: ${value}`)
  trace.note(
    'caller',
    `${name} > ${words ?? [method, path, ...about, Buffer.isBuffer(body) ? '<bytes>' : shortened(body ?? '', 300)].join(' ')}`,
  )
  const answer = await exchange(url, method, path, { 'x-request-id': name, ...headers }, body)
  const { line, below } = answerLines(answer.text)
  trace.note('told', `${name} < ${answer.status} ${headersOf(answer.headers, name)}${line}`, below)
  return answer
}

/** One request and its answer, on a connection of its own. */
export function exchange(
  url: URL,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer | undefined,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = { method, path, headers, agent: false, host: url.hostname, port: url.port }
    const outgoing = request(options, (response) => void readAnswer(response).then(resolve, reject))
    outgoing.on('error', reject).end(body)
  })
}

/** Sends bytes as they are, and has the trace of all that comes back until the connection ends. */
export function sendBytes(trace: Trace, { hostname, port }: URL, name: string, bytes: string): Promise<void> {
  trace.note('caller', `${name} > ${JSON.stringify(shortened(bytes, 600))}`)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      const lines = text.split('\r\n').filter((line) => line !== '' && !/^(?:Date|Keep-Alive):/i.test(line))
      trace.note(
        'told',
        `${name} < the connection is closed`,
        lines.map((line) => shortened(line)),
      )
      resolve()
    })
  })
}

/** What was answered, without its trace. */
export async function fetchText(url: URL, path: string): Promise<string> {
  return (await exchange(url, 'GET', path, {}, undefined)).text
}

async function readAnswer(response: IncomingMessage): Promise<Answered> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part)
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() }
}

function headersOf({ date: _, 'content-length': __, 'x-request-id': id, ...others }: IncomingHttpHeaders, name: string): string {
  const unusual = Object.entries(others).filter(([header, value]) => USUAL[header] !== value)
  const told = unusual.map(([header, value]) => `${header}: ${value} `).join('')
  return id === name ? told : `x-request-id: ${id} ${told}`
}
