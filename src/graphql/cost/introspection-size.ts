import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql'
import { GatewayError } from '../../errors.ts'
import { argument, type DocumentContext, fragmentSet } from './fragments.ts'
import { DOCUMENT_LIMITS } from './limits.ts'

type Source = Readonly<Record<string, unknown>>

/**
 * Computes the bytes of a `__schema` or `__type` field in the answer; undefined for other fields. It calls graphql-js's own resolvers,
 * once per selection set and schema element, which takes far less time than printing the answer. Exact, except that fields selected twice
 * count twice, variables count as the largest possible value, and `@skip` is ignored. Throws `ANSWER_TOO_LARGE` where even counting takes
 * too long.
 */
export function createIntrospectionMeasure({ schema, fragments }: DocumentContext): (field: FieldNode) => number | undefined {
  const known = new Map<SelectionSetNode, Map<unknown, number>>()
  let steps = 0

  function step(): void {
    if (++steps <= DOCUMENT_LIMITS.answerSteps) return
    const limit = DOCUMENT_LIMITS.answerBytes
    throw new GatewayError('ANSWER_TOO_LARGE', `The answer would have more than ${limit} bytes; select less.`, { limit })
  }

  function sizeOf(type: GraphQLOutputType, value: unknown, set: SelectionSetNode | undefined): number {
    step()
    if (isNonNullType(type)) return sizeOf(type.ofType, value, set)
    if (value === null || value === undefined) return NULL_BYTES
    if (isListType(type)) return sizeOfList(value as readonly unknown[], (item) => sizeOf(type.ofType, item, set))
    if (isLeafType(type)) return printedSize(value)
    // One byte for the opening brace; the closing one takes the place of the last comma.
    return isObjectType(type) && set !== undefined ? 1 + sizeOfMembers(type, value as Source, set) : 0
  }

  function sizeOfMembers(type: GraphQLObjectType, source: Source, set: SelectionSetNode): number {
    const measure = () => set.selections.reduce((sum, one) => sum + sizeOfSelection(type, source, one), 0)
    return known.getOrInsertComputed(set, () => new Map()).getOrInsertComputed(source, measure)
  }

  function sizeOfSelection(type: GraphQLObjectType, source: Source, selection: SelectionNode): number {
    if (selection.kind === Kind.FIELD) return sizeOfName(selection) + sizeOfField(type, source, selection)
    const set = fragmentSet(selection, fragments)
    return set === undefined ? 0 : sizeOfMembers(type, source, set)
  }

  function sizeOfField(type: GraphQLObjectType, source: Source, field: FieldNode): number {
    step()
    const definition = type.getFields()[field.name.value]
    if (definition?.resolve === undefined) return printedSize(type.name)
    const args = { includeDeprecated: mayBeTrue(argument(field, 'includeDeprecated')) }
    return sizeOf(definition.type, definition.resolve(source, args, undefined, { schema } as never), field.selectionSet)
  }

  /** The size of a `__type` field; where a variable names the type, that of the largest type. */
  function sizeOfType(field: FieldNode): number {
    const name = argument(field, 'name')
    const types = name?.kind === Kind.STRING ? [schema.getType(name.value)] : Object.values(schema.getTypeMap())
    return Math.max(NULL_BYTES, ...types.map((type) => sizeOf(TypeMetaFieldDef.type, type, field.selectionSet)))
  }

  return (field) => {
    if (field.name.value === SchemaMetaFieldDef.name) return sizeOfName(field) + sizeOf(SchemaMetaFieldDef.type, schema, field.selectionSet)
    if (field.name.value === TypeMetaFieldDef.name) return sizeOfName(field) + sizeOfType(field)
    return undefined
  }
}

const NULL_BYTES = 4

/** The bytes of a field's name in the answer, with quotes, colon and comma. */
export function sizeOfName({ alias, name }: FieldNode): number {
  return (alias ?? name).value.length + 4
}

function mayBeTrue(value: ValueNode | undefined): boolean {
  return value !== undefined && !(value.kind === Kind.BOOLEAN && !value.value)
}

function sizeOfList(list: readonly unknown[], sizeOf: (item: unknown) => number): number {
  return list.reduce<number>((sum, item) => sum + sizeOf(item) + 1, list.length === 0 ? 2 : 1)
}

function printedSize(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
