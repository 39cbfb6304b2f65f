import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { Batch } from '../src/ingest/batch.ts'
import { settle } from '../src/ingest/settle.ts'
import type { UpstreamError } from '../src/ingest/upstream-port.ts'
import { createUpstreamWords } from '../src/ingest/upstream-words.ts'
import { wireRows } from '../src/rows/chunk.ts'
import { readOrigin } from '../src/util/request-origin.ts'
import { secret } from '../src/util/secret.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { product, resourceNamed } from './support/rows.ts'

const resource = resourceNamed('Products')
const solution = { name: 'S', modules: [resource.module], prefix: '', suffix: '' }

function batchOf(rows: readonly Record<string, unknown>[], token = 'a-token'): Batch {
  const destination = { tenant: { id: 'T', credential: secret(token) }, solution, resource, operation: 'UPSERT', dryRun: false } as const
  return { destination, rows: wireRows(rows), origins: [], waitingSince: 0, sentUntil: 0 }
}

const ROWS = [
  { product_id: 'PROD-001', product_name: 'integer', pack_size: 120 },
  { product_id: 'PROD-002', product_name: 'Jane Roe, 12 High St', note: { deep: [{ Müller: 'Größe' }] } },
]
const shown = (message: string, rows: readonly Record<string, unknown>[] = ROWS, more: UpstreamError = {}) =>
  createUpstreamWords(batchOf(rows)).show({ message, ...more }).message

describe('the message of the upstream is shown whole', () => {
  test.each([
    'the customer lies outside of the agreed band',
    'Validation failed.',
    'Validation failed in line 1.',
    'pack_size must be positive (row 2)',
    'packSize: not a valid amount',
    'DI_E_10003: wrong type',
    "the value isn't allowed here",
    'out-of-range, see the guide!',
    'VALUE NOT ALLOWED',
    'Wert überschritten',
  ])('%s', (message) => {
    expect(shown(message)).toBe(message)
  })
})

describe('the message of the upstream is not shown', () => {
  test.each([
    ['a word within a cell', 'expected an integer'],
    ['in another case', 'bad value JANE'],
    ['a part of a cell', 'bad value Jan'],
    ['split with spaces', 'bad value J a n e'],
    ['split with other spaces', 'bad value Ja ne Ro e'],
    ['split by punctuation', 'bad value J-a-n-e'],
    ['with an escape', 'bad value \\u004aane'],
    ['in a URL', 'bad value Jane%20Roe'],
    ['as entities', 'bad value &#74;ane'],
    ['in base64', 'bad value SmFuZSBSb2U='],
    ['in hexadecimal', 'bad value 4a616e65'],
    ['inside another word', 'bad value xJanex'],
    ['nested, without its marks', 'bad GROSSE or grösse or Größe'],
    ['a name that is nested', 'bad Muller'],
    ['a number', 'bad value 120'],
    ['a number, as a row', 'bad value in row 120'],
    ['a code that is one', 'bad value PROD_001'],
    ['the token', 'bad token'],
    ['words with figures', 'bad value x1'],
    ['markup', 'bad <b>value</b>'],
    ['invisible characters', 'bad va\u200Blue'],
    ['letters of another script that look alike', 'bad J\u0430ne'],
  ])('%s', (_, message) => {
    expect(shown(message)).toBeUndefined()
  })

  test.each([
    ['the longer of two cells, the shorter first', ['Roe', 'Jane Roe'], 'bad value Jane Roe'],
    ['the longer of two cells, the longer first', ['Jane Roe', 'Roe'], 'bad value Jane Roe'],
    ['the rest of a cell around another', ['Jane', 'Jane Roe'], 'bad value Roe'],
    ['two cells in a row', ['Jane', 'Roe'], 'bad Jane Roe'],
  ])('%s', (_, cells, message) => {
    expect(
      shown(
        message,
        cells.map((product_name) => ({ product_name })),
      ),
    ).toBeUndefined()
  })

  test('where the number of a row is also a cell', () => {
    const many = Array.from({ length: 120 }, (_, at) => ({ product_id: at === 0 ? 'A-112' : 'B' }))
    expect([shown('bad value in row 112', many), shown('bad value in row 113', many)]).toEqual([undefined, 'bad value in row 113'])
  })

  test('where there are more cells than are looked at', () => {
    // The key is one of them, and the list itself another.
    const many = (count: number) => [{ product_id: 'P', list: Array.from({ length: count - 2 }, (_, nth) => nth % 9) }]
    expect([shown('quite harmless', many(200_000)), shown('quite harmless', many(200_001))]).toEqual(['quite harmless', undefined])
  })

  test('where a batch has very many different ones', () => {
    const words = createUpstreamWords(batchOf(ROWS))
    const messages = Array.from({ length: 60 }, (_, at) => `strange ${String.fromCharCode(97 + (at % 26)).repeat(3 + Math.floor(at / 26))}`)
    expect(messages.map((message) => words.show({ message }).message !== undefined).lastIndexOf(true)).toBe(49)
  })
})

