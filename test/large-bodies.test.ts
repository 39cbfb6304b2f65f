import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { splitBody } from '../src/graphql/fast/split-body.ts'
import { parseBody, parseBodyLate } from '../src/graphql/parameters.ts'
import { parsedLists, RawRows } from '../src/graphql/row-lists.ts'
import { MAX_TEXT_BYTES } from '../src/rows/row-reader/row-reader.ts'
import { parseExactly } from '../src/util/exact-json.ts'
import { scanJson } from '../src/util/json-scan/scan-json.ts'
import { createMemoryBudget } from '../src/util/memory-budget.ts'
import { ROWS_PER_SLICE } from '../src/util/time-slices.ts'
import { anyText } from './support/any-text.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { products } from './support/rows.ts'

const SELECTION =
  '{ acceptedCount rejectedCount rows { __typename ... on IngestedRow { index key } ... on RejectedRow { issues { code field } } } }'
const SEND = `mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) ${SELECTION} }`
const ROWS = products(4_000)

let upstream: FakeUpstream
let fast: Gateway
let plain: Gateway

beforeAll(async () => {
  // Most bodies here are large ones, which are read bit by bit while they arrive.
  expect(Buffer.byteLength(bodyOf(SEND, { rows: ROWS }))).toBeGreaterThan(1024 * 1024)
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const settings = { INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '10000' }
  fast = await startGateway(settings, { fast: true })
  plain = await startGateway(settings, { fast: false })
})
afterAll(async () => {
  await Promise.all([fast.close(), plain.close()])
  await upstream.close()
})

interface Told {
  readonly status: number
  readonly text: string
  /** Rows by key as the upstream got them, and how. */
  readonly sent: readonly string[]
}

async function told(answer: () => Promise<Response>): Promise<Told> {
  const before = upstream.arrived.length
  const response = await answer()
  const text = await response.text()
  const sent = upstream.arrived
    .slice(before)
    .filter(({ method }) => method === 'POST')
    .flatMap(({ body, headers }) => body.data.map((row) => `${body.operationType} ${headers.authorization} ${JSON.stringify(row)}`))
  return { status: response.status, text, sent: sent.sort() }
}

/** The same body to a gateway that reads its rows while they are judged, and to one that reads it at once. */
async function both(body: string | Buffer) {
  const init = { method: 'POST', headers: { authorization: 'token', 'content-type': 'application/json' }, body: body as string }
  return { fast: await told(() => fast.fetch(init)), plain: await told(() => plain.fetch(init)) }
}

const bodyOf = (query: string, variables: unknown, more: object = {}) => JSON.stringify({ query, variables, ...more })
const with_ = (at: number, change: (row: Record<string, unknown>) => unknown) => ROWS.map((row, nth) => (nth === at ? change(row) : row))
const text = (rows: readonly unknown[] = ROWS) => JSON.stringify(rows)
const around = (list: string, before = '', after = '') => `{"query":${JSON.stringify(SEND)},"variables":{${before}"rows":${list}${after}}}`
const SEAM_TEXT = `"},{"productId":"X"},{`

