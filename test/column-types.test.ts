import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { typeOf } from '../src/lifecycle/drift.ts'
import { COLUMN_TYPE_NAMES, type ColumnType, type Presence, traitsOf } from '../src/resource/column.ts'
import { defineResource, exampleRow } from '../src/resource/define-resource.ts'
import type { TimestampFormat } from '../src/resource/module.ts'
import { diagnose } from '../src/rows/diagnose.ts'
import { createJudge, type JudgedRows } from '../src/rows/judge.ts'
import { toWire } from '../src/rows/wire-row.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { convertCell } from '../src/tabular/convert-cell.ts'
import { type Gateway, startPair } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'

interface TypeCase {
  /** A good value as a caller sends it, and as it goes out. */
  readonly sent: unknown
  readonly wire: unknown
  /** Values that are none, and the code that says so. */
  readonly wrong: readonly (readonly [value: unknown, code: string])[]
  /** Its scalar in the SDL. */
  readonly scalar: string
  /** The pattern that it is declared with upstream. */
  readonly pattern?: string
}

const CASES: Readonly<Record<ColumnType, TypeCase>> = {
  string: {
    sent: 'Blue',
    wire: 'Blue',
    wrong: [
      [7, 'WRONG_TYPE'],
      ['a\0', 'INVALID_TEXT'],
    ],
    scalar: 'String',
  },
  integer: {
    sent: 12,
    wire: 12,
    wrong: [
      ['12', 'WRONG_TYPE'],
      [1.5, 'WRONG_TYPE'],
    ],
    scalar: 'SafeInt',
  },
  float: { sent: 1.5, wire: 1.5, wrong: [['1.5', 'WRONG_TYPE']], scalar: 'Float' },
  boolean: { sent: true, wire: true, wrong: [['true', 'WRONG_TYPE']], scalar: 'Boolean' },
  date: {
    sent: '2025-01-28',
    wire: '2025-01-28',
    wrong: [
      [20250128, 'WRONG_TYPE'],
      ['2025-02-30', 'INVALID_DATE'],
    ],
    scalar: 'Date',
    pattern: 'YYYY-MM-DD',
  },
  timestamp: {
    sent: '2025-01-28T16:30:00+02:00',
    wire: '2025-01-28 14:30:00',
    wrong: [
      [1738074600, 'WRONG_TYPE'],
      ['2025-02-30 00:00:00', 'INVALID_TIMESTAMP'],
    ],
    scalar: 'Timestamp',
    pattern: 'YYYY-MM-DD HH:MM:SS',
  },
}

const FORMAT: TimestampFormat = 'YYYY-MM-DD HH:MM:SS'
const PRESENCES: readonly Presence[] = ['required', 'nullable', 'optional']
const PAIRS = COLUMN_TYPE_NAMES.flatMap((type) => PRESENCES.map((presence) => ({ type, presence, name: `${presence}_${type}` })))
const everyPair = <Value>(of: (pair: (typeof PAIRS)[number]) => Value) => Object.fromEntries(PAIRS.map((pair) => [pair.name, of(pair)]))

/** A resource with a column of every type in every presence. */
const EVERY_TYPE = defineResource({
  object: 'EVERY_TYPE',
  module: 'trial',
  description: 'Every type in every presence.',
  primaryKey: ['id'],
  columns: {
    id: { type: 'string', presence: 'required', description: 'Key.' },
    ...everyPair(({ type, presence }) => ({ type, presence, description: 'A column.' })),
  },
  example: { id: 'A', ...everyPair(({ type }) => CASES[type].sent) },
})
const CONTRACT = {
  modules: {
    trial: { title: 'Trial', timestampFormat: FORMAT, exampleSolution: { name: 'TRIAL', prefix: 'T_', suffix: '_Z' } },
  },
  resources: [EVERY_TYPE],
}
const full = exampleRow(EVERY_TYPE)
const fieldOf = (name: string) => EVERY_TYPE.columns.find((column) => column.name === name)?.field ?? ''
/** A row in the form in which most values are written. */
const SAMPLES = { id: 'A', ...Object.fromEntries(PAIRS.map(({ name, type }) => [fieldOf(name), traitsOf(type).sample])) }

