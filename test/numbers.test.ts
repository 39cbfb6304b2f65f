import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleRow } from '../src/resource/define-resource.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, type RowAnswer, startGateway } from './support/gateway.ts'
import { resourceNamed } from './support/rows.ts'

const CUSTOM = [
  { columnName: 'PRICE', dataType: 'numeric(20,4)' },
  { columnName: 'SERIAL', dataType: 'NUMERIC(38, 0)' },
  { columnName: 'RATE', dataType: 'numeric', precision: 6, scale: 3 },
  { columnName: 'ANY_DECIMAL', dataType: 'decimal' },
  { columnName: 'WEIGHT', dataType: 'float' },
  { columnName: 'COUNT_OF', dataType: 'integer' },
  { columnName: 'PAPERS', dataType: 'json' },
]
const TABLE = 'OrderParameters'
const { object, columns } = resourceNamed(TABLE)
const LISTED = {
  name: `INV_${object}_OOTB`,
  columns: [...columns.map(({ name, type }) => ({ columnName: name, dataType: type })), ...CUSTOM],
}
const THIRTY_EIGHT = '12345678901234567890123456789012345678'

let upstream: FakeUpstream
let fast: Gateway
let plain: Gateway
let silent: Gateway

beforeAll(async () => {
  upstream = await startFakeUpstream(({ method, headers }) =>
    method === 'POST'
      ? { status: 200, body: {} }
      : headers.authorization === 'silent'
        ? { status: 404 }
        : { status: 200, body: { tables: [LISTED] } },
  )
  const settings = { INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '10000' }
  fast = await startGateway(settings, { fast: true })
  plain = await startGateway(settings, { fast: false })
  silent = await startGateway(settings)
})
afterAll(async () => {
  await Promise.all([fast.close(), plain.close(), silent.close()])
  await upstream.close()
})

/** A cell as it is written: the name of its field, with a point where it stands in `extra`, and the very text of its value. */
type Cell = readonly [place: string, text: string]

interface Told {
  readonly row: RowAnswer | undefined
  /** The row as it arrived upstream, each number as its own text behind a #. */
  readonly sent: Record<string, unknown> | undefined
  /** The whole answer. */
  readonly text: string
}

const OUTCOME = '__typename ... on IngestedRow { index key } ... on RejectedRow { issues { code field column message hint } }'
const SELECTION = `{ rows(only: [REJECTED, ACCEPTED, UNCONFIRMED]) { ${OUTCOME} } }`
const SEND = `mutation ($rows: [${TABLE}RowInput!]!) { payload: upsert${TABLE}(rows: $rows) ${SELECTION} }`
let nth = 0

function rowText(id: string, cells: readonly Cell[]): string {
  const own = {
    sourceId: '"S"',
    locationId: '"L"',
    reviewPeriodDays: '7',
    serviceLevel: '0.5',
    leadTimeDays: '1',
    updatedAt: '"2025-01-28 14:30:00"',
  }
  const given = Object.fromEntries(cells.filter(([place]) => !place.includes('.')))
  const extra = cells.filter(([place]) => place.includes('.')).map(([place, text]) => `"${place.slice('extra.'.length)}":${text}`)
  const members = Object.entries({ productId: `"${id}"`, ...own, ...given, ...(extra.length > 0 && { extra: `{${extra}}` }) })
  return `{${members.map(([name, text]) => `"${name}":${text}`)}}`
}

const unquoted = (json: string) => json.replace(/"(\w+)":/g, '$1:')
const inVariables = (...rows: string[]) => `{"query":${JSON.stringify(SEND)},"variables":{"rows":[${rows}]}}`

