import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { GatewayError } from '../src/errors.ts'
import { createAdmission } from '../src/http/admission.ts'
import { createEndpoints } from '../src/http/endpoints.ts'
import { createListener, type ListenerOptions } from '../src/http/listener.ts'
import { createHttpServer, type HttpServer } from '../src/http/server.ts'
import { drain } from '../src/http/shutdown.ts'
import { createWriteAnswer, type HttpAnswer, type WriteAnswer } from '../src/http/write-answer.ts'
import { createMemoryBudget } from '../src/util/memory-budget.ts'

let server: HttpServer | undefined

afterEach(() => {
  vi.useRealTimers()
  server?.cut()
})

async function listen(listener: Parameters<typeof createHttpServer>[0]): Promise<URL> {
  // What nobody ends is not to end by itself.
  server = createHttpServer(listener, { maxConnections: 10, stallMs: 3_600_000 })
  return await server.listen(0, '127.0.0.1')
}

/** What comes back for these bytes, to the end of the connection. */
async function raw({ port, hostname }: URL, bytes: string): Promise<string> {
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(bytes)
  return await text(socket).catch(() => 'reset')
}

describe('a defect at the door', () => {
  const ORIGIN = { requestId: 'order-7', traceparent: undefined }

  /** A door of which the way to an answer, or the writing of it, is ours to break. */
  async function broken(parts: { readonly endpoints?: () => Promise<HttpAnswer>; readonly write?: WriteAnswer }) {
    const defects: unknown[] = []
    const options = {
      ...{ endpoints: async () => ({ status: 200, headers: [], body: [] }), write: createWriteAnswer(), replicaId: 'r', maxBodyBytes: 9 },
      ...{ originOf: () => ORIGIN, onDefect: (...told: unknown[]) => defects.push(told), graphqlPath: '/graphql' },
      ...{ cors: { headers: () => [] }, log: { isLevelEnabled: () => false }, memory: createMemoryBudget(1_000) },
      ...parts,
    } as unknown as ListenerOptions
    return { url: await listen(createListener(options)), defects }
  }

  test('is told with its request, and whoever asked is told in words that it is ours', async () => {
    const error = new TypeError('oops')
    const { url, defects } = await broken({ endpoints: () => Promise.reject(error) })
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([500, 'Something went wrong in Rowgate. It has been logged.\n'])
    expect(defects).toEqual([[error, ORIGIN]])
  })

  test('in the middle of an answer cuts it off, so that nobody waits for the rest', { timeout: 10_000 }, async () => {
    const write: WriteAnswer = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      throw new TypeError('oops')
    }
    const { url, defects } = await broken({ write })
    expect(await raw(url, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n')).toMatch(/half$|^$/)
    expect(defects).toHaveLength(1)
  })
})

describe('answers, exactly at the edge', () => {
  const answering = (
    body: HttpAnswer['body'],
    listener = (write: WriteAnswer): Parameters<typeof createHttpServer>[0] => {
      return (_, response) => write(response, { status: 200, headers: [], body })
    },
  ) => listen(listener(createWriteAnswer()))

  test.each([
    [4_095, null],
    [4_096, 'gzip'],
  ])('a text of %i bytes has the coding %s for who takes gzip', async (length, coding) => {
    const response = await fetch(await answering(['x'.repeat(length)]), { headers: { 'accept-encoding': 'gzip' } })
    expect([response.headers.get('content-encoding'), (await response.text()).length]).toEqual([coding, length])
  })

  test.each([
    [65_535, 0],
    [65_536, 65_536],
  ])('of a text of %i bytes %i are held of the memory for answers', async (length, held) => {
    const holdAtLeast = vi.fn()
    const url = await answering(
      [],
      (write) => (_, response) =>
        write(response, { status: 200, headers: [], body: ['x'.repeat(length)] }, { ...createMemoryBudget(1).open(), holdAtLeast }),
    )
    await (await fetch(url, { headers: { 'accept-encoding': 'identity' } })).text()
    expect(holdAtLeast.mock.calls).toEqual(held === 0 ? [] : [[held]])
  })

  test.each([
    [65_536, 'keep-alive'],
    [65_537, 'close'],
  ])('of who still sends %i bytes, and is answered already, the connection is: %s', async (length, connection) => {
    const url = await answering(['no'])
    const { port, hostname } = url
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`)
    const [head] = await once(socket, 'data')
    expect(/^connection: (.*)\r$/im.exec(String(head))?.[1]).toBe(connection)
    socket.destroy()
  })

  test('a packed answer whose reader leaves is nobody’s defect', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const left = Promise.withResolvers<void>()
    const body = [randomBytes(8_000_000).toString('base64')]
    const url = await answering(body, (write) => (_, response) => {
      response.once('close', left.resolve)
      write(response, { status: 200, headers: [], body })
    })
    const socket = connect(Number(url.port), url.hostname)
    socket.write('GET / HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
    await left.promise
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('connections that nobody uses are kept longer than balancers keep theirs', async () => {
    expect((await fetch(await answering(['yes']))).headers.get('keep-alive')).toBe('timeout=75')
  })
})

test('whether the process is busy is told by the last 20 to 40 ms: it sheds then for a tenant whose queue is full, and not otherwise', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  // A sample is how often one was taken before; what is asked is by how much of the time since then the loop was at work.
  let samples = 0
  let work = 0.36
  const spent: unknown[] = []
  vi.spyOn(performance, 'eventLoopUtilization').mockImplementation(((since?: number) => {
    if (since === undefined) return samples++
    spent.push(samples - since)
    return { utilization: work }
  }) as never)
  const onShed = vi.fn()
  let isFull = true
  const { admit, stop } = createAdmission({
    ...{ authenticate: async () => ({ tenant: { id: 'T' } }) as never, lendsToken: false, cors: {} as never },
    ...{ memory: createMemoryBudget(1_000_000_000), isQueueFull: () => isFull, onShed },
  })
  const ask = async (method = 'POST') => await admit({ method, headers: {}, rawHeaders: [] } as never)
  for (let nth = 0; nth < 3; nth++) {
    vi.advanceTimersByTime(20)
    expect(await ask()).toMatchObject({ code: 'OVERLOADED' })
  }
  expect([spent, onShed.mock.calls]).toEqual([[2, 2, 2], Array(3).fill(['tenant'])])
  expect(await ask('GET')).toMatchObject({ tenant: { id: 'T' } })
  work = 0.35
  expect(await ask()).toMatchObject({ tenant: { id: 'T' } })
  work = 1
  isFull = false
  expect(await ask()).toMatchObject({ tenant: { id: 'T' } })
  stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.restoreAllMocks()
})

describe('a door that closes', () => {
  /** What is done as time passes, where nothing that is under way ever ends. */
  async function closing(times: { shutdownDelayMs: number; drainTimeoutMs: number }, steps: readonly number[]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const done: string[] = []
    const doing = (what: string) => () => void done.push(what)
    const never = (what: string) => () => new Promise<never>(() => done.push(what))
    const door = { listen: never('listen'), closeAfterAnswers: doing('closeAfterAnswers'), stop: never('stop'), cut: doing('cut') }
    const work = { giveBack: doing('giveBack'), giveUp: doing('giveUp'), giveUpStore: doing('giveUpStore') }
    void drain(door, { idle: never('idle'), ...work }, times)
    await new Promise(setImmediate)
    const seen: string[][] = [done.splice(0)]
    for (const ms of steps) {
      vi.advanceTimersByTime(ms)
      seen.push(done.splice(0))
    }
    return seen
  }

  test('gives back what waits after two seconds, answers a second before its time is up, without the store then, and cuts half a second before', async () => {
    expect(await closing({ shutdownDelayMs: 0, drainTimeoutMs: 25_000 }, [1_999, 1, 21_999, 1, 249, 1, 249, 1])).toEqual([
      ['stop', 'idle'],
      ...[[], ['giveBack'], [], ['giveUp'], [], ['giveUpStore'], [], ['cut']],
    ])
  })

  test('with less time than that answers and cuts at once', async () => {
    expect(await closing({ shutdownDelayMs: 0, drainTimeoutMs: 400 }, [0, 2_000])).toEqual([
      ['stop', 'idle'],
      ['giveUp', 'giveUpStore', 'cut'],
      ['giveBack'],
    ])
  })

  test('takes requests on for as long as it is told to', async () => {
    expect(await closing({ shutdownDelayMs: 600_000, drainTimeoutMs: 25_000 }, [])).toEqual([['closeAfterAnswers']])
  })
})

test('whoever has connected when the server stops is served, though a turn takes one connection only', async () => {
  const url = await listen((_, response) => void response.end('served'))
  const answers = Array.from({ length: 10 }, () => raw(url, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'))
  await server?.stop()
  expect((await Promise.all(answers)).filter((answer) => answer.endsWith('served'))).toHaveLength(10)
})

test('a page is rendered once, however often it is asked for, and may load nothing but what is on it', async () => {
  const render = vi.fn(async () => '<script>page</script>')
  const answer = createEndpoints({
    isReady: () => true,
    metrics: {} as never,
    graphiql: render,
    console: undefined,
    graphqlPath: '/graphql',
  })
  const ask = () => answer({ method: 'GET', headers: { accept: 'text/html' } } as never, { path: '/graphql', search: '' })
  const [first, second] = [await ask(), await ask()]
  expect([first?.status, second?.status, render.mock.calls.length]).toEqual([200, 200, 1])
  expect(first?.headers).toEqual([
    ...['content-type', 'text/html; charset=utf-8', 'x-frame-options', 'DENY'],
    ...['referrer-policy', 'same-origin', 'cache-control', 'private, no-cache', 'content-security-policy'],
    "default-src 'none'; script-src 'sha256-NmAxWprz3yVdjxmrB35Hl4IrQUiKDioEvGr3EhPCMnQ='; style-src 'unsafe-inline'; img-src data:; " +
      "font-src data:; worker-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ...['etag', '"61acd9f9b1d0f1afb2848f22355fb4cc"'],
  ])
})

test('a request that is declined at the door has the headers of all answers', async () => {
  const declined = new GatewayError('BAD_REQUEST', 'no')
  const options = {
    ...{ endpoints: () => undefined, write: createWriteAnswer(), replicaId: 'replica-3', maxBodyBytes: 9, graphqlPath: '/graphql' },
    ...{ originOf: () => ({ requestId: 'order-7', traceparent: 'trace' }), onDefect: () => {}, admit: async () => declined },
    ...{ cors: { headers: (origin: string) => ['access-control-allow-origin', origin] }, log: { isLevelEnabled: () => false } },
    graphql: { decline: (_: unknown, { message }: GatewayError) => ({ status: 400, headers: ['a', 'b'], body: [message] }) },
  } as unknown as ListenerOptions
  const url = await listen(createListener(options))
  const response = await fetch(new URL('/graphql', url), { headers: { origin: 'https://a.example' } })
  const { date: _, connection: __, 'keep-alive': ___, ...headers } = Object.fromEntries(response.headers)
  expect(headers).toEqual({
    ...{ a: 'b', 'access-control-allow-origin': 'https://a.example', 'cache-control': 'no-store', 'content-length': '2' },
    ...{ traceparent: 'trace', vary: 'Origin, Accept, Accept-Encoding', 'x-content-type-options': 'nosniff' },
    ...{ 'x-request-id': 'order-7', 'x-rowgate-replica': 'replica-3' },
  })
})
