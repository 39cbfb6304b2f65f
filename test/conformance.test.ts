import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { type Column, type ColumnType, traitsOf } from '../src/resource/column.ts'
import { exampleRow } from '../src/resource/define-resource.ts'
import { objectName } from '../src/resource/module.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { type Gateway, startPair } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'

let gateway: Gateway
let sandbox: Sandbox
let close: () => Promise<void>

beforeAll(async () => {
  ;({ gateway, sandbox, close } = await startPair())
})
afterAll(() => close())

/** A number where a text belongs, and the text of what is none. */
function ofWrongType(type: ColumnType): unknown {
  const { sample } = traitsOf(type)
  return typeof sample === 'string' ? 7 : String(sample)
}

describe.each(contract.resources.map((resource) => [resource.graphqlName, resource] as const))('%s', (name, resource) => {
  const example = exampleRow(resource)
  const without = (field: string) => Object.fromEntries(Object.entries(example).filter(([key]) => key !== field))
  const token = `conformance-${name}`

  test.each(['upsert', 'append'])('%s: the example is accepted, arrives as declared and is stored', async (verb) => {
    const own = `${token}-${verb}`
    const payload = await gateway.ingest(`${verb}${name}`, [example], { token: own })
    expect(payload.rows).toEqual([accepted(0)])

    const [request] = await sandbox.requests(own)
    expect(request?.body.data).toEqual([resource.example])
    const stored = await sandbox.rows(payload.object, own)
    expect(stored).toEqual([Object.fromEntries(resource.columns.map((column) => [column.name, resource.example[column.name] ?? null]))])
  })

  test('every missing required field, null, wrong type and broken rule is rejected at its field', async () => {
    const cases = resource.columns.flatMap((column) => spoil(column, example, without))
    const payload = await gateway.ingest(`upsert${name}`, [...cases.map(({ row }) => row), example], { token, dryRun: true })

    expect(payload.rows).toEqual([...cases.map(({ code, field }, at) => rejected(at, code, field)), accepted(cases.length)])
  })

  test('its tables are part of the example solutions', () => {
    const solution = contract.modules[resource.module]?.exampleSolution
    expect(solution && objectName({ ...solution, modules: [] }, resource)).toMatch(/^(INV|QP)_[A-Z_]+_OOTB$/)
  })
})

function spoil(column: Column, example: Record<string, unknown>, without: (field: string) => Record<string, unknown>) {
  const { field, type, presence, isKey, min, max, allowed, content } = column
  const withValue = (value: unknown) => ({ ...example, [field]: value })
  const cases = [
    presence === 'required' && { code: 'MISSING_FIELD', row: without(field) },
    presence === 'required' && { code: 'NULL_VALUE', row: withValue(null) },
    { code: 'WRONG_TYPE', row: withValue(ofWrongType(type)) },
    type === 'string' && {
      code: allowed ? 'NOT_ALLOWED' : content ? 'INVALID_JSON' : 'TOO_LONG',
      row: withValue(allowed || content ? 'zz top' : 'x'.repeat(65_536)),
    },
    type === 'string' && isKey && { code: 'EMPTY_KEY', row: withValue('') },
    type === 'date' && { code: 'INVALID_DATE', row: withValue('2025-02-29') },
    type === 'timestamp' && { code: 'INVALID_TIMESTAMP', row: withValue('2025-02-30 00:00:00') },
    min !== undefined && { code: 'BELOW_MINIMUM', row: withValue(min - 1) },
    max !== undefined && { code: 'ABOVE_MAXIMUM', row: withValue(max + 1) },
  ]
  return cases.filter((item) => item !== false).map((item) => ({ ...item, field }))
}
