import { Pool } from 'undici'

/** What came of driving a subject for a while. */
interface Driven {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds, in ascending order. */
  readonly latencies: readonly number[]
  /** The first answer, for a look at it. */
  readonly sample: string
}

/** How long, or how often, to drive. */
export interface Until {
  readonly seconds?: number
  readonly requests?: number
}

/** A closed-loop client of one subject with so many connections. */
export interface Driver {
  drive(next: () => Buffer, until: Until): Promise<Driven>
  close(): Promise<void>
}

/** Opens a client; bodies are made beforehand by whoever calls, so that driving costs next to nothing. Each request has the next token. */
export function openDriver(url: URL, connections: number, nextToken: () => string = () => 'bench-token'): Driver {
  const pool = new Pool(url.origin, { connections, headersTimeout: 0, bodyTimeout: 0 })
  const send = (body: Buffer) => sendOne(pool, url.pathname, body, nextToken())
  return {
    drive: (next, until) => driveAll(send, next, connections, until),
    close: () => pool.destroy(),
  }
}

async function driveAll(send: (body: Buffer) => Promise<Buffer>, next: () => Buffer, connections: number, until: Until): Promise<Driven> {
  const began = performance.now()
  const deadline = began + (until.seconds ?? Number.POSITIVE_INFINITY) * 1000
  const latencies: number[] = []
  let left = until.requests ?? Number.POSITIVE_INFINITY
  let sample = ''

  const work = async () => {
    while (left-- > 0 && performance.now() < deadline) {
      const body = next()
      const sent = performance.now()
      const answer = await send(body)
      latencies.push(performance.now() - sent)
      sample ||= answer.toString()
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
  const seconds = (performance.now() - began) / 1000
  return { requests: latencies.length, seconds, latencies: latencies.sort((a, b) => a - b), sample }
}

async function sendOne(pool: Pool, path: string, body: Buffer, authorization: string): Promise<Buffer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization }
  const answer = await pool.request({ method: 'POST', path, headers, body })
  const parts: Buffer[] = []
  for await (const part of answer.body) parts.push(part)
  return Buffer.concat(parts)
}
