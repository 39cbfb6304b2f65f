import { type DirectiveNode, type DocumentNode, Kind, type OperationDefinitionNode, type ValueNode, valueFromASTUntyped } from 'graphql'
import { GatewayError } from '../../errors.ts'
import { RawRows, type RowList } from '../../rows/raw-rows.ts'
import { argument } from './introspection-size.ts'
import { isExecuted, rootFields, type Variables } from './root-fields.ts'

/** The fields of a mutation that have rows. */
export interface RowCount {
  /** Only one field has any: they are counted while they are judged. */
  readonly isAlone: boolean
  /** How many rows the fields have together, or only those of some mutations; undefined where they are still to be read. */
  count(variables: Variables, counts?: (mutation: string) => boolean): number | undefined
}

interface RowsField {
  readonly responseKey: string
  readonly name: string
  readonly rows: ValueNode
  readonly directives: readonly DirectiveNode[]
}

/** Counts the rows of a mutation by its document, which is looked through once; undefined where no field has any. */
export function createRowCount(document: DocumentNode, operation: OperationDefinitionNode): RowCount | undefined {
  const fields = rootFields(document, operation).flatMap(({ responseKey, node, directives }): RowsField[] => {
    const rows = argument(node, 'rows')
    return rows === undefined ? [] : [{ responseKey, name: node.name.value, rows, directives }]
  })
  if (fields.length === 0) return undefined
  const defaults = defaultsOf(operation)
  return {
    isAlone: fields.length === 1,
    count(given, counts = () => true) {
      const counted = fields.filter(({ name }) => counts(name))
      return countRows(counted, { ...defaults, ...given })
    },
  }
}

/** Fields of one response key are one field. */
function countRows(fields: readonly RowsField[], variables: Variables): number | undefined {
  const counts = new Map<string, number>()
  for (const { responseKey, rows, directives } of fields) {
    if (!isExecuted(directives, variables)) continue
    const count = rowsIn(rows, variables)
    if (count === undefined) return undefined
    counts.set(responseKey, count)
  }
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}

/** One object stands for a list of one, as GraphQL has it. */
function rowsIn(node: ValueNode, variables: Variables): number | undefined {
  if (node.kind === Kind.LIST) return node.values.length
  const value = node.kind === Kind.VARIABLE ? variables[node.name.value] : node.kind === Kind.NULL ? null : node
  if (Array.isArray(value)) return value.length
  if (value instanceof RawRows) return undefined
  return value === undefined || value === null ? 0 : 1
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Variables {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  )
}

const NO_ROWS: RowList = { rows: [] }

/** The lists as long as they have so many rows at most; further ones are read without their rows and counted, and at the end it throws `TOO_MANY_ROWS`. */
export function* atMostRows(limit: number, lists: Iterable<RowList>): Iterable<RowList> {
  let actual = 0
  for (const list of lists) {
    actual += list.rows.length
    yield actual <= limit ? list : NO_ROWS
  }
  if (actual > limit)
    throw new GatewayError('TOO_MANY_ROWS', `rows: at most ${limit} rows are taken at once; split the request`, { limit, actual })
}