describe('a large body is answered, and sent on, alike whether it is read bit by bit or at once', () => {
  test.each<[string, () => string | Buffer]>([
    ['with the rows last', () => bodyOf(SEND, { rows: ROWS })],
    ['with the document last', () => JSON.stringify({ variables: { rows: ROWS }, query: SEND })],
    ['on many lines', () => JSON.stringify({ query: SEND, variables: { rows: ROWS } }, null, 2)],
    ['with space behind it', () => `${bodyOf(SEND, { rows: ROWS })}\n  `],
    [
      'with variables behind the rows',
      () =>
        bodyOf(SEND.replace('!]!)', '!]!, $dryRun: Boolean)').replace('rows: $rows', 'rows: $rows, dryRun: $dryRun'), {
          rows: ROWS,
          dryRun: true,
        }),
    ],
    ['with objects behind the rows', () => bodyOf(SEND, { rows: ROWS }, { extensions: { list: [{ a: 1 }, { a: 2 }] } })],
    [
      'with the document behind the rows, and objects behind that',
      () => JSON.stringify({ variables: { rows: ROWS }, query: SEND, extensions: { list: [{ a: 1 }, { a: 2 }] } }),
    ],
    [
      'with a parameter of another type, and a fault in a row',
      () => bodyOf(SEND, { rows: ROWS }, { extensions: 7 }).replace('"P2000"', '"P2000'),
    ],
    ['with bad rows', () => bodyOf(SEND, { rows: with_(2_000, (row) => ({ ...row, packSize: 'x', nope: 1 })) })],
    ['with rows that are no objects', () => bodyOf(SEND, { rows: with_(1_999, () => [[{}], {}]) })],
    ['with names in another order', () => bodyOf(SEND, { rows: with_(2_500, ({ productId, ...row }) => ({ ...row, productId })) })],
    [
      'with every name in another order',
      () => bodyOf(SEND, { rows: ROWS.map(({ productId, ...row }, nth) => (nth % 2 ? { ...row, productId } : { productId, ...row })) }),
    ],
    ['with text that looks like the end of a row', () => bodyOf(SEND, { rows: ROWS.map((row) => ({ ...row, productName: SEAM_TEXT })) })],
    [
      'with attributes that are lists of objects',
      () => bodyOf(SEND, { rows: ROWS.map((row) => ({ ...row, extra: { a: [{ productId: 1 }, { productId: 2 }] } })) }),
    ],
    [
      'with a row larger than what is read at once',
      () => bodyOf(SEND, { rows: with_(2_500, (row) => ({ ...row, productName: 'x'.repeat(400_000) })) }),
    ],
    ['with escapes', () => bodyOf(SEND, { rows: with_(3_000, (row) => ({ ...row, productName: 'a\u0000b', extra: { half: '\ud800' } })) })],
    ['with letters of all lengths', () => bodyOf(SEND, { rows: ROWS.map((row) => ({ ...row, productName: 'é€𝄞' })) })],
    ['with names that stand there twice', () => around(`${text().slice(0, -2)},"packSize":9}]`)],
    ['with a number that is not finite', () => around(`${text().slice(0, -2)},"packSize":1e999}]`)],
    ['with __proto__', () => around(`${text().slice(0, -2)},"__proto__":{"packSize":9}}]`)],
    ['with a second list of the name behind', () => around(text(), '', `,"rows":${text(ROWS.slice(0, 3))}`)],
    ['with a second list of the name behind, of one row', () => around(text(), '', `,"rows":${text(ROWS.slice(0, 1))}`)],
    ['with a second list of the name behind, without rows', () => around(text(), '', ',"rows":[]')],
    ['with a second list of the name before', () => around(text(), `"rows":${text(ROWS.slice(0, 3))},`)],
    ['with a second object of variables', () => `${around(text()).slice(0, -1)},"variables":{"rows":[]}}`],
    ['with a second document', () => `${around(text()).slice(0, -1)},"query":"{ __typename }"}`],
    ['with a list nobody asks for', () => around(text(), '', `,"others":${text()}`)],
    ['with a broken list nobody asks for', () => around(text(), '', `,"others":${text().slice(0, -5)}]`)],
    ['with the rows in a list of lists', () => around(`[${text()}]`)],
    ['with a bracket too many', () => `${bodyOf(SEND, { rows: ROWS })}}`],
    ['with a bracket too few', () => bodyOf(SEND, { rows: ROWS }).slice(0, -1)],
    ['that breaks off in a row', () => bodyOf(SEND, { rows: ROWS }).slice(0, -40)],
    ['with a fault in the middle', () => around(text().replace('"P2000"', '"P2000'))],
    ['with a list closed too early', () => around(text().replace(/\},(?=\{"productId":"P2000")/, '}],'))],
    ['with bytes that are no UTF-8', () => Buffer.from(bodyOf(SEND, { rows: ROWS }), 'latin1').fill(0xff, 700_000, 700_001)],
    ['as a list', () => `[${bodyOf(SEND, { rows: ROWS })}]`],
    ['with too many rows', () => bodyOf(SEND, { rows: products(20_001) })],
    [
      'for two mutations',
      () =>
        bodyOf(
          SEND.replace(/upsertProducts.*/, `a: upsertProducts(rows: $rows) ${SELECTION} b: appendProducts(rows: $rows) ${SELECTION} }`),
          { rows: ROWS },
        ),
    ],
    [
      'for two mutations, with text in one place that is refused',
      () =>
        bodyOf(
          SEND.replace(/upsertProducts.*/, `a: upsertProducts(rows: $rows) ${SELECTION} b: appendProducts(rows: $rows) ${SELECTION} }`),
          { rows: with_(3_000, (row) => ({ ...row, productName: 'a\u0000b' })) },
        ),
    ],
    [
      'for two mutations of which one is declined',
      () =>
        bodyOf(
          SEND.replace(
            /upsertProducts.*/,
            `a: upsertProducts(rows: $rows) ${SELECTION} b: upsertProducts(rows: $rows, solution: "X") ${SELECTION} }`,
          ),
          { rows: ROWS },
        ),
    ],
    [
      'for a mutation in a fragment',
      () =>
        bodyOf(`mutation ($rows: [ProductsRowInput!]!) { ...F } fragment F on Mutation { upsertProducts(rows: $rows) ${SELECTION} }`, {
          rows: ROWS,
        }),
    ],
    [
      'for one of two operations',
      () =>
        bodyOf(`${SEND.replace('mutation', 'mutation A')} mutation B { saveSchema: __typename }`, { rows: ROWS }, { operationName: 'A' }),
    ],
    ['for a mutation that is left out', () => bodyOf(SEND.replace('(rows: $rows)', '(rows: $rows) @include(if: false)'), { rows: ROWS })],
    ['for an unknown solution', () => bodyOf(SEND.replace('rows: $rows', 'rows: $rows, solution: "X"'), { rows: ROWS })],
    ['for another table', () => bodyOf(SEND.replace('upsertProducts', 'upsertRegion'), { rows: ROWS })],
    [
      'for a mutation without rows',
      () =>
        bodyOf('mutation { rollout(input: { solutionName: "X", appName: "a", appVersion: "1", targetSchemaName: "S" }) { complete } }', {
          rows: ROWS,
        }),
    ],
    ['for a query', () => bodyOf('{ resources { name } }', { rows: ROWS })],
    ['for a document that does not parse', () => bodyOf('mutation {', { rows: ROWS })],
    ['under APPEND, with a key twice', () => bodyOf(SEND.replace('upsert', 'append'), { rows: with_(3_500, () => ROWS[10]) })],
    ['under UPSERT, with a key twice', () => bodyOf(SEND, { rows: with_(3_500, () => ({ ...ROWS[10], packSize: 99 })) })],
  ])('%s', async (_, body) => {
    const answers = await both(body())
    expect(answers.fast).toEqual(answers.plain)
  })
})

