import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PIECE_BYTES } from '../src/graphql/fast/row-pieces.ts'
import { splitBody } from '../src/graphql/fast/split-body.ts'
import { RawRows } from '../src/graphql/row-lists.ts'
import { createRowsDigest } from '../src/idempotency/idempotency-key.ts'
import { exampleRow, type Resource } from '../src/resource/define-resource.ts'
import { keepRows, type WireRows } from '../src/rows/chunk.ts'
import { createJudge, type Judge } from '../src/rows/judge.ts'
import { createRowReader, type ReadGoodRows, type RowsText } from '../src/rows/row-reader/row-reader.ts'
import type { WireOptions } from '../src/rows/wire-row.ts'
import { parseExactly } from '../src/util/exact-json.ts'
import { scanJson } from '../src/util/json-scan/scan-json.ts'
import { expectCompiled } from './support/compiled-code.ts'
import { expectPlain, RESOURCES, readingOf, wideResource, within } from './support/row-reading.ts'
import { oddRow, patched, usualRow } from './support/row-texts.ts'
import { product, resourceNamed } from './support/rows.ts'
import { wireText } from './support/wire-text.ts'

const OPTIONS: readonly WireOptions[] = [
  { timestampFormat: 'ISO-8601 UTC', keyCase: 'lower' },
  { timestampFormat: 'YYYY-MM-DD HH:MM:SS', keyCase: 'upper' },
  { timestampFormat: 'ISO-8601 UTC', keyCase: 'upper' },
  { timestampFormat: 'YYYY-MM-DD HH:MM:SS', keyCase: 'lower' },
]
const EACH = RESOURCES.map((resource) => [resource.graphqlName, resource] as const)
const READERS = new Map(
  RESOURCES.map((resource) => [resource, OPTIONS.map((options) => createRowReader(resource, options) as ReadGoodRows)]),
)

const anyNth = fc.nat(OPTIONS.length - 1)
const between = fc.constantFrom(',', ',', ',\n', ' ,\r\n\t', ',,', '', ',\ufeff')
const behind = fc.constantFrom('', '}', '"}', '],', '1', 'null}', '0Z"}', ',{')

function readerOf(resource: Resource, nth: number) {
  return { read: READERS.get(resource)?.[nth] as ReadGoodRows, options: OPTIONS[nth] as WireOptions }
}

