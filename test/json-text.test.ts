import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExactly } from '../src/util/exact-json.ts'
import { parseJson } from '../src/util/json-text.ts'
import { anyText } from './support/any-text.ts'
import { startFakeUpstream } from './support/fake-upstream.ts'
import { startGateway } from './support/gateway.ts'
import { product, products } from './support/rows.ts'

// V8 14 takes a name with an escape for one that it has seen before (https://issues.chromium.org/issues/521080746). Names that begin
// with the letters of the other are what it takes: so most of these are a backslash and what may stand behind one.
const name = fc.oneof(
  fc.constantFrom(
    '"',
    '\\',
    '\\u',
    '\\n',
    '\n',
    '\t',
    'a',
    '"a',
    'a"',
    'a\\',
    'a\\"',
    'é',
    '\\\\',
    '😀',
    '__proto__',
    '1',
    '0',
    '',
    'name 0',
  ),
  anyText(3),
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText(5),
    fc.constantFrom('":', '"', '\\', '{"\\"":1}', 1, -2.5, null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
}))
/** Each character of a text as its escape, where it has a short one or is drawn. */
const escaped = (text: string, isDrawn: (at: number) => boolean) =>
  `"${Array.from({ length: text.length }, (_, at) => (isDrawn(at) ? `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}` : JSON.stringify(text[at]).slice(1, -1))).join('')}"`

function print(value: unknown, space: string, isDrawn: (at: number) => boolean): string {
  if (typeof value === 'string') return escaped(value, isDrawn)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${space}${value.map((item) => print(item, space, isDrawn)).join(`${space},`)}]`
  const members = Object.entries(value).map(([name, inner]) => `${escaped(name, isDrawn)}${space}:${space}${print(inner, space, isDrawn)}`)
  return `{${members.join(`,${space}`)}${space}}`
}

test('a text has the names that are written in it, whatever was read before', () => {
  const property = fc.property(value, fc.constantFrom('', ' ', '\r\n\t'), fc.nat(7), (value, space, every) => {
    const text = print(value, space, (at) => every > 0 && at % every === 0)
    const printed = JSON.stringify(value)
    expect(JSON.stringify(parseJson(text))).toBe(printed)
    expect(JSON.stringify(parseExactly(text))).toBe(printed)
  })
  fc.assert(property, { numRuns: 5_000 })
})

test('of equal names the last counts, in the place of the first, however they are written', () => {
  const text = '{"a":1,"b":2,"\\u0061":3,"c":4,"a":[{"\\u0062":5,"b":6}]}'
  expect(JSON.stringify(parseJson(text))).toBe('{"a":[{"b":6}],"b":2,"c":4}')
})

test.each(['{"\\"":1', '{"\\q":1}', '{"\\"" 1}', '["\\"":1]', '{"\\u00":1}', '\\', '"\\', '{"a\\":1}', '{"\\"":}', '{"\\"":1}]'])(
  'no JSON stays none: %s',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  },
)

const SEND = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount rejectedCount } }'

test.each([1, 4_000])('the names in a custom attribute arrive as they were sent, in a mutation of %i rows', async (count) => {
  const upstream = await startFakeUpstream(({ method }) => (method === 'POST' ? { status: 200, body: {} } : { status: 404 }))
  const settings = { INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '10000' }
  const body = JSON.stringify({ query: SEND, variables: { rows: [...products(count - 1), product('LAST', { extra: { PAPERS: '@' } })] } })
  for (const fast of [true, false]) {
    const gateway = await startGateway(settings, { fast })
    const headers = { authorization: 'token', 'content-type': 'application/json' }
    // As text: an object of the same names here would show them to the parser.
    const send = async (papers: string) =>
      (await (await gateway.fetch({ method: 'POST', headers, body: body.replace('"@"', papers) })).json()).data.upsertProducts
    for (const [before, taken] of [
      [String.raw`{"${fast}":[],"\\":0}`, String.raw`{"${fast}":1,"\"":2}`],
      [String.raw`{"a ${fast}":[],"a\\n":0}`, String.raw`{"a ${fast}":1,"a\nb":2}`],
    ] as const) {
      // A name with a backslash is not taken, but has been seen.
      expect(await send(before)).toEqual({ acceptedCount: count - 1, rejectedCount: 1 })
      expect(await send(taken)).toEqual({ acceptedCount: count, rejectedCount: 0 })
      expect(upstream.arrived.at(-1)?.text).toContain(taken)
    }
    await gateway.close()
  }
  await upstream.close()
})