describe('a small body is answered, and sent on, alike whether its rows are read late or at once', () => {
  const few = products(60)
  const of = (change: (row: Record<string, unknown>, nth: number) => unknown, query = SEND, more: object = {}) =>
    bodyOf(query, { rows: few.map(change), ...more })
  const every = (nth: number, each: number, change: object) => (nth % each === 0 ? change : {})
  const list = text(few)
  const flag = SEND.replace('!]!)', '!]!, $dryRun: Boolean)').replace('rows: $rows', 'rows: $rows, dryRun: $dryRun')

  test.each<[string, () => string | Buffer]>([
    ['of good rows', () => of((row) => row)],
    ['of some bad rows', () => of((row, nth) => ({ ...row, ...every(nth, 7, { packSize: 'x', nope: 1 }) }))],
    ['of bad rows and good ones in turn', () => of((row, nth) => ({ ...row, ...every(nth, 2, { packSize: 0 }) }))],
    ['of bad rows', () => of((row) => ({ ...row, productId: 7 }))],
    ['with escapes', () => of((row, nth) => ({ ...row, productName: `a\n"${nth}`, ...every(nth, 9, { productId: '\ud800' }) }))],
    ['on many lines', () => JSON.stringify({ query: SEND, variables: { rows: few } }, null, 2)],
    ['with attributes', () => of((row, nth) => ({ ...row, ...every(nth, 20, { extra: { shade: 'x' } }) }))],
    ['with an idempotency key', () => of((row) => row, SEND.replace('rows: $rows', 'rows: $rows, idempotencyKey: "one"'))],
    [
      'with a key twice under APPEND',
      () => of((row, nth) => ({ ...row, ...every(nth, 8, { productId: 'P8' }) }), SEND.replace('upsert', 'append')),
    ],
    [
      'with many short rows that begin otherwise',
      () => bodyOf(SEND, { rows: [...few, ...Array.from({ length: 5_000 }, () => ({ b: 1 }))] }),
    ],
    ['with attributes in the last row', () => of((row, nth) => ({ ...row, ...every(nth + 1, 60, { extra: { a: [{ b: 1 }] } }) }))],
    ['with the document last', () => JSON.stringify({ variables: { rows: few }, query: SEND })],
    [
      'with the document behind the rows, and objects behind that',
      () => JSON.stringify({ variables: { rows: few }, query: SEND, extensions: { list: [{ a: 1 }, { a: 2 }] } }),
    ],
    [
      'with a parameter of another type, and a fault in a row',
      () => bodyOf(SEND, { rows: few }, { operationName: 7 }).replace('"P20"', '"P20'),
    ],
    [
      'for two mutations',
      () =>
        of(
          (row) => row,
          SEND.replace(/upsertProducts.*/, `a: upsertProducts(rows: $rows) ${SELECTION} b: appendProducts(rows: $rows) ${SELECTION} }`),
        ),
    ],
    ['with the variable twice', () => around(list, '', `,"rows":${text(few.slice(0, 2))}`)],
    ['with the variable twice, the short one first', () => around(list, `"rows":${text(few.slice(0, 2))},`)],
    ['with lists in others before and behind', () => around(list, '"a":[{"b":1}],', ',"c":[{"d":[{}]}]')],
    ['with another variable behind', () => of((row) => row, flag, { dryRun: true })],
    ['without an end', () => around(list).slice(0, -2)],
    ['with too many rows', () => around(`[${'{"productId":"A"},'.repeat(20_000)}{"productId":"A"}]`)],
    ['with other first fields', () => of(({ productId, ...row }, nth) => (nth % 3 ? { ...row, productId } : { productId, ...row }))],
    ['of one row', () => bodyOf(SEND, { rows: [{ ...few[0], productName: 'x'.repeat(60_000) }] })],
    ['of one row that is too long', () => bodyOf(SEND, { rows: [{ ...few[0], productName: 'x'.repeat(100_000) }] })],
    ['of one row in no list', () => bodyOf(SEND, { rows: { ...few[0], productName: 'x'.repeat(9_000) } })],
    ['with a comma at the end', () => around(list.replace(/\]$/, ',]'))],
    ['with a comma at the end of a row', () => around(list.replace('},{', ',},{'))],
    ['with two commas between rows', () => around(list.replace('},{', '},,{'))],
    ['without a comma between rows', () => around(list.replace('},{', '}{'))],
    ['with a byte order mark before it', () => `\ufeff${around(list)}`],
    ['with a byte order mark before a bad row', () => around(list.replace('{"productId":"P30"', '\ufeff{"productId":30'))],
    ['with a byte order mark before a good row', () => around(list.replace('{"productId":"P30"', '\ufeff{"productId":"P30"'))],
    ['with bytes that are no UTF-8', () => Buffer.from(around(list), 'latin1').fill(0xff, 3_000, 3_001)],
    ['with NUL in a text', () => around(list.replace('"P30"', '"P\u000030"'))],
    ['with long numbers', () => around(list.replaceAll('"P3', '"minimumOrderQuantity":12345678901234567.25,"productId":"P3'))],
    ['with a key twice', () => of((row, nth) => ({ ...row, ...every(nth, 11, { productId: 'A' }) }))],
    [
      'with a key twice, under APPEND',
      () => of((row, nth) => ({ ...row, ...every(nth, 11, { productId: 'A' }) }), SEND.replace('upsert', 'append')),
    ],
  ])('%s', async (_, body) => {
    const answers = await both(body())
    expect(answers.fast).toEqual(answers.plain)
  })

  test('wherever it is broken', async () => {
    const whole = around(text(few.slice(0, 20)))
    for (let at = 500; at < whole.length; at += 331)
      for (const broken of [whole.slice(0, at) + whole.slice(at + 1), `${whole.slice(0, at)}"${whole.slice(at)}`]) {
        const answers = await both(broken)
        expect(answers.fast).toEqual(answers.plain)
      }
  })
})

