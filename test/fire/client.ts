import { Agent, request } from 'node:http'

/** What came of one mutation, as its caller sees it. */
export interface Reply {
  readonly ms: number
  /** Rows by outcome; absent where the mutation was declined or broke off. */
  readonly counts?: { readonly acceptedCount: number; readonly rejectedCount: number; readonly unconfirmedCount: number }
  /** The code of a declined mutation, or of a broken connection. */
  readonly code?: string
}

/** A keep-alive client of a gateway. */
export function createClient(url: URL, token: string): { send(body: Buffer): Promise<Reply>; close(): void } {
  const agent = new Agent({ keepAlive: true })
  const headers = { 'content-type': 'application/json', authorization: token }
  return {
    send: (body) =>
      new Promise((resolve) => {
        const began = performance.now()
        const done = (rest: Omit<Reply, 'ms'>) => resolve({ ms: performance.now() - began, ...rest })
        const call = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': body.byteLength } }, (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('error', () => done({ code: 'BROKEN_OFF' }))
          response.on('end', () => done(readAnswer(Buffer.concat(parts).toString())))
        })
        call.on('error', (error: NodeJS.ErrnoException) => done({ code: error.code ?? 'BROKEN_OFF' }))
        call.end(body)
      }),
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
