import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test, vi } from 'vitest'
import { GatewayError } from '../src/errors.ts'
import { type Body, readBody } from '../src/http/read-body.ts'
import { createHttpServer, type HttpServer } from '../src/http/server.ts'
import { createWriteAnswer } from '../src/http/write-answer.ts'
import { createMemoryBudget } from '../src/util/memory-budget.ts'

const MEGABYTE = 1024 * 1024

let server: HttpServer

afterEach(() => {
  vi.useRealTimers()
  server.cut()
})

async function dial(url: URL): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Asks for an answer of 50 MB, so that nothing as large finds room in the memory beside it, and does not read it. */
async function leaveUnread(stallMs: number): Promise<ReturnType<typeof createMemoryBudget>> {
  const memory = createMemoryBudget(60 * MEGABYTE)
  const write = createWriteAnswer()
  server = createHttpServer(
    (_, response) => {
      const account = memory.open()
      response.once('close', account.close)
      write(response, { status: 200, headers: [], body: ['x'.repeat(50 * MEGABYTE)] }, account)
    },
    { maxConnections: 10, stallMs },
  )
  const socket = await dial(await server.listen(0, '127.0.0.1'))
  socket.pause().write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await expect.poll(() => takes(memory, 40 * MEGABYTE)).toBe(false)
  return memory
}

test('an answer that nobody reads ends, and its memory comes back', async () => {
  const memory = await leaveUnread(50)
  await expect.poll(() => takes(memory, 40 * MEGABYTE)).toBe(true)
})

test('a large answer ends after five minutes, however steadily it is read', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  // What stalls is told by timers of Node's own, which these are not; an hour of that is as good as reading steadily.
  const memory = await leaveUnread(3_600_000)
  vi.advanceTimersByTime(299_999)
  expect(takes(memory, 40 * MEGABYTE)).toBe(false)
  vi.advanceTimersByTime(1)
  vi.useRealTimers()
  await expect.poll(() => takes(memory, 40 * MEGABYTE)).toBe(true)
})

test('a large answer that was read to its end leaves no timer behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const write = createWriteAnswer()
  server = createHttpServer((_, response) => write(response, { status: 200, headers: [], body: ['x'.repeat(100_000)] }), {
    maxConnections: 10,
  })
  const socket = await dial(await server.listen(0, '127.0.0.1'))
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await text(socket)).toMatch(/x{100000}$/)
  await expect.poll(() => vi.getTimerCount()).toBe(0)
})

function takes(memory: ReturnType<typeof createMemoryBudget>, bytes: number): boolean {
  const account = memory.open()
  const isTaken = account.take(bytes)
  account.close()
  return isTaken
}

test('a body that stops coming is 408, says that it may be sent again, and its connection ends', async () => {
  const memory = createMemoryBudget(60 * MEGABYTE)
  const write = createWriteAnswer()
  server = createHttpServer(
    (request, response) => {
      const tooLarge = () => new GatewayError('BODY_TOO_LARGE', '')
      const fail = (error: unknown) => {
        const { code, numbers } = error as GatewayError
        write(response, { status: 408, headers: ['connection', 'close'], body: [JSON.stringify({ code, ...numbers })] })
      }
      readBody(request, { maxBytes: 1_000, tooLarge, memory: memory.open() }, { take: () => {}, fail })
    },
    { maxConnections: 10, stallMs: 50 },
  )
  const socket = await dial(await server.listen(0, '127.0.0.1'))
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 [\s\S]*"REQUEST_TIMEOUT","retryAfterMs":\d+/)
})

test('the memory of a large body that broke off serves the next one', async () => {
  const memories = new Set<ArrayBufferLike>()
  const broken = Promise.withResolvers<void>()
  const tooLarge = () => new GatewayError('BODY_TOO_LARGE', '')
  server = createHttpServer(
    (request, response) => {
      const memory = createMemoryBudget(60 * MEGABYTE).open()
      const take = ({ bytes, release }: Body) => {
        memories.add(bytes.buffer)
        release?.()
        response.end('read')
      }
      readBody(request, { maxBytes: 10 * MEGABYTE, tooLarge, memory }, { take, fail: () => broken.resolve() })
    },
    { maxConnections: 10 },
  )
  const url = await server.listen(0, '127.0.0.1')
  const sendWhole = async () => await (await fetch(url, { method: 'POST', body: 'x'.repeat(3 * MEGABYTE) })).text()
  await sendWhole()
  const socket = await dial(url)
  socket.end(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${3 * MEGABYTE}\r\n\r\n${'x'.repeat(2 * MEGABYTE)}`)
  await broken.promise
  await sendWhole()
  expect(memories.size).toBe(1)
})

test('a large answer goes out in parts that the memory for answers can lend again', async () => {
  const parts: number[] = []
  const write = createWriteAnswer()
  server = createHttpServer(
    (_, response) => {
      const writePart = response.write.bind(response)
      response.write = (part: Uint8Array) => parts.push(part.byteLength) > 0 && writePart(part)
      write(response, { status: 200, headers: [], body: Array(50).fill('x'.repeat(100_000)) })
    },
    { maxConnections: 10 },
  )
  const answered = await fetch(await server.listen(0, '127.0.0.1'), { headers: { 'accept-encoding': 'identity' } })
  expect(await answered.text()).toBe('x'.repeat(5_000_000))
  expect(parts.length).toBeGreaterThan(1)
  expect(Math.max(...parts)).toBeLessThanOrEqual(MEGABYTE)
})

test('somebody who waits for longer than that for an answer is answered', async () => {
  const answered = Promise.withResolvers<void>()
  // Long enough for a busy process to read the request before its connection counts as idle.
  server = createHttpServer((_, response) => void answered.promise.then(() => response.end('late')), { maxConnections: 10, stallMs: 500 })
  const socket = await dial(await server.listen(0, '127.0.0.1'))
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  const other = await dial(new URL(`http://127.0.0.1:${socket.remotePort}`))
  // The other connection was opened later and is idle: once it is closed for that, the time of the first is long up.
  await once(other, 'close')
  answered.resolve()
  expect(await text(socket)).toMatch(/late$/)
})

test('connections beyond the limit are dropped, and the others go on', async () => {
  server = createHttpServer((_, response) => void response.end('ok'), { maxConnections: 1 })
  const url = await server.listen(0, '127.0.0.1')
  const first = await dial(url)
  const second = connect(Number(url.port), url.hostname)
  second.on('error', () => {})
  await once(second, 'close')
  first.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await text(first)).toMatch(/ok$/)
})
