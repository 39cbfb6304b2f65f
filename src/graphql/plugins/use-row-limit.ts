import { type DirectiveNode, type DocumentNode, Kind, type OperationDefinitionNode, type ValueNode, valueFromASTUntyped } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors.ts'
import { type RequestContext, reserve } from '../builder.ts'
import { isExecuted, rootFields, type Variables } from '../cost/fragments.ts'
import { argument } from '../cost/introspection-size.ts'
import { RawRows } from '../row-lists.ts'
import { ingestRightOf } from '../types/row-input.ts'
import { perMutation } from './use-operation.ts'

/** What is kept of a row until its outcome is told: measured at 400 to 550 bytes for one that is refused for all it lacks. */
const ROW_BYTES = 600
/** No row of a field that is of any use is shorter than this in JSON. */
const SHORTEST_ROW = 8

/**
 * Declines a request whose fields have too many rows together, before any of them is judged, and takes the memory that judging
 * needs. The rows of a field that is alone may still be unread, and are counted while they are judged (`rowLists`). What a tenant
 * may send in a while is counted here as well, or once they are judged. Stands after the plugin that reads rows.
 */
export function useRowLimit(maxRows: number): Plugin<RequestContext> {
  const countOf = perMutation(createRowCount)
  return {
    onExecute({ args }) {
      const rows = countOf(args)
      if (rows === undefined) return
      const context = args.contextValue
      const actual = rows.count(args.variableValues ?? {})
      if (!rows.isAlone && actual !== undefined && actual > maxRows) throw tooMany(maxRows, actual)
      reserve(context.memory, Math.min(actual ?? context.requestBytes / SHORTEST_ROW, maxRows) * ROW_BYTES)
      if (actual === undefined || actual > maxRows) return
      const { takeRows, caller } = context
      context.takeRows = undefined
      return takeRows?.(rows.count(args.variableValues ?? {}, (mutation) => maySend(caller, mutation)) ?? 0)
    },
  }
}

/** Whether a caller may send the rows of a mutation: who may not must not spend what its tenant may send, nor be told of that first. */
function maySend(caller: RequestContext['caller'], mutation: string): boolean {
  return 'tenant' in caller && caller.grant?.may(ingestRightOf(mutation)) !== false
}

function tooMany(limit: number, actual: number): GatewayError {
  const message = `The request has ${actual} rows; at most ${limit} rows are taken at once, over all its fields. Split it.`
  return new GatewayError('TOO_MANY_ROWS', message, { limit, actual })
}

/** A field of a mutation that has rows. */
interface RowsField {
  readonly responseKey: string
  readonly name: string
  readonly rows: ValueNode
  readonly directives: readonly DirectiveNode[]
}

/** Counts the rows of a mutation by its document, which is looked through once; undefined where no field has any. */
export function createRowCount(document: DocumentNode, operation: OperationDefinitionNode) {
  const fields = rootFields(document, operation).flatMap(({ responseKey, node, directives }): RowsField[] => {
    const rows = argument(node, 'rows')
    return rows === undefined ? [] : [{ responseKey, name: node.name.value, rows, directives }]
  })
  if (fields.length === 0) return undefined
  const defaults = defaultsOf(operation)
  return {
    /** Only one field has any: they are counted while they are judged. */
    isAlone: fields.length === 1,
    /** How many rows the fields have together, or only those of some mutations; undefined where they are still to be read. */
    count(given: Variables, counts: (mutation: string) => boolean = () => true): number | undefined {
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
