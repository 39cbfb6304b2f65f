import {
  type GraphQLInputField,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  getNamedType,
  isCompositeType,
  isScalarType,
} from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bareSchema } from './support/bare-schema.ts'
import { startPair } from './support/gateway.ts'
import { product } from './support/rows.ts'

// Every argument of every root field, of the ingest mutations those of one resource, is held to its bounds: all of them are recorded.

/** What an argument holds while it is another's turn; one that is required and not named here is no resource's rows. */
const USUAL: Readonly<Record<string, unknown>> = {
  ...{ solution: 'INV_OOTB', solutionName: 'INV_OOTB', appName: 'shop', appVersion: '1.0.0', targetSchemaName: 'STAGE' },
  ...{ resource: 'Products', type: 'STRING', idempotencyKey: 'k', rows: [product('A')], modules: ['inventory'] },
}

const LENGTHS = [0, 1, 64, 65, 127, 128, 129, 255, 256]
const TEXTS = ['a b', 'é', '1a', 'a-b', 'a_b', '1.0', '1.0.0', '01.0.0', '1.0.0-rc.1', "'", '2025-01-28T14:30:00Z', '2025-02-30T14:30:00Z']
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  Int: [-(2 ** 31), -1, 0, 1, 9, 10, 38, 39, 255, 256, 1_000, 1_001, 2 ** 31 - 1],
  String: [...LENGTHS.map((length) => 'x'.repeat(length)), ...TEXTS],
}

type Argument = Pick<GraphQLInputField, 'name' | 'type'>
type Path = readonly string[]

let names = 0

const nullable = (type: GraphQLInputType) => (type instanceof GraphQLNonNull ? type.ofType : type)

/** The arguments that hold a scalar, those within input objects too, but for rows. */
function leavesOf({ name, type }: Argument, above: Path = []): readonly { readonly path: Path; readonly type: GraphQLInputType }[] {
  const plain = nullable(type)
  const path = [...above, name]
  if (plain instanceof GraphQLInputObjectType) return Object.values(plain.getFields()).flatMap((field) => leavesOf(field, path))
  return isScalarType(getNamedType(plain)) ? [{ path, type }] : []
}

/** The value of an argument, where one of those below it holds another than usual. */
function valueFor({ name, type }: Argument, [first, ...rest]: Path, value: unknown): unknown {
  const plain = nullable(type)
  if (plain instanceof GraphQLInputObjectType) {
    const fields = Object.values(plain.getFields()).map((field) => [field.name, valueFor(field, first === name ? rest : [], value)])
    return Object.fromEntries(fields.filter(([, one]) => one !== undefined))
  }
  if (first === name) return plain instanceof GraphQLList ? [value] : value
  // A column is added once.
  if (name === 'name' && type instanceof GraphQLNonNull) return `MORE_${++names}`
  return type instanceof GraphQLNonNull ? USUAL[name] : undefined
}

const schema = bareSchema()
const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((type) => (type ? [{ type, fields: type.getFields() }] : []))
const asked = roots.flatMap(({ type, fields }) =>
  Object.values(fields)
    .filter(({ name }) => !/^(?:upsert|append)(?!Products$)/.test(name))
    .map((field) => ({ operation: type.name.toLowerCase(), field })),
)

let pair: Awaited<ReturnType<typeof startPair>>

beforeAll(async () => {
  pair = await startPair({ RECENT_REJECTIONS: '10', LOG_LEVEL: 'fatal', REQUESTS_PER_SECOND: '10000' })
})
afterAll(() => pair.close())

test('what each argument may be is as recorded', async () => {
  const told: string[] = []
  for (const { operation, field } of asked) {
    const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : ''
    const heads = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ')
    const query = `${operation} (${heads}) { ${field.name}(${field.args.map(({ name }) => `${name}: $${name}`).join(', ')})${selection} }`
    for (const { path, type } of field.args.flatMap((argument) => leavesOf(argument))) {
      told.push(`${field.name}(${path.join('.')}: ${type})`)
      const answers = new Map<string, string[]>()
      for (const value of VALUES[getNamedType(type).name] ?? TEXTS) {
        const all = field.args.map((argument) => [argument.name, valueFor(argument, path, value)])
        const { errors } = await pair.gateway.send(query, Object.fromEntries(all.filter(([, one]) => one !== undefined)))
        const [error] = errors ?? []
        const code = error?.extensions?.code
        const answer = code === 'BAD_USER_INPUT' ? `${error?.message}` : `${code ?? 'may be'}`
        answers.set(answer, [...(answers.get(answer) ?? []), shown(value)])
      }
      for (const [answer, values] of answers) told.push(`  ${answer}: ${values.join(', ')}`)
    }
  }
  await expect(`${told.join('\n')}\n`).toMatchFileSnapshot('recorded/arguments.txt')
})

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.replace(/x{2,}/, (run) => `x * ${run.length}`)) : String(value)
}
