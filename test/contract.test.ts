import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildSchema, type GraphQLSchema, isInputObjectType, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { loadContract } from '../src/resource/contract.ts'
import { defineResource } from '../src/resource/define-resource.ts'
import { printRows, ROWS_FILE } from './support/printed-rows.ts'
import { printContractSchema, SCHEMA_FILE } from './support/printed-schema.ts'

const ROOT = new URL('..', import.meta.url)
const committed = await readFile(SCHEMA_FILE, 'utf8')
const schema = buildSchema(committed)

test('the committed SDL and the row types of the client are what the declarations say (npm run schema writes it)', async () => {
  expect(await printContractSchema()).toBe(committed)
  expect(printRows()).toBe(await readFile(ROWS_FILE, 'utf8'))
})

test('there are two mutations for each of 41 resources, and those of the schema lifecycle', () => {
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
  expect(contract.resources).toHaveLength(41)
  expect(mutations.sort()).toEqual(
    [
      ...contract.resources.flatMap(({ graphqlName }) => [`upsert${graphqlName}`, `append${graphqlName}`]),
      'addAttribute',
      'saveSchema',
      'rollout',
    ].sort(),
  )
})

test('the SDL, and every type, field, argument and value in it, is described', () => {
  expect(undescribed(schema)).toEqual([])
})

test('every example operation is valid', async () => {
  const folder = new URL('schema/operations/', ROOT)
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.graphql'))) {
    expect(validate(schema, parse(await readFile(new URL(file, folder), 'utf8')))).toEqual([])
  }
})

test('adding one file adds a resource everywhere', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'rowgate-'))
  for (const part of ['src', 'schema', 'docs', 'test', 'package.json'])
    await cp(new URL(part, ROOT), join(copy, part), { recursive: true, filter: (path) => !path.includes('node_modules') })
  await symlink(new URL('node_modules', ROOT), join(copy, 'node_modules'))
  await writeFile(join(copy, 'schema/resources/quote/discount.ts'), DISCOUNT)

  await promisify(execFile)(process.execPath, ['test/tools/print-schema.ts'], { cwd: copy })
  const sdl = await readFile(join(copy, 'schema/schema.graphql'), 'utf8')
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/demo.ts'], { cwd: copy })

  expect(sdl).toContain('input DiscountRowInput')
  expect(Object.keys(buildSchema(sdl).getMutationType()?.getFields() ?? {})).toEqual(
    expect.arrayContaining(['upsertDiscount', 'appendDiscount']),
  )
  expect(stdout).toContain('upsertDiscount')
  expect(stdout).toContain('84 mutations: every row got the outcome it deserves.')
  expect(stdout).toContain('loaded, corrected, loaded again; each of its rows was written once.')
  await rm(copy, { recursive: true })
})

describe('a faulty declaration is refused by name', () => {
  const good = {
    object: 'X',
    module: 'quote',
    description: '',
    primaryKey: ['id'],
    columns: { id: { type: 'string', presence: 'required', description: '' } },
    example: {},
  } as const
  test.each([
    ['a key that is no column', { ...good, primaryKey: ['nope'] }, 'key column nope'],
    ['a key that is optional', { ...good, columns: { id: { ...good.columns.id, presence: 'optional' as const } } }, 'key column id'],
    ['bounds on a text', { ...good, columns: { id: { ...good.columns.id, min: 1 } } }, 'column id has bounds'],
    ['an example of unknown columns', { ...good, example: { nope: 1 } }, 'nope is not a column'],
    ['a lower-case object', { ...good, object: 'x' }, 'upper case'],
    ['a column called extra', { ...good, columns: { ...good.columns, extra: good.columns.id } }, 'extra'],
  ])('%s', (_, declaration, complaint) => {
    expect(() => defineResource(declaration)).toThrow(complaint)
  })

  test('an unknown module', async () => {
    await expect(loadContract(new URL('schema/resources/', ROOT), {})).rejects.toThrow('unknown module')
  })
})

const DISCOUNT = `import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'DISCOUNT',
  module: 'quote',
  description: 'A discount.',
  primaryKey: ['discount_id'],
  columns: {
    discount_id: { type: 'string', presence: 'required', description: 'Key.' },
    share: { type: 'float', presence: 'nullable', min: 0, max: 1, description: 'Share taken off.' },
  },
  example: { discount_id: 'D1', share: 0.1 },
})
`

function undescribed(of: GraphQLSchema): string[] {
  const types = Object.values(of.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name),
  )
  const named = types.flatMap((type) => {
    const fields = 'getFields' in type ? Object.values(type.getFields()) : []
    const values = 'getValues' in type ? type.getValues() : []
    const args = isInputObjectType(type) ? [] : fields.flatMap((field) => ('args' in field ? field.args : []))
    return [type, ...fields, ...values, ...args].filter((thing) => !thing.description).map((thing) => `${type.name}.${thing.name}`)
  })
  return of.description ? named : ['schema', ...named]
}