test('a row that waits for another of its key does not shift those behind it into other requests', async () => {
  const before = upstream.arrived.length
  const rows = products(2_500).map((row, at) => (at === 600 ? { ...row, productId: 'P10' } : row))
  const { data } = JSON.parse((await both(bodyOf(SEND, { rows }))).fast.text)

  expect(data.upsertProducts.acceptedCount).toBe(2_500)
  const firsts = upstream.arrived.slice(before, before + 6).map(({ body }) => body.data[0]?.product_id)
  expect(firsts.sort()).toEqual(['P0', 'P10', 'P1000', 'P1500', 'P2000', 'P500'])
})

test('bodies without a length, many at once, are each read whole', async () => {
  const keysOf = async (gateway: Gateway, name: string, count: number) => {
    const bytes = Buffer.from(bodyOf(SEND, { rows: products(count, name) }))
    const body = new ReadableStream({
      start(to) {
        for (let at = 0; at < bytes.byteLength; at += 50_000) to.enqueue(bytes.subarray(at, at + 50_000))
        to.close()
      },
    })
    const init = { method: 'POST', headers: { authorization: name, 'content-type': 'application/json' }, body, duplex: 'half' }
    const answer = JSON.parse(await (await gateway.fetch(init as RequestInit)).text())
    return answer.data.upsertProducts.rows.map(({ key }: { key: { productId: string } }) => key.productId)
  }
  // Those below 1 MB lie in memory that they share until they are read.
  const asked = [3_000, 5_000, 9_000, 14_000, 8_000, 100, 2_900, 2_700, 2_500, 2_300, 2_100].map((count, at) => [`N${at}-`, count] as const)
  for (const gateway of [fast, plain]) {
    const answers = await Promise.all(asked.map(([name, count]) => keysOf(gateway, name, count)))
    expect(answers).toEqual(asked.map(([name, count]) => products(count, name).map(({ productId }) => productId)))
  }
})

