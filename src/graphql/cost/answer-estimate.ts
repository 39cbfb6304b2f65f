import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isListType,
  isUnionType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { argument, type DocumentContext } from './fragments.ts'
import { sizeOfName } from './introspection-size.ts'

/** The typical length of a value in bytes, by field or else by type. */
const VALUE_BYTES: Readonly<Record<string, number>> = {
  'RowIssue.field': 16,
  'RowIssue.column': 18,
  'RowIssue.message': 70,
  'RowIssue.hint': 20,
  'RowIssue.upstreamCode': 12,
  'IssueSummary.message': 70,
  'IssueSummary.field': 16,
  __typename: 16,
  Boolean: 5,
  Int: 6,
  SafeInt: 10,
  Float: 10,
  ID: 38,
  Timestamp: 26,
  String: 60,
}
const OTHER_VALUE_BYTES = 20
const OBJECT_AS_VALUE_BYTES = 300

/** The typical number of items in a list, or the maximum where there is one. */
const LIST_LENGTHS: Readonly<Record<string, number>> = {
  'Query.resources': 45,
  'Resource.columns': 10,
  'Query.solutionSchema': 50,
  'UpstreamTable.columns': 30,
  'SchemaDrift.differences': 100,
  'DataQuality.buckets': 200,
  'RecentRejection.issues': 2,
  'Me.mutations': 85,
}
const OTHER_LIST_LENGTH = 10
const LONGEST_ASKED_FOR = 1_000

/** Sizes that are known better than by the tables. */
interface KnownSizes {
  /** Numbers of items, by field. */
  readonly lengths?: Readonly<Record<string, number>>
  /** The length of a row's primary key in bytes. */
  readonly keyBytes?: number
}

/** Estimates how many bytes a field of a valid document prints, including its name. */
export type EstimateField = (parent: GraphQLCompositeType, field: FieldNode) => number

/** Estimates fields of a document, whose selections must be bounded already, by their types. */
export function createEstimate(
  { schema, fragments }: DocumentContext,
  { lengths = {}, keyBytes = OBJECT_AS_VALUE_BYTES }: KnownSizes = {},
): EstimateField {
  function sizeOfSet(type: GraphQLCompositeType, set: SelectionSetNode): number {
    return set.selections.reduce((sum, one) => sum + sizeOfSelection(type, one), 0)
  }

  function sizeOfSelection(type: GraphQLCompositeType, selection: SelectionNode): number {
    if (selection.kind === Kind.FIELD) return sizeOfField(type, selection)
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
    const condition = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value)
    return fragment === undefined ? 0 : sizeOfSet(isCompositeType(condition) ? condition : type, fragment.selectionSet)
  }

  function sizeOfField(parent: GraphQLCompositeType, field: FieldNode): number {
    const name = field.name.value
    const type = isUnionType(parent) ? undefined : parent.getFields()[name]?.type
    if (type === undefined) return sizeOfName(field) + (VALUE_BYTES[name] ?? 0)
    const place = `${parent.name}.${name}`
    const item = field.selectionSet
      ? 2 + sizeOfSet(getNamedType(type) as GraphQLCompositeType, field.selectionSet)
      : sizeOfValue(place, type)
    if (!isListType(getNullableType(type))) return sizeOfName(field) + item
    return sizeOfName(field) + 2 + (lengths[place] ?? askedFor(field) ?? LIST_LENGTHS[place] ?? OTHER_LIST_LENGTH) * (item + 1)
  }

  function sizeOfValue(place: string, type: GraphQLOutputType): number {
    const { name } = getNamedType(type)
    if (name === 'JSONObject') return place.endsWith('.key') ? keyBytes : OBJECT_AS_VALUE_BYTES
    return VALUE_BYTES[place] ?? (isEnumType(getNamedType(type)) ? OTHER_VALUE_BYTES : (VALUE_BYTES[name] ?? OTHER_VALUE_BYTES))
  }

  return sizeOfField
}

/** How many items an argument asks for; undefined for variables, which are not known yet. */
function askedFor(field: FieldNode): number | undefined {
  const last = argument(field, 'last')
  if (last === undefined) return undefined
  return last.kind === Kind.INT ? Math.min(Number(last.value), LONGEST_ASKED_FOR) : LONGEST_ASKED_FOR
}