/** How a row gets to the gateway. */
const WAYS = {
  'in variables': (rows: string[]) => inVariables(...rows),
  'as literals': (rows: string[]) =>
    JSON.stringify({ query: `mutation { payload: upsert${TABLE}(rows: [${rows.map(unquoted)}]) ${SELECTION} }` }),
  'as a default': (rows: string[]) => JSON.stringify({ query: SEND.replace('!]!)', `!]! = [${rows.map(unquoted)}])`) }),
  'with attributes as the default of a variable': (rows: string[]) => {
    const own = rows.map((row) => /extra:(\{.*\})\}$/.exec(unquoted(row))?.[1])
    const literals = rows.map((row, at) => (own[at] === undefined ? unquoted(row) : unquoted(row).replace(own[at], `$extra${at}`)))
    const defaults = own.flatMap((extra, at) => (extra === undefined ? [] : [`$extra${at}: JSONObject = ${extra}`])).join(' ')
    const query = `mutation ${defaults && `(${defaults})`} { payload: upsert${TABLE}(rows: [${literals}]) ${SELECTION} }`
    return JSON.stringify({ query })
  },
  'among thousands of others': (rows: string[]) => {
    const others = (from: number) => Array.from({ length: 1_000 }, (_, at) => rowText(`F${nth}-${from + at}`, []))
    return inVariables(
      ...others(0),
      ...rows.flatMap((row, at) => [row, ...others((at + 1) * 1_000).slice(0, Math.ceil(6_000 / rows.length))]),
    )
  },
} satisfies Record<string, (rows: string[]) => string>

type Way = keyof typeof WAYS

async function post(gateway: Gateway, body: string, token = 'token') {
  const response = await gateway.fetch({ method: 'POST', headers: { 'content-type': 'application/json', authorization: token }, body })
  const text = await response.text()
  return { status: response.status, text, ...JSON.parse(text) }
}

/** What came of rows, each with some cells of its own, that are sent together. */
async function tellAll(gateway: Gateway, rows: readonly (readonly Cell[])[], way: Way = 'in variables', token?: string): Promise<Told[]> {
  const ids = rows.map(() => `P${++nth}`)
  const before = upstream.arrived.length
  const { text, data } = await post(gateway, WAYS[way](rows.map((cells, at) => rowText(ids[at] as string, cells))), token)
  const sent = upstream.arrived.slice(before).flatMap((request) => (request.method === 'POST' ? rowsOf(request.text) : []))
  return ids.map((id) => ({
    row: data?.payload?.rows.find((row: RowAnswer) => row.key.productId === id),
    sent: sent.find((row) => row.product_id === id),
    text,
  }))
}

async function tell(gateway: Gateway, cells: readonly Cell[], way?: Way, token?: string): Promise<Told> {
  const [told] = await tellAll(gateway, [cells], way, token)
  return told as Told
}

function rowsOf(text: string): Record<string, unknown>[] {
  const digits = (_: string, value: unknown, { source }: { source?: string }) => (typeof value === 'number' ? `#${source}` : value)
  return JSON.parse(text, digits as (key: string, value: unknown) => unknown).data
}

const gateways = () => [fast, plain]
const wireName = (place: string) =>
  place
    .replace('extra.', '')
    .replace(/[A-Z](?=[a-z])/g, '_$&')
    .toLowerCase()

/** Cells that are good, and the digits that arrive where they are written otherwise. */
const GOOD: [...Cell, string?][] = [
  ['serviceLevel', '0.1'],
  ['serviceLevel', '5e-324'],
  ['serviceLevel', '1e-2', '0.01'],
  ['serviceLevel', '1.0', '1'],
  ['serviceLevel', '0.30000000000000004'],
  ['serviceLevel', '0.1234567890123456789'],
  ['serviceLevel', '0.00000000000000000000000000000123456789012345678901'],
  ['serviceLevel', '1.2345e-320'],
  ['reviewPeriodDays', '9007199254740991'],
  ['extra.PRICE', '1234567890123456.7891'],
  ['extra.PRICE', '"1234567890123456.7891"', '1234567890123456.7891'],
  ['extra.PRICE', '"-12.50"', '-12.50'],
  ['extra.PRICE', '399.98'],
  ['extra.SERIAL', THIRTY_EIGHT],
  ['extra.SERIAL', `"${THIRTY_EIGHT}"`, THIRTY_EIGHT],
  ['extra.RATE', '123.456'],
  ['extra.ANY_DECIMAL', '-0.1234567890123456789012345678901234567'],
  ['extra.WEIGHT', '1234567890.123456789'],
  ['extra.PAPERS', '9007199254740993'],
]