test('a body returns its memory once it is parsed, at once or piece by piece, and not before', () => {
  const limits = { maxJsonValues: 1_000_000, memory: createMemoryBudget(1_000_000_000).open() }
  const bytes = Buffer.from(bodyOf(SEND, { rows: ROWS }))
  let released = 0
  const body = { bytes, isLarge: true, release: () => void released++ }
  parseBody(body, limits)
  parseBody({ ...body, isLarge: false }, limits)
  expect(released).toBe(2)

  const { params } = parseBodyLate(body, limits) as { params: { variables: { rows: RawRows } } }
  const { lists } = params.variables.rows
  for (const _ of lists) expect(released).toBe(2)
  expect(released).toBe(3)
})

test('two mutations of one document each get all rows', async () => {
  const two = `a: upsertProducts(rows: $rows) ${SELECTION} b: appendProducts(rows: $rows) ${SELECTION} }`
  for (const { sent } of Object.values(await both(bodyOf(SEND.replace(/upsertProducts.*/, two), { rows: ROWS }))))
    expect(sent).toHaveLength(2 * ROWS.length)
})

test('of a variable that stands before the rows and behind them, the last counts', async () => {
  const query = SEND.replace('!]!)', '!]!, $dryRun: Boolean)').replace('rows: $rows', 'rows: $rows, dryRun: $dryRun')
  for (const last of [true, false]) {
    const before = upstream.arrived.length
    await both(around(text(), `"dryRun":${!last},`, `,"dryRun":${last}`).replace(JSON.stringify(SEND), JSON.stringify(query)))

    const dryRuns = upstream.arrived.slice(before).map(({ body }) => body.dryRun)
    expect([...new Set(dryRuns)]).toEqual([last])
  }
})

test('what turns out not to be JSON is answered with 400, and none of it was sent', async () => {
  for (const body of [around(text().replace('"P3990"', '"P3990')), around(text(), '', ',"others":[{]')]) {
    const answers = await both(body)
    expect(answers.fast).toMatchObject({ status: 400, sent: [], text: expect.stringContaining('BAD_REQUEST') })
  }
})

function splitOf(bytes: Buffer, isLarge: boolean) {
  return splitBody({ bytes, isLarge, release() {} }, scanJson(bytes))
}

/** What a body says when it is split; undefined where it cannot be, or when not all of it could be read. */
function readSplit(body: string): Body | undefined {
  const split = splitOf(Buffer.from(body), body.length > 1024 * 1024)
  try {
    const variables = Object.entries(split?.params.variables ?? {}).map(([name, value]) => [
      name,
      value instanceof RawRows ? [...parsedLists(value.lists)].flat() : value,
    ])
    return split && split.unread() === undefined ? { ...split.params, variables: Object.fromEntries(variables) } : undefined
  } catch {
    return undefined
  }
}

