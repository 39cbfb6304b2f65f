import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { listening } from './listening.ts'

/** A request body as it arrived at the far end. */
interface ArrivedBody {
  readonly solutionName: string
  readonly data: readonly Record<string, unknown>[]
  readonly operationType: string
  readonly dryRun: boolean
}

/** A request as it arrived. */
export interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: ArrivedBody
  /** The body as it was written. */
  readonly text: string
}

/** What the fake answers: a status, a body (text goes out as it is), headers; or whatever the function does to the response. */
export type FakeAnswer = { status: number; body?: unknown; headers?: Record<string, string> } | ((response: ServerResponse) => void)

export interface FakeUpstream {
  readonly url: string
  readonly arrived: readonly Arrived[]
  close(): Promise<void>
}

/** An upstream of any manners: answers each request as told. */
export async function startFakeUpstream(reply: (request: Arrived, nth: number) => FakeAnswer | Promise<FakeAnswer>): Promise<FakeUpstream> {
  const arrived: Arrived[] = []
  const server = createServer(async (request, response) => {
    const text = await textOf(request)
    const seen = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: text === '' ? {} : JSON.parse(text),
      text,
    } as Arrived
    arrived.push(seen)
    const answer = await reply(seen, arrived.length - 1)
    if (typeof answer === 'function') return answer(response)
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
  })
  return { arrived, ...(await listening(server)) }
}