describe.each(Object.keys(WAYS) as Way[])('%s', (way) => {
  test('the same digits reach the upstream', async () => {
    for (const gateway of gateways()) {
      const told = await tellAll(
        gateway,
        GOOD.map(([place, text]) => [[place, text]]),
        way,
      )

      const arrived = told.map(({ sent }, at) => [GOOD[at]?.[1], sent?.[wireName(GOOD[at]?.[0] ?? '')]])
      expect(arrived, told[0]?.text.slice(0, 1_000)).toEqual(GOOD.map(([, text, expected = text]) => [text, `#${expected}`]))
    }
  })

  test('within JSON every number has its digits, at any depth', async () => {
    const papers = '{"a":9007199254740993,"list":[0.12345678901234567891,{"b":12345678901234567890123}],"c":1.5}'
    for (const gateway of gateways()) {
      const { sent } = await tell(gateway, [['extra.PAPERS', papers]], way)

      expect(sent?.papers).toEqual({
        a: '#9007199254740993',
        list: ['#0.12345678901234567891', { b: '#12345678901234567890123' }],
        c: '#1.5',
      })
    }
  })
})

/** Cells that are refused, with the code and perhaps the hint. */
const BAD: [...Cell, string, string?][] = [
  ['extra.COUNT_OF', '12.0000000000000000001', 'WRONG_TYPE'],
  ['extra.COUNT_OF', '9007199254740991.4', 'WRONG_TYPE'],
  ['extra.COUNT_OF', '9007199254740993', 'OUT_OF_RANGE'],
  ['extra.COUNT_OF', '1e-400', 'NOT_FINITE'],
  ['extra.WEIGHT', '1e400', 'NOT_FINITE'],
  ['extra.WEIGHT', '1e-400', 'NOT_FINITE'],
  ['extra.WEIGHT', '-12E-0400', 'NOT_FINITE'],
  ['extra.WEIGHT', '"1.5"', 'WRONG_TYPE', 'send it without quotes: every digit of a JSON number is passed on unchanged'],
  ['extra.PAPERS', '{"a":[1e-400]}', 'NOT_FINITE'],
  ['extra.PAPERS', '{"a":[1e400]}', 'NOT_FINITE'],
  ['extra.PRICE', '0.12345', 'TOO_MANY_DIGITS', 'round it: nothing is rounded on the way'],
  ['extra.PRICE', '12345678901234567.1', 'TOO_MANY_DIGITS'],
  ['extra.PRICE', '"12345678901234567.1"', 'TOO_MANY_DIGITS'],
  ['extra.PRICE', '1e-400', 'NOT_FINITE'],
  [
    'extra.PRICE',
    '"12,5"',
    'WRONG_TYPE',
    'send a JSON number, or the same in quotes, such as "1234567890123456.7891": every digit is passed on unchanged',
  ],
  ['extra.PRICE', '"007"', 'WRONG_TYPE'],
  ['extra.PRICE', '""', 'WRONG_TYPE', 'leave it out or send null'],
  ['extra.SERIAL', `${THIRTY_EIGHT}9`, 'TOO_MANY_DIGITS'],
  ['extra.SERIAL', '1.5', 'TOO_MANY_DIGITS'],
  ['extra.RATE', '1234.5', 'TOO_MANY_DIGITS'],
  ['extra.ANY_DECIMAL', `${THIRTY_EIGHT}.5`, 'TOO_MANY_DIGITS'],
  ['reviewPeriodDays', '12.0000000000000000001', 'WRONG_TYPE'],
  ['reviewPeriodDays', '9007199254740993', 'OUT_OF_RANGE'],
  ['reviewPeriodDays', '1e-400', 'NOT_FINITE'],
  ['minimumGuardrail', '""', 'WRONG_TYPE', 'leave it out or send null'],
  ['minimumGuardrail', '"12"', 'WRONG_TYPE', 'send it without quotes'],
  ['serviceLevel', '1e-400', 'NOT_FINITE'],
  ['serviceLevel', '1.00000000000000000001', 'ABOVE_MAXIMUM'],
  ['serviceLevel', '-0.00000000000000000001', 'BELOW_MINIMUM'],
  ['locationId', '12345678901234567890', 'WRONG_TYPE', 'send it in quotes'],
  ['updatedAt', '12345678901234567890', 'WRONG_TYPE', 'send it in quotes'],
  ['extra', '12345678901234567890', 'EXTRA_NOT_AN_OBJECT'],
]

