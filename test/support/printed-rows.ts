import { type GraphQLInputField, getNamedType, isInputObjectType, isNonNullType } from 'graphql'
import { contract } from '../../schema/index.ts'
import { rowInputName } from '../../src/graphql/types/row-input.ts'
import { bareSchema } from './bare-schema.ts'

/** Where the types of the client's rows are committed. */
export const ROWS_FILE = new URL('../../src/client/rows.d.ts', import.meta.url)

/** What a caller may write where the SDL has a scalar; a new scalar fails the print until it is told here. */
const TYPES: Readonly<Record<string, string>> = {
  String: 'string',
  SafeInt: 'number | bigint',
  Float: 'number | bigint | RawNumber',
  Boolean: 'boolean',
  Date: 'string',
  Timestamp: 'string | Date',
  JSONObject: 'Readonly<Record<string, unknown>>',
}

const HEAD = `// Written by \`npm run schema\` from the declarations; not to be edited.

/** A number with all its digits, as \`JSON.rawJSON('1234567890.12345678')\` makes it. */
export interface RawNumber {
  readonly rawJSON: string
}
`

/** The row types of all resources, a map of them by the name of the resource, and the union of these names. */
export function printRows(): string {
  const schema = bareSchema()
  const rows = contract.resources.map((resource) => {
    const type = schema.getType(rowInputName(resource))
    if (!isInputObjectType(type)) throw new Error(`${rowInputName(resource)} is no input type`)
    const fields = Object.values(type.getFields()).map(printField).join('')
    return `${comment(type.description, '')}export interface ${type.name} {\n${fields}}\n`
  })
  const map = contract.resources.map((resource) => `  ${resource.graphqlName}: ${rowInputName(resource)}\n`).join('')
  const tail = `/** The row of each resource, by its name. */\nexport interface RowInputs {\n${map}}\n\n/** What may be ingested. */\nexport type ResourceName = keyof RowInputs\n`
  return [HEAD, ...rows, tail].join('\n')
}

function printField({ name, type, description }: GraphQLInputField): string {
  const written = TYPES[getNamedType(type).name]
  if (written === undefined) throw new Error(`${getNamedType(type).name} has no TypeScript type yet`)
  const line = isNonNullType(type) ? `readonly ${name}: ${written}` : `readonly ${name}?: ${written} | null | undefined`
  return `${comment(description, '  ')}  ${line}\n`
}

function comment(text: string | null | undefined, indent: string): string {
  return `${indent}/** ${(text ?? '').replaceAll('*/', '* /')} */\n`
}
