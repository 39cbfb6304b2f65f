import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { exampleRow } from '../src/resource/define-resource.ts'
import { diagnose } from '../src/rows/diagnose.ts'
import { createJudge, type Judge, type JudgedRows } from '../src/rows/judge.ts'
import { wireTimestamp } from '../src/rows/timestamp.ts'
import { keyHash, keyNames, toWire } from '../src/rows/wire-row.ts'
import { nearestName } from '../src/util/nearest-name.ts'
import { anyText } from './support/any-text.ts'
import { resourceNamed } from './support/rows.ts'
import { wireText } from './support/wire-text.ts'

const OPTIONS = { timestampFormat: 'ISO-8601 UTC', keyCase: 'lower' } as const
const ROWS_PER_CHUNK = 10

/** What a judge says at once of few rows. */
function judgeNow(judge: Judge, rows: readonly unknown[]): JudgedRows {
  const judged = judge([rows]) as JudgedRows
  judged.judgeAttributes(undefined)
  return judged
}

const oddValue = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    '',
    ' ',
    '\u200b',
    'a\0',
    '\ud800',
    '12',
    Number.POSITIVE_INFINITY,
    -0,
    2 ** 53,
    1.5,
    true,
    '2025-02-30',
    '2025-01-15',
    '2025-01-15T08:00:00+02:00',
    '2025-01-15 08:00:00',
    'won',
    '{"a":1}',
    'peak',
  ),
  fc.jsonValue(),
  anyText(),
)

/** Examples with some fields dropped, some replaced by odd values, some unknown ones and odd extras added. */
const rowOf = (example: Record<string, unknown>) =>
  fc
    .record({
      drop: fc.subarray(Object.keys(example), { maxLength: 2 }),
      set: fc.dictionary(fc.constantFrom(...Object.keys(example), 'extra', 'nope', '__proto__'), oddValue, {
        maxKeys: 3,
        noNullPrototype: false,
      }),
    })
    .map(({ drop, set }) => ({ ...Object.fromEntries(Object.entries(example).filter(([name]) => !drop.includes(name))), ...set }))

describe('the generated judge and the plain reading of the declaration agree', () => {
  test.each(contract.resources.map((resource) => [resource.graphqlName, resource] as const))('%s', (_, resource) => {
    const judge = createJudge(resource, OPTIONS, ROWS_PER_CHUNK)
    fc.assert(
      fc.property(fc.array(rowOf(exampleRow(resource)), { minLength: 1, maxLength: 3 }), (rows) => {
        const { faults, chunks } = judgeNow(judge, rows)
        const issues = rows.map((row) => diagnose(row, resource, OPTIONS.timestampFormat))
        expect(faults.map((found) => found ?? [])).toEqual(issues)
        const wire = rows.flatMap((row, at) => (issues[at]?.length === 0 ? [toWire(row, resource, OPTIONS)] : []))
        expect(chunks.map(({ rows }) => wireText(rows))).toEqual(wire.length > 0 ? [JSON.stringify(wire)] : [])
        expect(chunks.flatMap(({ keys }) => keys)).toEqual(wire.map((one) => keyHash(one, keyNames(resource, OPTIONS.keyCase))))
      }),
      { numRuns: 50 },
    )
  })
})

test('rows that have custom attributes are not to be had before these are judged', () => {
  const resource = resourceNamed('Products')
  const judged = createJudge(resource, OPTIONS, ROWS_PER_CHUNK)([[{ ...exampleRow(resource), extra: { COLOUR: 'red' } }]]) as JudgedRows
  expect(judged.chunks).toEqual([])
  judged.judgeAttributes(undefined)
  expect(judged.chunks.map(({ rows }) => rows.at(0))).toEqual([expect.objectContaining({ colour: 'red' })])
})

test('a process that forbids code from strings does not start, and says why', async () => {
  const started = promisify(execFile)(process.execPath, ['--disallow-code-generation-from-strings', 'src/main.ts'], {
    cwd: new URL('..', import.meta.url).pathname,
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '', PORT: '0', SANDBOX_FILE: ':memory:', STORE_FILE: ':memory:' },
  })
  await expect(started).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Code generation from strings disallowed') })
})

