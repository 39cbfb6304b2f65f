import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNK, type Chunk, cut } from '../src/client/chunks.ts'
import { pauseMs } from '../src/client/retry.ts'
import { rowText } from '../src/client/row-text.ts'
import { fromUpstream } from '../src/client/upstream-row.ts'

const rawJson = (text: string): unknown => (JSON as { rawJSON?: (text: string) => unknown }).rawJSON?.(text)

describe('the JSON of a row', () => {
  test('is what JSON.stringify writes, wherever that changes nothing', () => {
    const value = fc.jsonValue({ maxDepth: 4 })
    fc.assert(fc.property(fc.dictionary(fc.string(), value), (row) => void expect(rowText(row)).toBe(JSON.stringify(row))))
  })

  test('keeps all digits of a bigint and of what JSON.rawJSON made, beside fields of any kind', () => {
    fc.assert(fc.property(fc.bigInt(), (n) => void expect(rowText({ n, a: [n] })).toBe(`{"n":${n},"a":[${n}]}`)))
    expect(rowText({ a: rawJson('1234567890.12345678901'), b: { c: rawJson('1e400') } })).toBe(
      '{"a":1234567890.12345678901,"b":{"c":1e400}}',
    )
  })

  test('has a bigint as a number where Node is too old to write its digits, as far as a number holds it', () => {
    const made = JSON as { rawJSON?: unknown }
    const { rawJSON } = made
    made.rawJSON = undefined
    try {
      expect(rowText({ n: 9_007_199_254_740_991n, a: [-7n] })).toBe('{"n":9007199254740991,"a":[-7]}')
      expect(rowText({ a: 1, n: 9_007_199_254_740_992n })).toMatchObject({ field: 'n' })
    } finally {
      made.rawJSON = rawJSON
    }
  })

  test('has dates as ISO timestamps, and leaves out what is undefined', () => {
    const at = new Date('2025-01-28T14:30:00.250Z')
    expect(rowText({ at, none: undefined, extra: { at, none: undefined } })).toBe(
      '{"at":"2025-01-28T14:30:00.250Z","extra":{"at":"2025-01-28T14:30:00.250Z"}}',
    )
    class Row {
      readonly b = 1
      toJSON = () => ({ a: this.b })
    }
    expect(rowText(new Row())).toBe('{"a":1}')
  })

  test.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['infinity', Number.NEGATIVE_INFINITY],
    ['infinity in a list', [1, Number.POSITIVE_INFINITY]],
    ['a Date without a time', new Date(Number.NaN)],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['nothing in a list', [undefined]],
    ['a Map', new Map([[1, 2]])],
    ['bytes', new Uint8Array(2)],
    ['a boxed number', Object(1)],
    ['what says nothing of itself', { toJSON: () => undefined }],
  ])('has no place for %s: the field is named, and the value is not', (_, value) => {
    const finite = Array.isArray(value) ? value.every((item) => item === undefined) : typeof value !== 'number'
    const code = finite ? 'NOT_JSON' : 'NOT_FINITE'
    expect(rowText({ a: 1, b: value, c: 2 })).toMatchObject({ code, field: 'b', message: 'b is or has what JSON cannot express.' })
    expect(rowText({ extra: { size: { deep: value } } })).toMatchObject({ code, field: 'extra.size' })
  })

  test.each<[string, object]>([
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['bytes', new Uint8Array(2)],
  ])('has no place for %s as a row, in whatever names', (_, row) => {
    const issue = { code: 'NOT_JSON', field: null, message: 'The row is or has what JSON cannot express.' }
    expect(rowText(row)).toMatchObject(issue)
    expect(rowText(fromUpstream(row, new Map()))).toMatchObject(issue)
  })

  test('has no place for a row that holds itself', () => {
    const row: Record<string, unknown> = { a: 1 }
    row.b = { row }
    expect(rowText(row)).toMatchObject({ code: 'NOT_JSON', field: 'b' })
  })

  test('leaves what is no object for the gateway to refuse', () => {
    expect([undefined, null, 1, 'text', [1]].map(rowText)).toEqual(['null', 'null', '1', '"text"', '[1]'])
    expect(rowText(Number.NaN)).toMatchObject({ code: 'NOT_FINITE', field: null })
  })
})

