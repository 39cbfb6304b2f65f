import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { createHttpServer, type HttpServer } from '../src/http/server.ts'

let server: HttpServer
let url: URL
const sockets: Socket[] = []

afterEach(() => {
  vi.restoreAllMocks()
  for (const socket of sockets.splice(0)) socket.destroy()
  server.cut()
})

async function serve(listener: RequestListener): Promise<void> {
  server = createHttpServer(listener, { maxConnections: 1_000 })
  url = await server.listen(0, '127.0.0.1')
}

async function dial(): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname)
  sockets.push(socket)
  // Once it is answered it has been accepted: one connection is in a turn.
  socket.write('GET /first HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  return socket
}

/** From now on every look at the clock takes a millisecond, and nothing else does. */
function letEachLookTakeAMillisecond(): void {
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => ++now)
}

test('of many connections with many requests in one packet, a turn of the event loop takes some', async () => {
  const [clients, requests] = [20, 200]
  let [inThisTurn, most, answered] = [0, 0, 0]
  await serve((_, response) => {
    most = Math.max(most, ++inThisTurn)
    response.end()
  })
  const all = await Promise.all(Array.from({ length: clients }, dial))
  most = 0
  letEachLookTakeAMillisecond()
  for (const socket of all) {
    socket.on('data', (part) => {
      answered += part.toString('latin1').split('HTTP/1.1 200').length - 1
    })
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(requests))
  }
  while (answered < clients * requests) {
    inThisTurn = 0
    await nextTurn()
  }
  expect(most).toBeLessThan(3 * requests)
})

test('whoever asks again and again waits for no body that comes in ever so many parts', async () => {
  const ended: string[] = []
  await serve((request, response) => {
    request.resume().once('end', () => {
      if (request.url !== '/first') ended.push(request.url ?? '')
      response.end()
    })
  })
  const [asking, ...others] = await Promise.all(Array.from({ length: 13 }, dial))
  letEachLookTakeAMillisecond()
  const parts = `POST /parts HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(40_000)}0\r\n\r\n`
  const last = Promise.all(others.map((socket) => once(socket.resume(), 'data')))
  for (const socket of others) socket.write(parts)
  for (let nth = 0; nth < 3; nth++) {
    asking?.write('GET /asked HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(asking as Socket, 'data')
  }
  await last
  expect(ended.slice(0, 3)).toEqual(Array(3).fill('/asked'))
  expect(ended.length).toBe(15)
})
