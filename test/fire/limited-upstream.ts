import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { announce } from '../bench/subjects/announce.ts'

/**
 * An upstream in a process of its own that takes so many requests a second of each token (`PER_SECOND`), at once, and declines
 * what is beyond that. Asked, it says what it took.
 */
const perSecond = Number(process.env.PER_SECOND)
const OPENING_BRACE = 0x7b

const buckets = new Map<string, { left: number; at: number }>()
const taken: Record<string, { rows: number; firstAt: number; lastAt: number }> = {}
let declined = 0

announce(
  createServer((request, response) => answer(request, response).catch(() => response.destroy())),
  '',
)

process.on('message', () => process.send?.({ taken, declined }))
process.once('disconnect', () => process.exit())

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let braces = 0
  for await (const part of request as AsyncIterable<Buffer>)
    for (let at = part.indexOf(OPENING_BRACE); at !== -1; at = part.indexOf(OPENING_BRACE, at + 1)) braces++
  if (!isWithinRate(request.headers.authorization ?? '')) {
    declined++
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"message":"slow down"}')
    return
  }
  const { pathname } = new URL(request.url ?? '/', 'http://upstream')
  const now = performance.now()
  taken[pathname] ??= { rows: 0, firstAt: now, lastAt: now }
  // One object is the envelope; the rows of the trial hold no braces of their own.
  taken[pathname].rows += braces - 1
  taken[pathname].lastAt = now
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"message":"taken"}')
}

/** A second's worth may come at once, which requests do that were held up on their way. */
function isWithinRate(token: string): boolean {
  const now = performance.now()
  const bucket = buckets.get(token) ?? { left: perSecond, at: now }
  const left = Math.min(perSecond, bucket.left + ((now - bucket.at) / 1_000) * perSecond)
  buckets.set(token, { left: left < 1 ? left : left - 1, at: now })
  return left >= 1
}