let gateway: Gateway
let sandbox: Sandbox
let close: () => Promise<void>

beforeAll(async () => {
  ;({ gateway, sandbox, close } = await startPair({}, { contract: CONTRACT }))
})
afterAll(() => close())

test('values of every type are written as the module wants them, nulls are filled in, and all is stored as it was sent', async () => {
  const bare = { id: 'B', ...Object.fromEntries(Object.entries(full).filter(([field]) => field.startsWith('required'))) }
  const { rows } = await gateway.ingest('upsertEveryType', [full, bare])
  const [request] = await sandbox.requests()

  expect(rows).toEqual([accepted(0), accepted(1)])
  const wire = { id: 'A', ...everyPair(({ type }) => CASES[type].wire) }
  const required = Object.entries(wire).filter(([name]) => name.startsWith('required'))
  const nulls = PAIRS.filter(({ presence }) => presence === 'nullable').map(({ name }) => [name, null])
  const bareWire = { id: 'B', ...Object.fromEntries([...required, ...nulls]) }
  expect(request?.body.data).toEqual([wire, bareWire])
  expect(await sandbox.rows('T_EVERY_TYPE_Z')).toEqual([wire, { ...everyPair(() => null), ...bareWire }])
})

test('rows of a body that is long enough to be read in its bytes are judged and written in the same way', async () => {
  // So many good ones that the reader does not leave all others to be parsed.
  const good = [1, 2, 3, 4].map((nth) => ({ row: { ...SAMPLES, id: `M${nth}` }, outcome: accepted }))
  const sent = PAIRS.flatMap(({ name, type }) =>
    CASES[type].wrong.flatMap(([value, code]) => [
      ...good,
      { row: { ...SAMPLES, [fieldOf(name)]: value }, outcome: (at: number) => rejected(at, code, fieldOf(name)) },
    ]),
  )
  const { rows } = await gateway.ingest(
    'upsertEveryType',
    sent.map(({ row }) => row),
    { dryRun: true },
  )
  const [, ...requests] = await sandbox.requests()

  expect(rows).toEqual(sent.map(({ outcome }, at) => outcome(at)))
  expect(requests.flatMap(({ body }) => body.data)).toEqual(
    sent
      .filter(({ outcome }) => outcome === accepted)
      .map(({ row }) => toWire(row, EVERY_TYPE, { timestampFormat: FORMAT, keyCase: 'lower' })),
  )
})

describe('what is wrong with a value is said at its field, whatever its presence', () => {
  test.each(COLUMN_TYPE_NAMES)('%s', async (type) => {
    const cases = PRESENCES.flatMap((presence) => {
      const field = fieldOf(`${presence}_${type}`)
      const wrong = CASES[type].wrong.map(([value, code]) => ({ row: { ...full, [field]: value }, field, code }))
      const nothing = { row: { ...full, [field]: null }, field, code: presence === 'required' ? 'NULL_VALUE' : undefined }
      return [...wrong, nothing]
    })
    const { rows } = await gateway.ingest(
      'upsertEveryType',
      cases.map(({ row }) => row),
      { dryRun: true },
    )

    expect(rows).toEqual(cases.map(({ code, field }, at) => (code === undefined ? accepted(at) : rejected(at, code, field))))
  })
})

test('the sandbox refuses by itself a value that no caller may send', async () => {
  const wire = { id: 'A', ...everyPair(({ type }) => CASES[type].wire) }
  const data = PAIRS.map(({ name, type }) => ({ ...wire, id: name, [name]: CASES[type].wrong[0]?.[0] }))
  const response = await fetch(new URL('/api/v2/objects/T_EVERY_TYPE_Z', sandbox.url), {
    method: 'POST',
    headers: { authorization: 'direct', 'content-type': 'application/json' },
    body: JSON.stringify({ solutionName: 'TRIAL', operationType: 'UPSERT', dryRun: true, data: [wire, ...data] }),
  })
  const { failed } = (await response.json()) as { failed: { index: number; errors: { column: string }[] }[] }

  expect(failed.map(({ index, errors }) => [index, errors])).toEqual(
    PAIRS.map(({ name }, at) => [at + 1, [expect.objectContaining({ column: name })]]),
  )
})

