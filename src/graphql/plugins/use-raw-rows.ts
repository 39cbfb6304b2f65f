import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLNonNull,
  GraphQLScalarType,
  type GraphQLSchema,
  getOperationAST,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  type TypeNode,
  visit,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { type RequestContext, tenantOf } from '../builder.ts'
import { type CompiledSelection, createCompiledSelection } from '../fast/compiled-selection.ts'
import { memoize } from '../memoize.ts'
import { mutationSchema } from '../mutation-schema.ts'
import { RawRows, wholeList } from '../row-lists.ts'
import { ExactFloat, valueOfLiteral, withExactFloats } from './exact-literals.ts'

/** A result that may print itself. */
export interface PrintableResult extends ExecutionResult {
  /** The text of this result, or of the same with other errors, in pieces. */
  readonly print?: (result: object) => readonly string[]
}

/** The parts of an execution that the plugin reads and changes. */
interface Executed {
  schema: GraphQLSchema
  document: DocumentNode
  contextValue: RequestContext
  variableValues?: Record<string, unknown> | null
}

/** How a mutation is executed. */
interface ExecutionPlan {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  /** Variables whose rows may be parsed while they are judged. */
  readonly lateRows: ReadonlySet<string>
  readonly prepare?: CompiledSelection['prepare']
}

/**
 * Lets mutations run on rows as they were sent. The public schema stays strict; execution uses a copy in which rows pass
 * through untouched, because coercion would turn one wrong cell into an error for all rows, and would copy every row.
 * Where all selections are usual, outcomes are written by compiled code; other documents take the plain path, as all do without `fast`.
 */
export function useRawRows(schema: GraphQLSchema, isFast: boolean): Plugin<RequestContext> {
  const rowInputs = rowInputNames(schema)
  const rawSchema = rawRowsSchema(schema, rowInputs)
  const compiled = isFast ? createCompiledSelection(rawSchema) : undefined
  const planFor = memoize((document: DocumentNode): ExecutionPlan => {
    const ordinary = rawRowsDocument(document, rowInputs)
    const written = compiled?.compile(ordinary)
    const lateRows = lateVariables(document, rowInputs)
    if (compiled === undefined || written === undefined) return { schema: rawSchema, document: ordinary, lateRows }
    return { ...compiled, document: written, lateRows }
  })

  function prepare(args: Executed, plan: ExecutionPlan) {
    args.schema = plan.schema
    args.document = plan.document
    const print = plan.prepare?.(args.contextValue)
    if (print === undefined) args.contextValue.answerMemory = OBJECTS_PER_TEXT
    return print && { onExecuteDone: ({ result }: { readonly result: object }) => void Object.assign(result, { print }) }
  }

  return {
    onExecute(given) {
      const args = given.args as typeof given.args & Executed
      if (getOperationAST(args.document, args.operationName)?.operation !== 'mutation') return readNow(args, NONE)
      // Before any row is judged, so that no work is done for unauthenticated callers.
      tenantOf(args.contextValue)
      const plan = planFor(args.document)
      const reading = readNow(args, plan.lateRows)
      return reading === undefined ? prepare(args, plan) : reading.then(() => prepare(args, plan))
    },
  }
}

/** The default executor builds the whole answer before it is printed, which takes this many times the memory of its text. */
const OBJECTS_PER_TEXT = 6

/** The type that stands for a whole list of rows, so that not even the list is walked. */
function listName(rowInput: string): string {
  return `${rowInput}List`
}

/** Error messages of execution with the types named as in the public schema. */
export function inPublicTypes(message: string): string {
  return message.replace(/"(\w+RowInput)List(!?)"/g, '"[$1!]$2"').replaceAll(ExactFloat.name, 'Float')
}

function rawRowsSchema(schema: GraphQLSchema, rowInputs: ReadonlySet<string>): GraphQLSchema {
  const lists = new Map([...rowInputs].map((name) => [name, passThrough(listName(name))]))
  const types = [...[...rowInputs].map(passThrough), ...lists.values(), ExactFloat]
  return mutationSchema(schema, types, ({ args = {}, ...field }) => {
    const changed = Object.entries(args).map(([name, arg]) => {
      const list = lists.get(namedType(arg.type.toString()))
      return [name, list === undefined ? arg : { ...arg, type: new GraphQLNonNull(list) }]
    })
    return { ...field, args: Object.fromEntries(changed) }
  })
}

function namedType(type: string): string {
  return type.replace(/[[\]!]/g, '')
}

function passThrough(name: string): GraphQLScalarType {
  return new GraphQLScalarType({ name, parseValue: (value) => value, parseLiteral: valueOfLiteral })
}

/** The document with every variable that is a list of rows declared as that type, and with exact floats. */
function rawRowsDocument(document: DocumentNode, rowInputs: ReadonlySet<string>): DocumentNode {
  return visit(document, {
    VariableDefinition: (node) => {
      const name = listItemName(node.type)
      if (name === undefined || !rowInputs.has(name)) return withExactFloats(node)
      const named = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: listName(name) } } as const
      return { ...node, type: node.type.kind === Kind.NON_NULL_TYPE ? { kind: Kind.NON_NULL_TYPE, type: named } : named }
    },
  })
}

/**
 * The row variables of a document that is a single mutation field: nothing else reads these rows, and if they turn out not to be JSON,
 * nothing has been done yet.
 */
function lateVariables(document: DocumentNode, rowInputs: ReadonlySet<string>): ReadonlySet<string> {
  const [operation, ...others] = operationsIn(document)
  const [field, ...further] = operation?.selectionSet.selections ?? []
  if (operation === undefined || field?.kind !== Kind.FIELD || others.length + further.length > 0) return NONE
  const variables = operation.variableDefinitions ?? []
  return new Set(variables.filter(({ type }) => rowInputs.has(listItemName(type) ?? '')).map(({ variable }) => variable.name.value))
}

function operationsIn({ definitions }: DocumentNode): readonly OperationDefinitionNode[] {
  return definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
}

const NONE: ReadonlySet<string> = new Set()

/** Parses now the rows that would be parsed later, except those of `lateRows`; throws `BAD_REQUEST` if they are not JSON. */
function readNow(args: Pick<Executed, 'variableValues'>, lateRows: ReadonlySet<string>): Promise<void> | undefined {
  const values = args.variableValues ?? {}
  const now = Object.keys(values).filter((name) => values[name] instanceof RawRows && !lateRows.has(name))
  return now.length === 0 ? undefined : readAll(args, now)
}

async function readAll(args: Pick<Executed, 'variableValues'>, names: readonly string[]): Promise<void> {
  for (const name of names)
    args.variableValues = { ...args.variableValues, [name]: await wholeList(args.variableValues?.[name] as RawRows) }
}

function listItemName(type: TypeNode): string | undefined {
  if (type.kind === Kind.NON_NULL_TYPE) return listItemName(type.type)
  if (type.kind !== Kind.LIST_TYPE) return undefined
  const item = type.type.kind === Kind.NON_NULL_TYPE ? type.type.type : type.type
  return item.kind === Kind.NAMED_TYPE ? item.name.value : undefined
}

/** The names of all row inputs of a schema: what its mutations take as `rows`. */
function rowInputNames(schema: GraphQLSchema): Set<string> {
  const rowArgs = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) =>
    field.args.filter((arg) => arg.name === 'rows'),
  )
  const names = rowArgs.map((arg) => namedType(arg.type.toString()))
  return new Set(names.filter((name) => isInputObjectType(schema.getType(name))))
}