describe('moments', () => {
  test('every instant comes out as itself, in either form and from any offset', () => {
    const instant = fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
    fc.assert(
      fc.property(instant, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, offset) => {
        const seconds = new Date(Math.floor(date.getTime() / 1000) * 1000)
        const local = new Date(seconds.getTime() + offset * 60_000).toISOString().slice(0, 19)
        const sign = `${offset < 0 ? '-' : '+'}${String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')}:${String(Math.abs(offset) % 60).padStart(2, '0')}`
        const utc = seconds.toISOString().slice(0, 19)
        expect(wireTimestamp(local + sign, 'ISO-8601 UTC')).toBe(`${utc}Z`)
        expect(wireTimestamp(utc.replace('T', ' '), 'YYYY-MM-DD HH:MM:SS')).toBe(utc.replace('T', ' '))
      }),
    )
  })

  test.each([
    ['2025-01-28T14:30:00.120Z', '2025-01-28T14:30:00.12Z'],
    ['2025-01-28t14:30:00z', '2025-01-28T14:30:00Z'],
    ['2025-01-28 14:30:00+00:00', '2025-01-28T14:30:00Z'],
    ['2024-02-29 00:00:00', '2024-02-29T00:00:00Z'],
  ])('%s is taken', (text, wire) => {
    expect(wireTimestamp(text, 'ISO-8601 UTC')).toBe(wire)
  })

  test.each([
    '2023-02-29 00:00:00',
    '1900-02-29T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-01-01T00:00:60Z',
    '2025-01-01T24:00:00Z',
    '2025-01-01T00:00:00+24:00',
    '2025-01-01T00:00:00',
    '2025-1-1 00:00:00',
    '0000-01-01T00:00:00+01:00',
    ' 2025-01-01 00:00:00',
    '2025-01-01 00:00:00\n',
  ])('%j is no moment', (text) => {
    expect(wireTimestamp(text, 'ISO-8601 UTC')).toEqual({ fault: 'INVALID_TIMESTAMP' })
  })
})

test('issues teach: where, what is allowed, and what was probably meant', () => {
  const row = {
    ...exampleRow(resourceNamed('Products')),
    packSise: 1,
    PACK_SIZE: 2,
    packSize: '12',
    minimumOrderQuantity: Number.POSITIVE_INFINITY,
    extra: { pack_size: 1 },
  }
  expect(diagnose(row, resourceNamed('Products'), 'YYYY-MM-DD HH:MM:SS')).toEqual([
    {
      code: 'WRONG_TYPE',
      field: 'packSize',
      column: 'pack_size',
      message: 'packSize must be a whole number.',
      hint: 'send it without quotes',
    },
    {
      code: 'NOT_FINITE',
      field: 'minimumOrderQuantity',
      column: 'minimum_order_quantity',
      message: 'minimumOrderQuantity must be a finite number.',
    },
    { code: 'EXTRA_IS_A_COLUMN', field: 'extra.pack_size', message: 'extra.pack_size is a declared column.', hint: 'send it as packSize' },
    { code: 'UNKNOWN_FIELD', field: 'packSise', message: 'packSise is not a field of this resource.', hint: 'did you mean packSize?' },
    { code: 'UNKNOWN_FIELD', field: 'PACK_SIZE', message: 'PACK_SIZE is not a field of this resource.', hint: 'did you mean packSize?' },
  ])
})

test('a name of a hundred letters is shown again, a longer one is not', () => {
  const issuesOf = (length: number) =>
    diagnose({ ...exampleRow(resourceNamed('Products')), ['n'.repeat(length)]: 1 }, resourceNamed('Products'), 'YYYY-MM-DD HH:MM:SS')
  expect(issuesOf(100)).toMatchObject([{ code: 'UNKNOWN_FIELD', field: 'n'.repeat(100) }])
  expect(JSON.stringify(issuesOf(101))).not.toContain('nn')
})

test('a row with very many issues stays bounded', () => {
  const row = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`field${at}`, at]))
  const issues = diagnose(row, resourceNamed('Products'), 'YYYY-MM-DD HH:MM:SS')
  expect(issues).toHaveLength(33)
  expect(issues.at(-1)).toMatchObject({ code: 'MORE_ISSUES', message: 'The row has 9972 more issues.' })
})

test.each([
  ['pack_sise', 'packSize'],
  ['PACKSIZE', 'packSize'],
  ['pckSz', undefined],
  ['ik', 'id'],
  ['xx', undefined],
  ['sku', undefined],
  [`id${'x'.repeat(63)}`, undefined],
])('%s was probably meant to be %s', (name, meant) => expect(nearestName(name, new Set(['productId', 'packSize', 'id']))).toBe(meant))