describe('what cannot be carried is refused, and the cell is named', () => {
  test.each<Way>(['in variables', 'among thousands of others'])('%s', async (way) => {
    for (const gateway of gateways()) {
      const told = await tellAll(
        gateway,
        BAD.map(([place, text]) => [[place, text]]),
        way,
      )

      for (const [at, [place, text, code, hint]] of BAD.entries()) {
        const { issues } = told[at]?.row ?? {}
        expect(issues, `${place} ${text}`).toEqual([expect.objectContaining({ code, field: place, ...(hint && { hint }) })])
        expect(told[at]?.sent).toBeUndefined()
      }
    }
  })

  test('of decimals with the digits that they may have', async () => {
    const { row } = await tell(fast, [
      ['extra.PRICE', '0.12345'],
      ['extra.SERIAL', `${THIRTY_EIGHT}9`],
    ])
    expect(row?.issues?.map(({ message }) => message)).toEqual([
      'extra.PRICE must have at most 16 digits before the point and 4 after it.',
      'extra.SERIAL must have at most 38 digits before the point and 0 after it.',
    ])
  })

  test('an empty text in a column that must be there says so, and a moment that is empty is no moment', async () => {
    const { row } = await tell(fast, [
      ['reviewPeriodDays', '""'],
      ['updatedAt', '""'],
    ])

    expect(row?.issues?.map(({ code, hint }) => [code, hint?.slice(0, 26)])).toEqual([
      ['WRONG_TYPE', 'this field is required, so'],
      ['INVALID_TIMESTAMP', 'this field is required, so'],
    ])
  })

  test('a number where a row should be', async () => {
    for (const gateway of gateways()) {
      const { data } = await post(gateway, inVariables('12345678901234567890'))

      expect(data.payload.rows).toMatchObject([{ issues: [{ code: 'NOT_AN_OBJECT' }] }])
    }
  })
})

test.each<Way>(['in variables', 'as literals', 'among thousands of others'])(
  'a number that reads as zero is found where it is the only one of its kind, %s',
  async (way) => {
    for (const gateway of gateways())
      for (const [place, text] of [
        ['reviewPeriodDays', '3E-0333'],
        ['serviceLevel', '1e-400'],
        ['extra.PAPERS', '[[{"a":1.5e-350}]]'],
      ] as const) {
        if (way === 'as literals' && place === 'reviewPeriodDays') continue
        const { row, sent } = await tell(gateway, [[place, text]], way)
        expect([row?.issues?.map(({ code, field }) => [code, field]), sent]).toEqual([[['NOT_FINITE', place]], undefined])
        const near = await tell(gateway, [['serviceLevel', '1.2345e-320']], way)
        expect(near.sent?.service_level).toBe('#1.2345e-320')
      }
  },
)

test('digits within a text are no number: codes with zeros before them arrive as they are', async () => {
  const text = '"SSCC: 00340123456789012345,00.1234567890123456789"'
  for (const gateway of gateways())
    for (const way of Object.keys(WAYS) as Way[]) {
      const { row, sent } = await tell(gateway, [['sourceId', text]], way)
      expect([row?.__typename, sent?.source_id]).toEqual(['AcceptedRow', JSON.parse(text)])
    }
})

