import { type DirectiveNode, type DocumentNode, Kind, type OperationDefinitionNode, type ValueNode, valueFromASTUntyped } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors.ts'
import { type RequestContext, reserve } from '../builder.ts'
import { argument, isExecuted, rootFields, type Variables } from '../cost/fragments.ts'
import { perMutation } from '../memoize.ts'
import { RawRows } from '../row-lists.ts'
import { ingestRightOf } from '../types/row-input.ts'

/** Bytes kept per row until its outcome is printed; measured at 400 to 550 for a row rejected for every missing field. */
const ROW_BYTES = 600

/**
 * Declines a request whose fields have too many rows together, before any is judged, and takes the memory that judging needs. The rows
 * of a single field may still be unread; these are counted while they are judged (`rowLists` in `fields/ingest-mutations.ts`). Rows count
 * towards the tenant's quota here, or else once they are judged. Must come after the plugin that reads rows.
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
      reserve(context.memory, Math.min(actual ?? maxUnread(args.variableValues), maxRows) * ROW_BYTES)
      if (actual === undefined || actual > maxRows) return
      const { takeRows, caller } = context
      context.takeRows = undefined
      return takeRows?.(rows.count(args.variableValues ?? {}, (mutation) => maySend(caller, mutation)) ?? 0)
    },
  }
}

/** How many rows that are still unread there are at most. */
function maxUnread(variables: Variables = {}): number {
  return Math.max(0, ...Object.values(variables).map((value) => (value instanceof RawRows ? value.maxCount : 0)))
}

/** Whether the caller may send the rows of a mutation; otherwise they must not count towards the tenant's quota. */
function maySend(caller: RequestContext['caller'], mutation: string): boolean {
  return 'tenant' in caller && caller.grant?.may(ingestRightOf(mutation)) !== false
}

function tooMany(limit: number, actual: number): GatewayError {
  const message = `The request has ${actual} rows; the limit is ${limit}, over all its fields. Split it.`
  return new GatewayError('TOO_MANY_ROWS', message, { limit, actual })
}

/** A mutation field with rows. */
interface RowsField {
  readonly responseKey: string
  readonly name: string
  readonly rows: ValueNode
  readonly directives: readonly DirectiveNode[]
}

/** A row counter for a mutation, made once per document; undefined where no field has rows. */
export function createRowCount(document: DocumentNode, operation: OperationDefinitionNode) {
  const fields = rootFields(document, operation).flatMap(({ responseKey, node, directives }): RowsField[] => {
    const rows = argument(node, 'rows')
    return rows === undefined ? [] : [{ responseKey, name: node.name.value, rows, directives }]
  })
  if (fields.length === 0) return undefined
  const defaults = defaultsOf(operation)
  return {
    /** Whether only one field has rows, which are then counted while they are judged. */
    isAlone: fields.length === 1,
    /** The number of rows of all fields, or of those of some mutations; undefined where they are still unread. */
    count(given: Variables, counts: (mutation: string) => boolean = () => true): number | undefined {
      const counted = fields.filter(({ name }) => counts(name))
      return countRows(counted, { ...defaults, ...given })
    },
  }
}

/** Counts fields with the same response key once. */
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

/** The number of rows in an argument; a single object counts as a list of one, as in GraphQL's input coercion. */
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
