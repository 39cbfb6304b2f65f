import { randomUUID } from 'node:crypto'
import {
  type DocumentNode,
  type FieldNode,
  GraphQLNonNull,
  GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  isOutputType,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import type { Outcome } from '../../ingest/outcome.ts'
import { fragmentsOf } from '../cost/fragments.ts'
import { mutationSchema, withFields } from '../mutation-schema.ts'
import { printRows } from './print-rows.ts'
import { compileSelections, type Projector } from './projector.ts'

/** The one field whose selections are compiled. */
const PAYLOAD = 'IngestPayload'
const ROWS = 'rows'

/** A schema and documents in which `rows`, with everything selected below it, is one leaf that prints itself. */
export interface CompiledSelection {
  readonly schema: GraphQLSchema
  /** The document to execute on it; undefined if a selection below `rows` is unusual and takes the plain path. */
  compile(document: DocumentNode): DocumentNode | undefined
  /** Prepares one execution; returns the function that prints its result, in pieces. */
  prepare(context: object): (result: object) => readonly string[]
}

/** The selections of one `rows` in a document. */
interface Selected {
  readonly set: SelectionSetNode
  readonly project: Projector
  /** A projector for several sets that the document has under the same response key. */
  readonly projectAll: (sets: readonly SelectionSetNode[]) => Projector | undefined
}

// On the node itself, as in `memoize`.
const SELECTED: unique symbol = Symbol('selected')

/**
 * Spares the executor the rows: completing one union value per row costs more than the rest of a request. Everything above `rows` stays
 * with the executor, and compiled projectors call the schema's own resolvers, so both paths answer the same.
 */
export function createCompiledSelection(schema: GraphQLSchema): CompiledSelection {
  const payload = schema.getType(PAYLOAD)
  const rowType = isObjectType(payload) ? getNamedType(payload.getFields()[ROWS]?.type) : undefined
  return {
    schema: withRowsAsText(schema),
    compile(document) {
      if (rowType === undefined || !isOutputType(rowType)) return undefined
      const context = { schema, fragments: fragmentsOf(document) }
      return compileDocument(document, schema, (sets) => compileSelections(new GraphQLNonNull(rowType), sets, context))
    },
    prepare(context) {
      const texts: (readonly string[])[] = []
      Object.assign(context, { [ROW_TEXTS]: texts })
      return (result) => printWithRows(result, texts)
    },
  }
}

function withRowsAsText(schema: GraphQLSchema): GraphQLSchema {
  const type = new GraphQLNonNull(new GraphQLScalarType({ name: 'RowsText' }))
  const resolve = (
    result: IngestResult,
    { only }: { only?: readonly Outcome['status'][] | null },
    context: { readonly [ROW_TEXTS]?: (readonly string[])[] },
    info: { fieldNodes: readonly (FieldNode & { readonly [SELECTED]?: Selected })[] },
  ) => {
    const parts = info.fieldNodes.flatMap((node) => node[SELECTED] ?? [])
    const project = parts.length === 1 ? parts[0]?.project : parts[0]?.projectAll(parts.map(({ set }) => set))
    const keep = (text: readonly string[]) => `${MARK}${context[ROW_TEXTS]?.push(text)}`
    const printed = printRows(result, only ?? undefined, project as Projector)
    return printed instanceof Promise ? printed.then(keep) : keep(printed)
  }
  const payload = schema.getType(PAYLOAD)
  if (!isObjectType(payload)) return schema
  const written = withFields(payload, (field, name) => (name === ROWS ? { ...field, type, resolve } : field))
  return mutationSchema(schema, [written], (field) => (field.type === payload ? { ...field, type: written } : field))
}

function compileDocument(document: DocumentNode, schema: GraphQLSchema, compile: Selected['projectAll']): DocumentNode | undefined {
  const typeInfo = new TypeInfo(schema)
  let isUsual = true
  const leaves = visitWithTypeInfo(typeInfo, {
    Field(node) {
      if (node.name.value !== ROWS || typeInfo.getParentType()?.name !== PAYLOAD || node.selectionSet === undefined) return undefined
      const project = compile([node.selectionSet])
      isUsual &&= project !== undefined
      if (project === undefined) return false
      const { selectionSet: set, ...leaf } = node
      return { ...leaf, [SELECTED]: { set, project, projectAll: compile } }
    },
  })
  const compiled = visit(document, leaves)
  return isUsual ? compiled : undefined
}

// On the request context rather than in a WeakMap, whose entries cost every garbage collection.
const ROW_TEXTS: unique symbol = Symbol('texts of rows')

// Stands in the result for the text of one `rows`, followed by its number; being random, it occurs in nothing that is sent.
const MARK = `rows:${randomUUID()}:`

function printWithRows(result: object, texts: readonly (readonly string[])[]): readonly string[] {
  const printed = JSON.stringify(result)
  const pieces: string[] = []
  let from = 0
  for (let mark = printed.indexOf(MARK); mark >= 0; mark = printed.indexOf(MARK, from)) {
    const end = printed.indexOf('"', mark)
    pieces.push(printed.slice(from, mark - 1), ...(texts[Number(printed.slice(mark + MARK.length, end)) - 1] ?? []))
    from = end + 1
  }
  pieces.push(printed.slice(from))
  return pieces
}