test('a number that reads as zero is found in variables that are no rows', async () => {
  const row = unquoted(rowText('Z', [['extra.PAPERS', '1']])).replace('PAPERS:1', 'PAPERS:$value')
  for (const [type, value] of [
    ['Float', '1e-400'],
    ['[Float!]', '[0.5,1e-400]'],
    ['JSONObject', '{"a":1e-400}'],
    ['[JSONObject]', '[{"a":[1e-400]}]'],
  ])
    for (const gateway of gateways()) {
      const query = `mutation ($value: ${type}) { payload: upsert${TABLE}(rows: [${row}]) ${SELECTION} }`
      const { data } = await post(gateway, `{"query":${JSON.stringify(query)},"variables":{"value":${value}}}`)

      expect(data.payload.rows, type).toMatchObject([{ issues: [{ code: 'NOT_FINITE', field: 'extra.PAPERS' }] }])
    }
})

test('what no schema tells about keeps its digits, and says of numbers what they are', async () => {
  const { sent } = await tell(
    silent,
    [
      ['extra.A', '0.12345678901234567891'],
      ['extra.B', '{"c":[12345678901234567890]}'],
    ],
    'in variables',
    'silent',
  )

  expect([sent?.a, sent?.b]).toEqual(['#0.12345678901234567891', { c: ['#12345678901234567890'] }])
})

test.each(['__proto__', '__PROTO__', '__Proto__'])('the name %s is refused and not lost on the way', async (name) => {
  for (const value of ['"x"', '{"a":1}'])
    for (const gateway of gateways()) {
      const { row } = await tell(gateway, [[`extra.${name}`, value]], 'in variables', 'silent')
      expect(row?.issues?.map(({ code, field }) => [code, field])).toEqual([['FORBIDDEN_NAME', `extra.${name}`]])
    }
})

test('a variable within a row keeps its digits', async () => {
  const row = unquoted(rowText('V', [])).replace(
    'serviceLevel:0.5',
    'serviceLevel:$level extra:{PRICE:$price PAPERS:$papers WEIGHT:$given}',
  )
  const query = `mutation ($level: Float!, $price: Float, $papers: JSONObject, $given: Float = 2.12345678901234567891) { payload: upsert${TABLE}(rows: [${row}]) ${SELECTION} }`
  const variables = '{"level":0.12345678901234567891,"price":1234567890123456.7891,"papers":{"a":9007199254740993}}'
  for (const gateway of gateways()) {
    const { data } = await post(gateway, `{"query":${JSON.stringify(query)},"variables":${variables}}`)

    expect(data.payload.rows).toMatchObject([{ __typename: 'AcceptedRow' }])
    expect(rowsOf(upstream.arrived.at(-1)?.text ?? '')).toMatchObject([
      {
        service_level: '#0.12345678901234567891',
        price: '#1234567890123456.7891',
        papers: { a: '#9007199254740993' },
        weight: '#2.12345678901234567891',
      },
    ])
  }
})

test('a variable behind the rows of a large body keeps its digits', async () => {
  const rows = Array.from({ length: 40 }, (_, at) => rowText(`V${at}`, []))
  const own = unquoted(rowText('BEHIND', [['serviceLevel', '$level']]))
  const fields = `a: upsert${TABLE}(rows: $rows) { acceptedCount } b: upsert${TABLE}(rows: [${own}]) { acceptedCount }`
  const query = `mutation ($rows: [${TABLE}RowInput!]!, $level: Float!) { ${fields} }`
  for (const gateway of gateways()) {
    const before = upstream.arrived.length
    const body = `{"query":${JSON.stringify(query)},"variables":{"rows":[${rows}],"level":0.12345678901234567891}}`
    const { data } = await post(gateway, body)

    expect(data).toEqual({ a: { acceptedCount: 40 }, b: { acceptedCount: 1 } })
    expect(upstream.arrived.slice(before).filter(({ text }) => text.includes(':0.12345678901234567891,'))).toHaveLength(1)
  }
})