describe('a body that is split', () => {
  // No backslash in a name: V8 14.6 may take the next for it.
  const name = fc.constantFrom('productId', 'a', '},{', '"', '__proto__')
  const value = fc.oneof(
    fc.constantFrom(1, null, '},{"productId":"', '"},{"productId":1},{"a', '[', ']}}', '\ud800', {}, { a: { b: [{}, {}] } }),
    anyText(),
    fc.double(),
    fc.array(fc.string()),
  )
  const row = fc
    .record({ productId: fc.constantFrom('A', '},{"productId":', 7), more: fc.dictionary(name, value, { maxKeys: 3 }) })
    .map(({ productId, more }) => ({ productId, ...more }))
  const space = fc.constantFrom(undefined, undefined, 1, '\t')
  const rows = fc.array(row, { minLength: 1, maxLength: 12 })
  const count = fc.constantFrom(100, 100, 1_000, 40_000)
  const shape = fc.constantFrom('last', 'first', 'between')
  const patch = fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.nat(3),
      put: fc.constantFrom('', '}', ']', '{', '[', ',', '"', '},{"productId":', '\\', ' '),
    }),
    { maxLength: 2 },
  )

  const bodies = fc.record({ rows, count, shape, space, patch }).map(({ rows, count, shape, space, patch }) => {
    const many = Array.from({ length: Math.ceil(count / rows.length) }, () => rows).flat()
    const order = {
      last: { query: 'q', variables: { rows: many } },
      first: { variables: { rows: many, b: [{}, {}] }, query: '},{"productId":' },
      between: { x: [{}, {}], variables: { a: 1, rows: many, c: 'd' }, query: 'q' },
    }[shape]
    const patched = patch.reduce(
      (body, { at, drop, put }) => {
        const place = Math.floor(at * body.length)
        return body.slice(0, place) + put + body.slice(place + drop)
      },
      JSON.stringify(order, null, space),
    )
    // A patch may leave half of a letter, which no UTF-8 can hold.
    return patched.toWellFormed()
  })

  test('says what it says as a whole, or is left alone', () => {
    let read = 0
    const law = fc.property(bodies, (body) => {
      const split = readSplit(body)
      if (split === undefined) return
      read++
      // Not `toEqual`, which takes what is not there for undefined; not `JSON.parse`, which rounds a number that a patch has made longer.
      expect(JSON.stringify(split)).toBe(JSON.stringify(inOrderOf(split, parseExactly(body) as Body)))
    })
    fc.assert(law, { numRuns: 120, endOnFailure: true })
    expect(read).toBeGreaterThan(5)
  })

  test('comes in lists that are a turn of work each, however short its rows are', () => {
    const short = Array.from({ length: 100_000 }, (_, a) => ({ a }))
    const split = splitOf(Buffer.from(bodyOf(SEND, { rows: short })), true)
    const sent = split?.params.variables?.rows
    const lists = sent instanceof RawRows ? [...parsedLists(sent.lists)] : []

    expect(Math.max(...lists.map((rows) => rows.length))).toBe(ROWS_PER_SLICE)
    expect(lists.flat()).toEqual(short)
  })

  test('comes in texts that a row reader takes', () => {
    const split = splitOf(Buffer.from(bodyOf(SEND, { rows: ROWS })), true)
    const rows = split?.params.variables.rows as RawRows
    const lengths: number[] = []
    for (const list of rows.lists) if ('runs' in list) for (const _ of list.runs((text) => void lengths.push(text.length)));
    expect(lengths.length).toBeGreaterThan(3)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_TEXT_BYTES)
  })

  test('is read to its end where it is built as clients build it', () => {
    for (const body of [
      bodyOf(SEND, { rows: ROWS }),
      JSON.stringify({ variables: { rows: ROWS, dryRun: true }, query: SEND }),
      JSON.stringify({ query: SEND, variables: { rows: ROWS } }, null, 2),
    ])
      expect(readSplit(body)).toEqual(JSON.parse(body))
  })
})

interface Body {
  readonly variables: object
}

/** The same object with its members, and those of its variables, in the order of another: a split body has them as they come. */
function inOrderOf(like: Body, body: Body): object {
  return { ...sorted({ ...body, variables: sorted(body.variables, like.variables) }, like) }
}

function sorted(object: object, like: object): object {
  expect(Object.keys(object).sort()).toEqual(Object.keys(like).sort())
  return Object.fromEntries(Object.keys(like).map((name) => [name, Object.entries(object).find(([own]) => own === name)?.[1]]))
}