/** Where rows seem to begin, and one place more. */
function places(text: Buffer, more: number): number[] {
  const starts = Array.from(text.toString('latin1').matchAll(/\{/g), ({ index }) => index)
  return [0, ...starts.slice(0, 20), ...(text.length > 0 ? [more % text.length] : [])]
}

describe('rows are read in their bytes as by parsing, judging and printing them', () => {
  test.each(EACH)('%s: all of them, if they are good and written as usual', (_, resource) => {
    const rows = fc.array(usualRow(resource), { minLength: 1, maxLength: 5 })
    const law = fc.property(rows, anyNth, behind, fc.integer({ min: 1, max: 5 }), (items, nth, after, most) => {
      const { read, options } = readerOf(resource, nth)
      const text = within(Buffer.from(items.join(',')), '', after)
      const reading = readingOf(read, text, 0, most)
      expectPlain(reading, text, 0, resource, options)
      expect(reading.count).toBe(Math.min(most, items.length))
    })
    fc.assert(law, { numRuns: 12 })
  })

  test.each(EACH)('%s: if they are read at all', (_, resource) => {
    const rows = fc
      .tuple(fc.array(fc.oneof({ weight: 3, arbitrary: oddRow(resource) }, usualRow(resource)), { minLength: 1, maxLength: 3 }), between)
      .map(([items, comma]) => items.join(comma))
    const texts = fc.oneof(
      rows.map((text) => Buffer.from(text)),
      patched(rows),
    )
    const law = fc.property(texts, anyNth, behind, fc.nat(1_000), (bytes, nth, after, more) => {
      const { read, options } = readerOf(resource, nth)
      const text = within(bytes, '{"', after)
      if (!isUtf8(text)) return
      for (const from of places(bytes, more)) expectPlain(readingOf(read, text, from, 1 + (more % 5)), text, from, resource, options)
    })
    fc.assert(law, { numRuns: 30 })
  })
})

/** A body whose rows are judged late, however few they are. */
function bodyOf(rows: string): Buffer {
  return Buffer.from(`{"query":"${' '.repeat(4_096)}","variables":{"rows":[${rows}]}}`)
}

function split(bytes: Buffer) {
  return splitBody({ bytes, isLarge: false, release: undefined }, scanJson(bytes))
}

/** What a judge says of rows, in a form to compare. */
async function judged(judge: Judge, lists: Iterable<readonly unknown[] | RowsText>) {
  const all = await judge(lists)
  await all.judgeAttributes(undefined)
  const { attributeNames, count, faults, chunks, publicKeys } = all
  return {
    names: attributeNames && [...attributeNames],
    count,
    faults: faults.map((issues) => issues ?? null),
    keys: JSON.stringify(faults.map((_, index) => publicKeys.at(index))),
    keyTexts: faults.map((_, index) => JSON.stringify(JSON.parse(publicKeys.textAt(index)))),
    chunks: chunks.map(({ rows, indexes, keys }) => {
      const items = Array.from({ length: rows.length }, (_, place) => rows.at(place))
      return {
        rows: wireText(rows),
        items: JSON.stringify(items),
        slice: wireText(rows.slice(1, Math.max(1, rows.length))),
        indexes,
        keys,
      }
    }),
  }
}

/** Rows in a body as a mutation gets them if they are judged late. */
function sentLate(rows: string): RawRows | undefined {
  const sent = split(bodyOf(rows))?.params.variables.rows
  return sent instanceof RawRows ? sent : undefined
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string }).code
}

const judgedLate = fc.record({ size: fc.integer({ min: 1, max: 12 }), nth: anyNth, comma: fc.constantFrom(',', ',', ',\n  ') })

test.each(EACH)('%s: rows judged in their text are judged as parsed ones', async (_, resource) => {
  const withExtra = JSON.stringify({ ...exampleRow(resource), extra: { Shade: 'x', long: [1, null] } })
  const row = fc.oneof(
    { weight: 12, arbitrary: usualRow(resource) },
    { weight: 3, arbitrary: oddRow(resource) },
    { weight: 1, arbitrary: fc.constantFrom(JSON.stringify({ ...exampleRow(resource), extra: null }), '{}', '7', 'null', '[{}]') },
    { weight: 1, arbitrary: fc.constant(withExtra) },
  )
  const law = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), judgedLate, async (items, { size, nth, comma }) => {
    const text = items.join(comma)
    const sent = sentLate(text)
    if (sent === undefined) return
    const judge = createJudge(resource, OPTIONS[nth] as WireOptions, size)
    const late = await judged(judge, sent.lists).catch(codeOf)
    // What is longer than a piece may be given up, and is then parsed at once.
    if (late === 'BAD_REQUEST' && Buffer.byteLength(text) > PIECE_BYTES) return
    const rows = parsed(text)
    expect(late).toEqual(rows === undefined ? 'BAD_REQUEST' : await judged(judge, [rows]))
    const [digest, plain] = [createRowsDigest(), createRowsDigest()]
    const again = await judged(judge, digest.read(sentLate(text)?.lists ?? [])).catch(codeOf)
    expect(again).toEqual(late)
    if (rows !== undefined) expect(digest.text()).toBe(await judged(judge, plain.read([rows])).then(plain.text))
  })
  await fc.assert(law, { numRuns: 12 })
})

