import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** What came of one mutation, as its caller sees it. */
export interface Reply {
  readonly ms: number
  /** Rows by outcome; absent where the mutation was declined or broke off. */
  readonly counts?: { readonly acceptedCount: number; readonly rejectedCount: number; readonly unconfirmedCount: number }
  /** The code of a declined mutation, or of a broken connection. */
  readonly code?: string
}

/** Posts a body; what came back, or the code of a connection that broke. An answer that is not there in time is not waited for. */
export function post(
  url: URL,
  body: Buffer,
  { headers, agent, timeoutMs = 0 }: { readonly headers: Record<string, string>; readonly agent?: Agent; readonly timeoutMs?: number },
): Promise<{ readonly ms: number; readonly text?: string; readonly code?: string }> {
  return new Promise((resolve) => {
    const began = performance.now()
    const done = (rest: { readonly text: string } | { readonly code: string }) => resolve({ ms: performance.now() - began, ...rest })
    const all = { 'content-type': 'application/json', 'content-length': body.byteLength, ...headers }
    const call = request(url, { method: 'POST', headers: all, ...(agent && { agent }) }, (response) => {
      text(response).then(
        (answer) => done({ text: answer }),
        () => done({ code: 'BROKEN_OFF' }),
      )
    })
    if (timeoutMs > 0) call.setTimeout(timeoutMs, () => call.destroy(Object.assign(new Error('No answer in time.'), { code: 'TIMED_OUT' })))
    call.on('error', (error: NodeJS.ErrnoException) => done({ code: error.code ?? 'BROKEN_OFF' }))
    call.end(body)
  })
}

/** A keep-alive client of a gateway. */
export function createClient(
  url: URL,
  token: string,
  maxSockets = Number.POSITIVE_INFINITY,
): { send(body: Buffer, headers?: Record<string, string>): Promise<Reply>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets })
  return {
    async send(body, headers = {}) {
      const { text, ...rest } = await post(url, body, { headers: { authorization: token, ...headers }, agent })
      return { ...rest, ...(text !== undefined && readAnswer(text)) }
    },
    close: () => agent.destroy(),
  }
}

function readAnswer(text: string): Omit<Reply, 'ms'> {
  const { data, errors } = JSON.parse(text)
  return data?.payload ? { counts: data.payload } : { code: errors?.[0]?.extensions?.code ?? 'NO_ANSWER' }
}

/** Calls so many times a second, whatever came of the calls before, until time is up; resolves when all have ended. */
export async function openLoop(perSecond: number, seconds: number, call: (nth: number) => Promise<void>): Promise<void> {
  const began = performance.now()
  const calls: Promise<void>[] = []
  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const elapsed = (performance.now() - began) / 1_000
      while (calls.length < Math.min(elapsed, seconds) * perSecond) calls.push(call(calls.length))
      if (elapsed < seconds) return
      clearInterval(tick)
      resolve()
    }, 2)
  })
  await Promise.all(calls)
}
