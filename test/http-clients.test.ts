import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from './support/gateway.ts'

const BODY = JSON.stringify({ query: '{ resources { name } }' })

let gateway: Gateway
const sockets: Socket[] = []

beforeAll(async () => {
  gateway = await startGateway({ MAX_BODY_BYTES: '100000' })
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await gateway.close()
})

/** Sends these lines, and gives what comes back, part by part. */
function speak(...lines: string[]) {
  const socket = connect({ port: Number(gateway.url.port), host: gateway.url.hostname })
  sockets.push(socket)
  let heard = ''
  socket.on('data', (part) => {
    heard += part
  })
  socket.write([...lines, 'host: 127.0.0.1', '', ''].join('\r\n'))
  return {
    send: (body: string) => socket.write(body),
    async hears(end: string) {
      while (!heard.includes(end)) await once(socket, 'data')
      return heard
    },
    async ends() {
      await once(socket, 'close')
      return heard
    },
    leave: () => socket.destroy(),
    finish: () => socket.end(),
  }
}

describe('a client that asks before it sends a body, as curl, Java and Go do with large ones', () => {
  const asking = (bytes: number, ...more: string[]) =>
    speak('POST /graphql HTTP/1.1', 'content-type: application/json', 'expect: 100-continue', `content-length: ${bytes}`, ...more)

  test('is told to, once, and answered', async () => {
    const client = asking(BODY.length, 'authorization: sandbox-token')
    expect(await client.hears('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    client.send(BODY)
    expect((await client.hears('"Products"')).split('HTTP/1.1 ').map((answer) => answer.slice(0, 3))).toEqual(['', '100', '200'])
  })

  test.each<[string, number, string[], number, string]>([
    ['without a token', 90_000, [], 401, 'UNAUTHENTICATED'],
    ['with too large a body', 100_001, ['authorization: sandbox-token'], 413, 'BODY_TOO_LARGE'],
    ['with a body of a coding that is not read', 9_000, ['content-encoding: br'], 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('is told why not, %s, and need not send it', async (_, bytes, headers, status, code) => {
    const answer = await asking(bytes, ...headers).hears(code)
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect(answer).toMatch(/^connection: close\r$/im)
    expect(answer).not.toContain('100 Continue')
  })

  // Node lets go of a body that nobody reads once its request is answered; asking for it then would end the process.
  test.each(['POST /nothing', 'PUT /graphql', 'GET /health'])('is answered where nobody would read it: %s', async (target) => {
    const client = speak(`${target} HTTP/1.1`, 'expect: 100-continue', 'content-length: 20', 'connection: close')
    const answer = await client.ends()
    expect(answer).toMatch(/^HTTP\/1\.1 (?:404|405|200) /)
    expect(answer).not.toContain('100 Continue')
  })

  test('may leave before it is told', async () => {
    asking(BODY.length, 'authorization: sandbox-token').leave()
    const client = asking(BODY.length)
    await client.hears('100 Continue')
    client.send(BODY)
    expect(await client.hears('"Products"')).toContain('HTTP/1.1 200 ')
  })
})

test('a WebSocket is declined by a status that nobody takes for a matter of tokens, and in words', async () => {
  const handshake = [
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  for (const headers of [[], ['authorization: sandbox-token']]) {
    const answer = await speak('GET /graphql HTTP/1.1', ...handshake, ...headers).hears('METHOD_NOT_ALLOWED')
    expect(answer).toContain('HTTP/1.1 405 ')
    expect(answer).toContain('no WebSockets here')
  }
})

// Node says nothing of the end of a connection whose request asks for another protocol.
test('a request with `Upgrade` whose body is cut off is declined as any other', async () => {
  const headers = ['connection: Upgrade', 'upgrade: h2c', 'authorization: sandbox-token', 'content-type: application/json']
  for (const framing of [`content-length: ${BODY.length}`, 'transfer-encoding: chunked']) {
    const client = speak('POST /graphql HTTP/1.1', ...headers, framing)
    client.send(framing.startsWith('content') ? BODY.slice(0, 9) : `9\r\n${BODY.slice(0, 9)}`)
    client.finish()
    expect(await client.ends()).toContain('BAD_REQUEST: The connection ended before the request did.')
  }
})