test('a row of a large body that is parsed by itself keeps its digits', async () => {
  const rows = Array.from({ length: 40 }, (_, at) => rowText(`L${at}`, at === 20 ? [['extra.WEIGHT', '2.12345678901234567891']] : []))
  const query = `mutation ($rows: [${TABLE}RowInput!]!) { upsert${TABLE}(rows: $rows) { acceptedCount } }`
  const body = `{"query":${JSON.stringify(query)},"variables":{"rows":[${rows}]}}`
  expect(body.length).toBeGreaterThan(5_000)
  for (const gateway of gateways()) {
    const before = upstream.arrived.length
    const { data } = await post(gateway, body)

    expect(data).toEqual({ [`upsert${TABLE}`]: { acceptedCount: 40 } })
    expect(upstream.arrived.slice(before).filter(({ text }) => text.includes(':2.12345678901234567891'))).toHaveLength(1)
  }
})

test('a long number in any other place is declined without being quoted', async () => {
  const number = '12345678901234567890.5'
  const query = `mutation ($rows: [${TABLE}RowInput!]!, $solution: String, $dry: Boolean) { upsert${TABLE}(rows: $rows, solution: $solution, dryRun: $dry) ${SELECTION} }`
  const bodies = [`"solution":${number}`, `"dry":${number}`].map(
    (given) => `{"query":${JSON.stringify(query)},"variables":{"rows":[],${given}}}`,
  )
  for (const gateway of gateways())
    for (const body of [...bodies, `{"query":"{ __typename }","variables":${number}}`, number, `{"query":${number}}`]) {
      const { status, text } = await post(gateway, body)

      expect([status, text.includes('1234567890')]).toEqual([422, false])
    }
})

test('two mutations of one large document send the same digits', async () => {
  const others = Array.from({ length: 6_000 }, (_, at) => rowText(`T${at}`, []))
  const query = `mutation ($rows: [${TABLE}RowInput!]!) { a: upsert${TABLE}(rows: $rows) { acceptedCount } b: append${TABLE}(rows: $rows) { acceptedCount } }`
  const body = inVariables(...others, rowText('LAST', [['extra.WEIGHT', '0.12345678901234567891']])).replace(
    JSON.stringify(SEND),
    JSON.stringify(query),
  )
  const before = upstream.arrived.length
  const { data } = await post(fast, body)

  expect(data).toEqual({ a: { acceptedCount: 6_001 }, b: { acceptedCount: 6_001 } })
  const sent = upstream.arrived.slice(before).flatMap(({ text, method }) => (method === 'POST' ? rowsOf(text) : []))
  expect(sent.filter(({ product_id }) => product_id === 'LAST').map(({ weight }) => weight)).toEqual([
    '#0.12345678901234567891',
    '#0.12345678901234567891',
  ])
})

const papers = (text: string) => inVariables(rowText('M', [['extra.PAPERS', text]]))
const LONG = '0.12345678901234567891'

test('rows that are sent again in parts have the same digits', async () => {
  const refusing = await startFakeUpstream(({ text }) => ({ status: text.includes('SPOILS') ? 400 : 200, body: {} }))
  const gateway = await startGateway({ INGESTION_URL: refusing.url }, { fast: true })
  const rows = ['SPOILS', ...Array.from({ length: 40 }, (_, at) => `P${at}`)].map((id) => ({
    ...exampleRow(resourceNamed('Pricing')),
    productId: id,
    unitCostPrice: 7,
  }))
  const body = JSON.stringify({ query: SEND.replaceAll(TABLE, 'Pricing'), variables: { rows } })
  const { data } = await post(gateway, body.replaceAll('"unitCostPrice":7', '"unitCostPrice":12345678901234567.25'))
  await Promise.all([gateway.close(), refusing.close()])

  expect(data.payload.rows.filter((row: RowAnswer) => row.__typename === 'AcceptedRow')).toHaveLength(40)
  expect(refusing.arrived.length).toBeGreaterThan(2)
  const sent = refusing.arrived.flatMap(({ text }) => rowsOf(text).map((row) => row.unit_cost_price))
  expect(new Set(sent)).toEqual(new Set(['#12345678901234567.25']))
})

