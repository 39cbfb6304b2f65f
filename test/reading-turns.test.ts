import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { GatewayError } from '../src/errors.ts'
import { readBody } from '../src/http/read-body.ts'
import { endAfter } from '../src/http/write-answer.ts'
import { createMemoryBudget } from '../src/util/memory-budget.ts'

const MEGABYTE = 1024 * 1024
const PART = Buffer.alloc(64 * 1024, 'x')
const CLIENTS = 64
/** Half of what has come: what a turn may read, twice, and the parts that those hold already who are to wait. */
const MOST = (CLIENTS * MEGABYTE) / 2

/** A request of which all has come: over a socket, how much the kernel had of it would be left to chance. */
function arrivedRequest(parts: readonly Uint8Array[], headers: Record<string, string>, onPart: (bytes: number) => void = () => {}) {
  const left = [...parts]
  const body = new Readable({
    highWaterMark: PART.byteLength,
    read() {
      const part = left.shift()
      onPart(part?.byteLength ?? 0)
      this.push(part ?? null)
    },
  })
  return Object.assign(body, { headers }) as unknown as IncomingMessage
}

/** Many requests of a megabyte, all of which have come, are handled at once: the most bytes that were read in one turn. */
async function mostInOneTurn(handle: (request: IncomingMessage) => Promise<unknown>): Promise<number> {
  let [most, now, isOver] = [0, 0, false]
  const count = (bytes: number) => {
    now += bytes
    most = Math.max(most, now)
  }
  const parts = Array.from({ length: MEGABYTE / PART.byteLength }, () => PART)
  const requests = Array.from({ length: CLIENTS }, () => arrivedRequest(parts, { 'content-length': String(MEGABYTE) }, count))
  const over = Promise.all(requests.map(handle)).finally(() => {
    isOver = true
  })
  while (!isOver) {
    await nextTurn()
    now = 0
  }
  await over
  return most
}

/** Reads a body to what `see` makes of its bytes at once. */
const readTo = <Seen>(see: (bytes: Uint8Array) => Seen, request: IncomingMessage, maxBytes: number, memory: number) =>
  new Promise<Seen>((resolve, fail) => {
    const limits = { maxBytes, tooLarge: () => new GatewayError('BODY_TOO_LARGE', ''), memory: createMemoryBudget(memory).open() }
    readBody(request, limits, { take: ({ bytes }) => resolve(see(bytes)), fail })
  })

const read = (request: IncomingMessage, maxBytes = 100 * MEGABYTE, memory = 1_000 * MEGABYTE) =>
  readTo((bytes) => Buffer.from(bytes).toString('latin1'), request, maxBytes, memory)

test('of many large bodies that have come, one turn of the event loop reads a part, and all are read whole', async () => {
  const whole = 'x'.repeat(MEGABYTE)
  expect(await mostInOneTurn(async (request) => expect(await read(request)).toBe(whole))).toBeLessThan(MOST)
})

test('of many bodies that are read into nothing, one turn of the event loop reads a part', async () => {
  const most = await mostInOneTurn((request) => {
    const answered = Promise.withResolvers<void>()
    endAfter(request, { end: answered.resolve, destroy: answered.reject } as unknown as ServerResponse)
    return answered.promise
  })
  expect(most).toBeLessThan(MOST)
})

test('bodies that have to wait when all of them was read come to their end as well', async () => {
  const bodies = Array.from({ length: 80 }, () => Object.assign(new Readable({ read() {} }), { headers: {} }))
  const all = Promise.all(bodies.map((body) => read(body as unknown as IncomingMessage)))
  await nextTurn()
  for (const body of bodies) for (const part of [PART, PART, null]) body.push(part)
  expect((await all).every(({ length }) => length === 2 * PART.byteLength)).toBe(true)
})

test('a large body that comes alone is read in a few turns, however much was read before', async () => {
  const parts = Array.from({ length: MEGABYTE / PART.byteLength }, () => PART)
  const arrived = () => arrivedRequest(parts, { 'content-length': String(MEGABYTE) })
  for (let before = 0; before < 4; before++) await read(arrived())

  let [turns, isOver] = [0, false]
  const over = read(arrived()).finally(() => {
    isOver = true
  })
  for (; !isOver; turns++) await nextTurn()
  await over
  expect(turns).toBeLessThan(parts.length / 2)
})

