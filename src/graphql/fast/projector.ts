import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { DocumentContext } from '../cost/fragments.ts'

/** A selection left to the ordinary executor: one with directives or arguments. */
class UnusualSelection extends Error {
  override readonly name = 'UnusualSelection'
}

/** Compiles selections on types whose resolvers are plain functions of their source; undefined if a selection is unusual. */
export function compileSelections(
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
  context: DocumentContext,
): Projector | undefined {
  try {
    return compileType(type, sets, context)
  } catch (error) {
    if (error instanceof UnusualSelection) return undefined
    throw error
  }
}

function compileType(type: GraphQLOutputType, sets: readonly SelectionSetNode[], context: DocumentContext): Projector {
  if (isNonNullType(type)) return compileNonNull(type.ofType, sets, context)
  const project = compileNonNull(type, sets, context)
  return (value) => (value === null || value === undefined ? null : project(value))
}

function compileNonNull(type: GraphQLOutputType, sets: readonly SelectionSetNode[], context: DocumentContext): Projector {
  if (isListType(type)) return projectList(compileType(type.ofType, sets, context))
  if (isLeafType(type)) return (value) => type.serialize(value)
  if (isObjectType(type)) return compileObject(type, sets, context)
  if (!isAbstractType(type)) throw new UnusualSelection()
  const { schema } = context
  const projectors = new Map(schema.getPossibleTypes(type).map((possible) => [possible.name, compileObject(possible, sets, context)]))
  const nameOf = type.resolveType as unknown as (value: unknown) => string
  return (value) => (projectors.get(nameOf(value)) as Projector)(value)
}

function projectList(project: Projector): Projector {
  return (list) => (list as readonly unknown[]).map(project)
}

function compileObject(type: GraphQLObjectType, sets: readonly SelectionSetNode[], context: DocumentContext): Projector {
  const entries = [...collectFields(type, sets, context)].map(([responseKey, nodes]): ObjectEntry => {
    const name = nodes[0]?.name.value ?? ''
    // As a property name it would set the prototype.
    if (responseKey === '__proto__') throw new UnusualSelection()
    return [responseKey, name === '__typename' ? type.name : compileField(type, name, nodes, context)]
  })
  return buildObject(entries)
}

function compileField(type: GraphQLObjectType, name: string, nodes: readonly FieldNode[], context: DocumentContext): Projector {
  const field = type.getFields()[name]
  if (field?.resolve === undefined || field.args.length > 0) throw new UnusualSelection()
  const sets = nodes.flatMap((node) => node.selectionSet ?? [])
  const project = compileType(field.type, sets, context)
  const resolve = field.resolve as unknown as (source: unknown) => unknown
  return (source) => project(resolve(source))
}

function collectFields(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  context: DocumentContext,
  fields = new Map<string, FieldNode[]>(),
) {
  for (const node of sets.flatMap((set) => set.selections)) {
    refuseDirectives(node.directives)
    if (node.kind === Kind.FIELD) {
      const responseKey = node.alias?.value ?? node.name.value
      fields.set(responseKey, [...(fields.get(responseKey) ?? []), node])
      continue
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? context.fragments.get(node.name.value) : node
    if (fragment === undefined) throw new UnusualSelection()
    refuseDirectives(fragment.directives)
    if (appliesTo(type, fragment.typeCondition?.name.value, context.schema)) collectFields(type, [fragment.selectionSet], context, fields)
  }
  return fields
}

function refuseDirectives(directives: readonly DirectiveNode[] | undefined): void {
  if (directives !== undefined && directives.length > 0) throw new UnusualSelection()
}

function appliesTo(type: GraphQLObjectType, condition: string | undefined, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === type.name) return true
  const named = schema.getType(condition)
  return isAbstractType(named) && schema.isSubType(named, type)
}

/** Maps a value to the result of executing its selections, ready for `JSON.stringify`. */
export type Projector = (value: unknown) => unknown

/** A property of an object to build: its name, and its text or the projector of its value. */
type ObjectEntry = readonly [name: string, value: string | Projector]

type Build = (projectors: readonly Projector[]) => Projector

// By source, so that new documents with known selections need no new code.
const kept = new LRUCache<string, Build>({ max: 500, maxSize: 500_000, sizeCalculation: (_, source) => source.length })
// Longer sources hardly recur; generating code for them would cost more than it saves.
const MAX_SOURCE = 16_000

/**
 * A projector that builds an object with these properties, in this order. It is generated as an object literal, which takes a quarter of
 * the time of setting properties one by one. Names in it are GraphQL names (letters, digits and underscores) and are quoted.
 */
function buildObject(entries: readonly ObjectEntry[]): Projector {
  const projectors = entries.map(([, value]): Projector => (typeof value === 'string' ? () => value : value))
  const properties = entries.map(
    ([name, value], at) => `${JSON.stringify(name)}: ${typeof value === 'string' ? JSON.stringify(value) : `p${at}(value)`}`,
  )
  const source = `const [${entries.map((_, at) => `p${at}`).join(', ')}] = projectors; return (value) => ({ ${properties.join(', ')} })`
  const known = kept.get(source)
  if (known !== undefined) return known(projectors)
  if (source.length > MAX_SOURCE) return buildSlowly(entries, projectors)
  const build = new Function('projectors', source) as Build
  kept.set(source, build)
  return build(projectors)
}

function buildSlowly(entries: readonly ObjectEntry[], projectors: readonly Projector[]): Projector {
  return (value) => {
    const object: Record<string, unknown> = {}
    for (let at = 0; at < entries.length; at++) object[entries[at]?.[0] ?? ''] = projectors[at]?.(value)
    return object
  }
}