describe('cutting', () => {
  const plain = { toSend: (row: unknown) => row, keyFields: [] }
  const cutAll = async <Row>(rows: Iterable<Row> | AsyncIterable<Row>, keyFields: readonly string[] = []) => {
    const chunks: Chunk<Row>[] = []
    for await (const chunk of cut(rows, { ...plain, keyFields })) chunks.push(chunk)
    return chunks
  }
  const bytesOf = (chunk: Chunk<unknown>) => chunk.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

  test('puts each row into one chunk, in order, none of which is too large, and none of which could have held the next row', async () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 1_500_000 }), fc.constant(CHUNK.bytes + 1), fc.constant(Number.NaN)), {
      maxLength: 20,
    })
    const property = fc.asyncProperty(sizes, fc.constantFrom('x', 'é', '€'), async (list, letter) => {
      const rows = list.map((size) =>
        Number.isNaN(size) ? { a: size } : { a: letter.repeat(Math.ceil(size / Buffer.byteLength(letter))) },
      )
      const chunks = await cutAll(rows)
      expect(chunks.flatMap((chunk) => chunk.rows)).toEqual(rows)
      expect(chunks.map(({ number, start }) => [number, start])).toEqual(
        chunks.map((_, at) => [at, chunks.slice(0, at).reduce((sum, chunk) => sum + chunk.rows.length, 0)]),
      )
      for (const [at, chunk] of chunks.entries()) {
        expect(chunk.texts.length + chunk.faults.size).toBe(chunk.rows.length)
        expect(bytesOf(chunk)).toBeLessThanOrEqual(CHUNK.bytes)
        const next = chunks[at + 1]?.texts[0]
        if (next !== undefined) expect(bytesOf(chunk) + Buffer.byteLength(next)).toBeGreaterThan(CHUNK.bytes)
      }
    })
    const half = CHUNK.bytes / 2 - '{"a":""}'.length
    const filled: [number[], string][] = [
      [half, half, half, half + 1],
      [1_500_000, 1_500_000, 1_500_000],
    ].map((list) => [list, 'x'])
    await fc.assert(property, { numRuns: 10, examples: filled })
  })

  test('counts rows as well, and reads lists, iterables and async iterables alike', async () => {
    const rows = Array.from({ length: 2 * CHUNK.rows }, (_, a) => ({ a }))
    async function* slowly() {
      yield* rows
    }
    const chunks = await cutAll(rows)
    expect(chunks.map((chunk) => chunk.rows.length)).toEqual([CHUNK.rows, CHUNK.rows])
    expect(await cutAll(rows.values())).toEqual(chunks)
    expect(await cutAll(slowly())).toEqual(chunks)
    expect(await cutAll([])).toEqual([])
  })

  test('gives keys where they are asked for', async () => {
    const [chunk] = await cutAll([{ a: 1, b: 'x' }, { a: 1, b: 'x', c: 1 }, { a: 1 }, null], ['a', 'b'])
    expect([...(chunk?.keys ?? [])]).toEqual(['1\0x', '1\0null', 'null\0null'])
  })

  test('gives the keys of what can be written, whatever that is', async () => {
    const at = new Date('2025-01-28T14:30:00.250Z')
    const [chunk] = await cutAll([{ a: at }, { a: rawJson('1.50') }, { a: Object.create(null) }, { a: 1n }, { a: Symbol('s') }], ['a'])
    expect([...(chunk?.keys ?? [])]).toEqual(['"2025-01-28T14:30:00.250Z"', '1.50', '{}', '1'])
    expect([...(chunk?.faults.keys() ?? [])]).toEqual([4])
  })
})

test("the upstream's names become fields whatever their case; what is no column goes into extra, and nothing is dropped", () => {
  const fields = new Map([
    ['product_id', 'productId'],
    ['pack_size', 'packSize'],
  ])
  const hostile = JSON.parse('{"__proto__": 1, "constructor": 2, "product_id": "P"}')
  expect(JSON.stringify(fromUpstream(hostile, fields))).toBe('{"productId":"P","extra":{"__proto__":1,"constructor":2}}')
  expect(fromUpstream({ PRODUCT_ID: 'P', pack_size: 1, PACK_SIZE: 2 }, fields)).toEqual({
    productId: 'P',
    packSize: 1,
    extra: { PACK_SIZE: 2 },
  })
  expect([undefined, null, 'x', [1]].map((row) => fromUpstream(row, fields))).toEqual([undefined, null, 'x', [1]])
})

test('pauses are what was asked for and, by chance, up to a limit that doubles to half a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.option(fc.nat(5_000)), (tries, asked) => {
      const ms = pauseMs(tries, asked) - (asked ?? 0)
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(ms).toBeLessThanOrEqual(Math.min(30_000, 200 * 2 ** tries))
    }),
  )
})