test('one long number among very many values arrives, whether rows are read in pieces or at once', async () => {
  const rows = Array.from({ length: 12_000 }, (_, at) => rowText(`W${at}`, at === 7_000 ? [['extra.WEIGHT', LONG]] : []))
  for (const gateway of gateways())
    for (const body of [papers(`[${'1,'.repeat(150_000)}${LONG}]`), inVariables(...rows)]) {
      const before = upstream.arrived.length
      const { errors } = await post(gateway, body)

      expect(errors).toBeUndefined()
      expect(upstream.arrived.slice(before).filter(({ text }) => text.includes(LONG))).toHaveLength(1)
    }
})

test('as many long numbers as values arrive where the rows are one list that can be read in pieces', async () => {
  const rows = Array.from({ length: 3_000 }, (_, at) => rowText(`M${at}`, [['extra.PAPERS', `[${`${LONG},`.repeat(39)}${LONG}]`]]))
  const before = upstream.arrived.length
  const { errors, data } = await post(fast, inVariables(...rows))

  expect(errors).toBeUndefined()
  expect((data.payload.rows as RowAnswer[]).filter(({ __typename }) => __typename === 'AcceptedRow')).toHaveLength(3_000)
  const sent = upstream.arrived.slice(before).map(({ text }) => text.split(LONG).length - 1)
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(120_000)
})

test('a body of very many long numbers, that cannot be read in pieces, is declined; so is one that nests deep', async () => {
  const many = (count: number) => papers(`[${`${LONG},`.repeat(count)}1]`)
  expect((await post(fast, many(100_000))).errors).toBeUndefined()
  expect((await post(fast, many(100_001))).errors).toMatchObject([{ extensions: { code: 'TOO_MANY_VALUES', limit: 100_000 } }])
  const deep = papers(`${'['.repeat(3_000)}${LONG}${']'.repeat(3_000)}`)
  expect((await post(fast, deep)).errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST', limit: 500 } }])
})

/** Two texts are the same number exactly when these are equal. */
function normal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = BigInt(whole + fraction).toString()
  const stripped = digits.replace(/0+$/, '')
  if (stripped === '') return '0'
  return `${sign}${stripped}e${Number(exponent) - fraction.length + digits.length - stripped.length}`
}

test('any number in any place arrives with its digits, or the row is refused and the cell is named', async () => {
  const digits = (min: number, max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max })
  const number = fc
    .tuple(
      fc.constantFrom('', '', '-'),
      fc.oneof(
        fc.constant('0'),
        fc.tuple(fc.constantFrom(...'123456789'), digits(0, 40)).map((parts) => parts.join('')),
      ),
      fc.oneof(
        fc.constant(''),
        digits(1, 40).map((text) => `.${text}`),
      ),
      fc.oneof(
        fc.constant(''),
        fc.constant(''),
        fc.integer({ min: -420, max: 420 }).map((exponent) => `e${exponent}`),
      ),
    )
    .map((parts) => parts.join(''))
  const place = fc.constantFrom(
    'serviceLevel',
    'reviewPeriodDays',
    ...CUSTOM.map(({ columnName }) => `extra.${columnName}`),
    'extra.PAPERS {}',
  )
  const property = fc.asyncProperty(
    place,
    number,
    fc.constantFrom('in variables', 'as literals'),
    fc.boolean(),
    async (cell, text, way, isFast) => {
      const [name = '', isInside] = cell.split(' ')
      const told = await tell(isFast ? fast : plain, [[name, isInside ? `{"a":[${text}]}` : text]], way)
      if (told.row === undefined)
        return void expect([way, JSON.parse(told.text).errors?.[0].extensions.code]).toEqual(['as literals', 'GRAPHQL_VALIDATION_FAILED'])
      if (told.row.__typename === 'RejectedRow') return void expect(told.row.issues?.[0]?.field).toBe(name)
      const value = told.sent?.[wireName(name)]
      const arrived = isInside ? (value as { a: string[] }).a[0] : (value as string)
      expect(normal(arrived?.slice(1) ?? '')).toBe(normal(text))
    },
  )
  await fc.assert(property, { seed: 20261125, numRuns: 500, endOnFailure: true })
})