test('code, category and column are shown, whatever the cells are; only what is none of these is not', () => {
  const words = createUpstreamWords(batchOf([{ product_id: 'DI_E_1', product_name: 'DATA_TYPE' }]))
  expect(words.show({ code: 'DI_E_1', category: 'DATA_TYPE', column: 'PRODUCT_ID', message: 'DI_E_1' })).toEqual({
    code: 'DI_E_1',
    category: 'DATA_TYPE',
    column: 'PRODUCT_ID',
    message: 'DI_E_1',
  })
  expect(words.show({ code: 'a b', category: 'Jane Roe', column: 'Jane Roe' })).toEqual({})
})

test('a code or category that may quote a cell is not shown in a batch of several requests, and is in a batch of one', () => {
  const rows = [{ product_id: 'PRD-10003', product_name: 'Jane Roe', source_id: 'ACME' }]
  const batch = { ...batchOf(rows), origins: [readOrigin({ headers: {} }), readOrigin({ headers: {} })] }
  const codesOf = (of: Batch) => (code: string) => createUpstreamWords(of).show({ code, category: code, message: `no ${code}` })
  const good = ['DI_E_10003', 'DATA_TYPE', 'E1234', 'invalid.format', '400']
  const quotes = ['Jane_Roe', 'JANEROE', 'j-a-n-e-r-o-e', 'DI_E_ACME', 'xAcmex', '4a616e6520526f65', 'SmFuZSBSb2U4', 'PRD-10003', '1000']

  expect(good.map(codesOf(batch))).toEqual(good.map((code) => expect.objectContaining({ code, category: code })))
  expect(quotes.map(codesOf(batch))).toEqual(quotes.map(() => ({})))
  expect(quotes.map(codesOf(batchOf(rows)))).toEqual(quotes.map((code) => expect.objectContaining({ code, category: code })))
})

const DISGUISES: Record<string, (cell: string) => string> = {
  plain: (cell) => cell,
  'JSON-escaped': (cell) => JSON.stringify(cell),
  'escaped altogether': (cell) => [...cell].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  'upper case': (cell) => cell.toUpperCase(),
  'lower case': (cell) => cell.toLowerCase(),
  'URL-encoded': (cell) => encodeURIComponent(cell),
  quoted: (cell) => `'${cell}'`,
  'split by punctuation': (cell) => [...cell].join('.'),
  spaced: (cell) => [...cell].join(' '),
  'in pairs': (cell) => (cell.match(/..?/gsu) ?? []).join(' '),
  truncated: (cell) => cell.slice(0, Math.max(3, cell.length - 2)),
  'in a word': (cell) => `x${cell}x`,
  base64: (cell) => Buffer.from(cell).toString('base64'),
  'without its spaces': (cell) => cell.replace(/[^\p{L}\p{N}]/gu, ''),
}

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 3, maxLength: 20 }),
  fc.stringMatching(/^[A-Za-z]{3,12}$/),
  fc.stringMatching(/^[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}, \d{1,3} [A-Z][a-z]+ St$/),
  fc.stringMatching(/^[A-Z]{2,4}-\d{3,6}$/),
  fc.integer({ min: 100, max: 1e9 }),
)
const row = fc.record({ product_id: cell, product_name: cell, extra: fc.record({ list: fc.array(cell, { maxLength: 2 }), note: cell }) })
const TEMPLATES = ['bad value # in row 1', '#', 'the value # is not allowed', 'refused: "#"', '#: DI_E_10003', 'row #']

function cellsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)]
  return Object.values(value).flatMap(cellsOf)
}

test('whatever cell the upstream quotes, in whatever disguise, no cell is found in what any row is told', () => {
  const property = fc.property(
    fc.array(row, { minLength: 1, maxLength: 4 }),
    fc.nat(),
    fc.constantFrom(...Object.values(DISGUISES)),
    fc.constantFrom(...TEMPLATES),
    fc.boolean(),
    (rows, which, disguise, template, isRefusal) => {
      const batch = batchOf(rows)
      const cells = cellsOf(rows)
      const quoted = cells[which % cells.length] as string
      const error = { code: 'DI_E_10003', message: template.replace('#', () => disguise(quoted)) }
      const answer = isRefusal
        ? ({ kind: 'refused', code: 'UPSTREAM_REFUSED_BATCH', failure: 'FINAL', divisible: false, status: 400, error } as const)
        : ({ kind: 'answered', verdicts: rows.map(() => ({ kind: 'rejected', errors: [error] }) as const) } as const)
      const told = settle(answer, batch).flatMap((outcome) =>
        outcome.status === 'REJECTED' ? outcome.issues.map(({ message }) => message) : [],
      )
      const ours = /^The upstream (?:refused the row|declined the request)/
      for (const message of told.filter((text) => !ours.test(text)))
        for (const found of cells.filter((text) => [...text].length >= 3)) expect(message.toLowerCase()).not.toContain(found.toLowerCase())
    },
  )
  fc.assert(property, { numRuns: 2_000 })
})

let gateway: Gateway | undefined
let upstream: FakeUpstream | undefined
afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = upstream = undefined
})

test("two callers of one token share a batch: neither reads the other's values, in answers, log or metrics", async () => {
  const secrets = ['Jane Roe, 12 High St', 'Zoltan', 'KX-4711-Q', 'crème brûlée', 'a"b\\c d']
  for (const [at, [name, disguise]] of Object.entries(DISGUISES).entries()) {
    const value = secrets[at % secrets.length] as string
    upstream = await startFakeUpstream(({ body }) => {
      const message = `bad value ${disguise(value)} in row 1`
      const failed = body.data.map((_, index) => ({ index, errors: [{ code: 'DI_E_10003', message }] }))
      return at % 2 === 0 ? { status: 400, body: { message } } : { status: 207, body: { failed } }
    })
    gateway = await startGateway({ INGESTION_URL: upstream.url, BATCH_WINDOW_MS: '100', LOG_LEVEL: 'trace' })
    const rowsOf = [[product('A', { productName: value })], [product('B'), product('C')]]
    const [, other] = await Promise.all(rowsOf.map((rows) => (gateway as Gateway).ingest('appendProducts', rows)))
    const metrics = await (await fetch(new URL('/metrics', gateway.url))).text()

    expect(upstream.arrived[0]?.body.data, name).toHaveLength(3)
    for (const text of [JSON.stringify(other), gateway.logged.join(''), metrics])
      expect(text.toLowerCase(), name).not.toContain(value.toLowerCase())
    expect(other?.rows[0]?.issues?.[0]?.message, name).toMatch(/^The upstream (?:refused|declined)/)
    await gateway.close()
    await upstream.close()
  }
})
