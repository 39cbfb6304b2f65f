import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'

/** Writes a value as the JSON text that executing its selections and printing the result would come to. */
export type Writer = (value: unknown) => string

/** What compiling needs to know of the document around the selections. */
export interface SelectionContext {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

/** A selection the compiler leaves to the ordinary executor: one with directives, or with arguments. */
class UnusualSelection extends Error {
  override readonly name = 'UnusualSelection'
}

/** A writer for selections over types whose resolvers are plain functions of their source; undefined where a selection is unusual. */
export function compileSelections(
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
  context: SelectionContext,
): Writer | undefined {
  try {
    return compileType(type, sets, context)
  } catch (error) {
    if (error instanceof UnusualSelection) return undefined
    throw error
  }
}

function compileType(type: GraphQLOutputType, sets: readonly SelectionSetNode[], context: SelectionContext): Writer {
  if (isNonNullType(type)) return compileNonNull(type.ofType, sets, context)
  const write = compileNonNull(type, sets, context)
  return (value) => (value === null || value === undefined ? 'null' : write(value))
}

function compileNonNull(type: GraphQLOutputType, sets: readonly SelectionSetNode[], context: SelectionContext): Writer {
  if (isListType(type)) return writeList(compileType(type.ofType, sets, context))
  if (isLeafType(type)) return (value) => JSON.stringify(type.serialize(value))
  if (isObjectType(type)) return compileObject(type, sets, context)
  if (!isAbstractType(type)) throw new UnusualSelection()
  const { schema } = context
  const writers = new Map(schema.getPossibleTypes(type).map((possible) => [possible.name, compileObject(possible, sets, context)]))
  const nameOf = type.resolveType as unknown as (value: unknown) => string
  return (value) => (writers.get(nameOf(value)) as Writer)(value)
}

function writeList(write: Writer): Writer {
  return (list) => `[${(list as readonly unknown[]).map(write).join(',')}]`
}

/** Constant texts between the values, so that what is known beforehand is joined beforehand. */
function compileObject(type: GraphQLObjectType, sets: readonly SelectionSetNode[], context: SelectionContext): Writer {
  const texts = ['{']
  const values: Writer[] = []
  for (const [responseKey, nodes] of collectFields(type, sets, context)) {
    const comma = texts.length === 1 && texts[0] === '{' ? '' : ','
    const name = nodes[0]?.name.value ?? ''
    const opening = `${comma}${JSON.stringify(responseKey)}:`
    if (name === '__typename') texts.push(`${texts.pop()}${opening}${JSON.stringify(type.name)}`)
    else {
      texts.push(`${texts.pop()}${opening}`, '')
      values.push(compileField(type, name, nodes, context))
    }
  }
  const end = `${texts.pop()}}`
  return (value) => {
    let text = ''
    for (let at = 0; at < values.length; at++) text += texts[at] + (values[at] as Writer)(value)
    return text + end
  }
}

function compileField(type: GraphQLObjectType, name: string, nodes: readonly FieldNode[], context: SelectionContext): Writer {
  const field = type.getFields()[name]
  if (field?.resolve === undefined || field.args.length > 0) throw new UnusualSelection()
  const sets = nodes.flatMap((node) => node.selectionSet ?? [])
  const write = compileType(field.type, sets, context)
  const resolve = field.resolve as unknown as (source: unknown) => unknown
  return getNamedType(field.type).name === 'Int' ? (source) => `${resolve(source)}` : (source) => write(resolve(source))
}

function collectFields(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  context: SelectionContext,
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