/** A body that is read into nothing while the clock stands, of so many parts and then no more, whether it is at its end or not. */
function readIntoNothing(count: number, isWhole: boolean) {
  let left = count
  const body = new Readable({
    read() {
      if (left-- > 0) this.push(PART)
      else if (isWhole) this.push(null)
    },
  })
  const over = Promise.withResolvers<'ended' | 'cut'>()
  const answer = { end: () => over.resolve('ended'), destroy: () => void over.resolve('cut') }
  endAfter(body as unknown as IncomingMessage, answer as unknown as ServerResponse)
  return over.promise.finally(() => body.destroy())
}

test('a body that was declined is read into nothing to its end, and for half a minute and half a gigabyte at most', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    expect(await readIntoNothing(3, true)).toBe('ended')
    expect(await readIntoNothing((512 * MEGABYTE) / PART.byteLength + 1, true)).toBe('cut')
    await nextTurn()
    expect(vi.getTimerCount()).toBe(0)
    const endless = readIntoNothing(3, false)
    vi.advanceTimersByTime(30_000)
    expect(await endless).toBe('cut')
  } finally {
    vi.useRealTimers()
  }
})

test('a body that does not say how long it is gets more room as it comes, and is read whole', async () => {
  const whole = Array.from({ length: 300_000 }, (_, nth) => `row ${nth}\n`).join('')
  const parts = Array.from({ length: Math.ceil(whole.length / 50_000) }, (_, at) =>
    Buffer.from(whole.slice(at * 50_000, (at + 1) * 50_000)),
  )
  const packed = arrivedRequest([gzipSync(whole)], { 'content-encoding': 'gzip' })

  expect(await read(arrivedRequest(parts, {}))).toBe(whole)
  const cuts = [100_000, 600_000, 3_000_000, whole.length]
  const uneven = cuts.map((cut, at) => Buffer.from(whole.slice(cuts[at - 1] ?? 0, cut)))
  expect(await read(arrivedRequest(uneven, {}))).toBe(whole)
  expect(await read(packed)).toBe(whole)
  // Of which one request has three quarters: less than the body would have, were it given twice its length.
  expect(await read(arrivedRequest(parts, {}), whole.length, 1.9 * whole.length)).toBe(whole)
  await expect(read(arrivedRequest(parts, {}), whole.length - 1)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
})

test('a small body for which there is no memory is declined, however small', async () => {
  const body = (bytes: number) => arrivedRequest([PART.subarray(0, bytes)], { 'content-length': String(bytes) })
  expect((await read(body(3_000), MEGABYTE, 4_000)).length).toBe(3_000)
  await expect(read(body(3_001), MEGABYTE, 4_000)).rejects.toMatchObject({ code: 'OVERLOADED' })
})

test.each([
  ['plain', {}, PART],
  ['packed', { 'content-encoding': 'gzip' }, gzipSync(PART).subarray(0, 40)],
])('a %s body that breaks off is told as that', async (_, headers, part) => {
  const body = arrivedRequest([part], headers, (bytes) => bytes === 0 && body.destroy(new Error('The connection broke.')))
  await expect(read(body)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
})

test('a body that was handed out is its reader’s, whatever becomes of its connection then', async () => {
  const length = 40 * PART.byteLength
  const arrived = (byte: string) =>
    arrivedRequest(
      Array.from({ length: 40 }, () => Buffer.alloc(PART.byteLength, byte)),
      { 'content-length': String(length) },
    )
  const bytesOf = (request: IncomingMessage) => readTo((bytes) => bytes, request, length, 100 * MEGABYTE)
  // So many that no memory is left which bodies before have given back.
  const requests = Array.from('abcdef', arrived)
  const kept = await Promise.all(requests.map(bytesOf))
  for (const request of requests) request.emit('timeout')
  await bytesOf(arrived('x'))
  expect(kept.map((bytes) => String.fromCharCode(bytes[0] as number, bytes.at(-1) as number))).toEqual(['aa', 'bb', 'cc', 'dd', 'ee', 'ff'])
})