test('rows of which some are not sent return the memory of their text; those that are kept are what they were', async () => {
  const text = ['A', 'B', 'C'].map((id) => JSON.stringify(product(id))).join()
  const sent = split(bodyOf(text))?.params.variables.rows as RawRows
  const { chunks } = await createJudge(resourceNamed('Products'), OPTIONS[0] as WireOptions, 10)(sent.lists)
  expect(keepRows(chunks, () => true)).toEqual(chunks)
  const whole = wireText(chunks[0]?.rows as WireRows)
  const kept = keepRows(chunks, (index) => index !== 1).map(({ rows }) => wireText(rows))

  expect(kept.map((rows) => JSON.parse(rows))).toEqual([JSON.parse(whole).toSpliced(1, 1)])
  expect(() => wireText(chunks[0]?.rows as WireRows)).toThrow('after their release')
})

test('a timestamp of a key that is too long to be shown is left to the plain twin', () => {
  const { read } = readerOf(resourceNamed('Products'), 0)
  const text = (zeros: number) => Buffer.from(JSON.stringify(product('A', { updatedAt: `2025-01-28T14:30:00.${'0'.repeat(zeros)}Z` })))
  expect([1_003, 1_004].map((zeros) => read(text(zeros), 0, 1).count)).toEqual([1, 0])
})

test('rows that take more room on the wire than there is are read in several calls', () => {
  const wide = wideResource(60, 20)
  const options = OPTIONS[0] as WireOptions
  const read = createRowReader(wide, options) as ReadGoodRows
  const text = within(Buffer.from(Array.from({ length: 2_000 }, (_, at) => `{"id":"A${at}"}`).join()), '', '')
  let count = 0
  let calls = 0
  for (let from = 0; from < text.length; calls++) {
    const reading = readingOf(read, text, from, 2_000)
    expectPlain(reading, text, from, wide, options)
    from = reading.next
    count += reading.count
  }
  expect(count).toBe(2_000)
  expect(calls).toBeGreaterThan(1)
})

test('a resource of very many columns, or of very long names, is left to the plain twin; all others are read', () => {
  const options = OPTIONS[1] as WireOptions
  const text = within(Buffer.from('{"id":"A"}'), '', '')
  for (const [count, letters] of [
    [128, 60],
    [128, 20],
    [1, 60],
  ] as const) {
    const wide = wideResource(count, letters)
    const reading = readingOf(createRowReader(wide, options) as ReadGoodRows, text, 0, 1)
    expectPlain(reading, text, 0, wide, options)
    expect(reading.count).toBe(1)
  }
  expect(createRowReader(wideResource(129, 20), options)).toBeUndefined()
  expect(createRowReader(wideResource(128, 127), options)).toBeUndefined()
})

test('bytes that are no UTF-8 make a body no JSON', async () => {
  const bytes = bodyOf([1, 2, 3].map((nth) => JSON.stringify(product(`A${nth}`, { productName: 'here' }))).join())
  bytes[bytes.lastIndexOf('here')] = 0xff
  const sent = split(bytes)?.params.variables.rows as RawRows
  const judge = createJudge(resourceNamed('Products'), OPTIONS[0] as WireOptions, 10)
  await expect(judged(judge, sent.lists)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
})

test('a byte order mark before a row makes a body no JSON', async () => {
  const row = JSON.stringify(product('A'))
  const rows = [row, `\ufeff${row.replace('"A"', '7')}`, row].join()
  const sent = split(bodyOf(rows))?.params.variables.rows as RawRows
  const judge = createJudge(resourceNamed('Products'), OPTIONS[0] as WireOptions, 10)
  await expect(judged(judge, sent.lists)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
})

function parsed(rows: string): readonly unknown[] | undefined {
  try {
    return parseExactly(`[${rows}]`) as readonly unknown[]
  } catch {
    return undefined
  }
}

test('the code that runs is what its source compiles to', () => expectCompiled('rows/row-reader', 'read-rows.wasm'))