test.each<TimestampFormat>([FORMAT, 'ISO-8601 UTC'])(
  'the generated judge and the plain reading agree on every type, in %s',
  (timestampFormat) => {
    const options = { timestampFormat, keyCase: 'lower' } as const
    const judge = createJudge(EVERY_TYPE, options, 10)
    const all = COLUMN_TYPE_NAMES.flatMap((type) => [CASES[type].sent, ...CASES[type].wrong.map(([value]) => value)])
    const changes = fc.dictionary(fc.constantFrom(...Object.keys(full)), fc.constantFrom(...all, null, undefined), { maxKeys: 3 })
    fc.assert(
      fc.property(changes, (changed) => {
        const row = { ...full, ...changed }
        const { faults, chunks } = judge([[row]]) as JudgedRows
        const issues = diagnose(row, EVERY_TYPE, timestampFormat)

        expect(faults[0] ?? []).toEqual(issues)
        expect(chunks.map(({ rows }) => rows.at(0))).toEqual(issues.length > 0 ? [] : [toWire(row, EVERY_TYPE, options)])
      }),
      { numRuns: 500 },
    )
  },
)

test('a cell of a file that says a good value is read as one', () => {
  const read = ({ name, type }: (typeof PAIRS)[number]) => [
    fieldOf(name),
    convertCell(String(CASES[type].sent), type.toUpperCase() as Uppercase<ColumnType>),
  ]
  expect(diagnose({ id: 'A', ...Object.fromEntries(PAIRS.map(read)) }, EVERY_TYPE, FORMAT)).toEqual([])
})

test('the SDL gives each its scalar, and the resource tells its type', async () => {
  const { data } = await gateway.send<
    { input: { inputFields: { name: string; type: object }[] }; resources: [{ columns: object[] }] },
    object
  >(
    '{ input: __type(name: "EveryTypeRowInput") { inputFields { name type { name ofType { name } } } } resources { columns { field type } } }',
  )

  const types = Object.fromEntries(data.input.inputFields.map(({ name, type }) => [name, type]))
  expect(Object.keys(types)).toEqual(['id', ...PAIRS.map(({ name }) => fieldOf(name)), 'extra'])
  for (const { name, type, presence } of PAIRS) {
    const named = { name: CASES[type].scalar }
    expect(types[fieldOf(name)]).toEqual(presence === 'required' ? { name: null, ofType: named } : { ...named, ofType: null })
  }
  expect(data.resources[0].columns.slice(1)).toEqual(PAIRS.map(({ name, type }) => ({ field: fieldOf(name), type: type.toUpperCase() })))
})

test('each is declared to the upstream with its type and its pattern', async () => {
  const { data } = await gateway.send<{ saveSchema: { schemaDefinition: string } }, object>(
    'mutation { saveSchema(appName: "trial", appVersion: "2.0.0", modules: ["trial"]) { schemaDefinition } }',
  )

  const [{ columns }] = JSON.parse(data.saveSchema.schemaDefinition)
  const declared = columns.slice(1).map(({ columnName, dataType, validations }: Record<string, unknown>) => ({
    columnName,
    dataType,
    pattern: (validations as { type: string; format?: string }[]).find((rule) => rule.type === 'timestampFormat')?.format,
  }))
  expect(declared).toEqual(
    PAIRS.map(({ name, type }) => ({ columnName: name.toUpperCase(), dataType: type, pattern: CASES[type].pattern })),
  )
})

test('what is rolled out of them is as declared', async () => {
  const { data } = await gateway.send<object, object>('{ schemaDrift(solution: "TRIAL") { inSync differences { column } } }')

  expect(data).toEqual({ schemaDrift: { inSync: true, differences: [] } })
})

test('a word of an upstream means one type, and the sample of a type is good', () => {
  const words = COLUMN_TYPE_NAMES.flatMap((type) => traitsOf(type).upstreamWords.map((word) => [word, type] as const))
  expect(words.map(([word]) => [word, typeOf(word)])).toEqual(words)

  expect(diagnose(SAMPLES, EVERY_TYPE, FORMAT)).toEqual([])
})
