import { type DocumentNode, Kind, OperationTypeNode, type SelectionNode, type SelectionSetNode } from 'graphql'
import { tooLarge } from './document-text.ts'
import { type Fragments, fragmentSet, fragmentsOf } from './fragments.ts'
import { DOCUMENT_LIMITS } from './limits.ts'

/** The cost of a selection set with all fragments expanded; counts stop at 2^53-1. */
interface SelectionCost {
  readonly fields: number
  /** Fields at the top level. */
  readonly topFields: number
  /** Fields with an alias. */
  readonly aliases: number
  /** Nested selection sets; not exact beyond the limit. */
  readonly depth: number
}

/** Declines a document that selects too much; throws `DOCUMENT_TOO_LARGE`. It need not be valid, but must have no fragment cycles. */
export function boundSelections(document: DocumentNode): void {
  const { depth, mutationFields, queryFields, aliases, fields, comparisons } = DOCUMENT_LIMITS
  const costs = measureDocument(document)
  for (const { operation, cost } of costs) {
    if (cost.depth > depth) throw tooLarge('nests selections deeper', depth)
    const topFields = operation === OperationTypeNode.MUTATION ? mutationFields : queryFields
    if (operation !== undefined) refuseMore('selects more fields at its root', topFields, cost.topFields)
    refuseMore('has more aliases', aliases, cost.aliases)
  }
  const selected = costs.reduce((sum, { cost }) => add(sum, cost.fields), 0)
  refuseMore('selects more fields', fields, selected)
  // Not too many, even if all fields had the same response path.
  if ((selected * selected) / 2 <= comparisons) return
  const fragments = fragmentsOf(document)
  const pairs = costs.reduce((sum, { set }) => sum + comparedPairs(set, fragments), 0)
  refuseMore('has more pairs of fields in the same place', comparisons, pairs)
}

function refuseMore(says: string, limit: number, actual: number): void {
  if (actual > limit) throw tooLarge(says, limit, actual < Number.MAX_SAFE_INTEGER ? actual : undefined)
}

/** A selection set that is measured by itself: of an operation, or of a fragment that no operation spreads. */
interface MeasuredSet {
  readonly operation?: OperationTypeNode
  readonly set: SelectionSetNode
  readonly cost: SelectionCost
}

/** The cost of each operation of a document, and of each fragment that no operation spreads. */
export function measureDocument(document: DocumentNode): MeasuredSet[] {
  const known = new Map<SelectionSetNode, SelectionCost>()
  const measure = createMeasure(fragmentsOf(document), known)
  const measured = document.definitions.flatMap((one): MeasuredSet[] =>
    one.kind === Kind.OPERATION_DEFINITION ? [{ operation: one.operation, set: one.selectionSet, cost: measure(one.selectionSet) }] : [],
  )
  const unused = document.definitions.flatMap((one): MeasuredSet[] =>
    one.kind === Kind.FRAGMENT_DEFINITION && !known.has(one.selectionSet)
      ? [{ set: one.selectionSet, cost: measure(one.selectionSet) }]
      : [],
  )
  return [...measured, ...unused]
}

const NOTHING: SelectionCost = { fields: 0, topFields: 0, aliases: 0, depth: 0 }
const FIELD: SelectionCost = { ...NOTHING, fields: 1 }
const RENAMED: SelectionCost = { ...FIELD, aliases: 1 }
const TOO_DEEP: SelectionCost = { ...NOTHING, depth: 1 }

/** Measures every selection set once, however often it is spread. */
function createMeasure(fragments: Fragments, known: Map<SelectionSetNode, SelectionCost>) {
  function measureSet(set: SelectionSetNode, level: number): SelectionCost {
    const before = known.get(set)
    if (before !== undefined) return before
    if (level > DOCUMENT_LIMITS.depth) return TOO_DEEP
    const inner = set.selections.reduce((sum, selection) => plus(sum, measureSelection(selection, level)), NOTHING)
    const cost = { ...inner, depth: inner.depth + 1 }
    known.set(set, cost)
    return cost
  }

  function measureSelection(selection: SelectionNode, level: number): SelectionCost {
    if (selection.kind !== Kind.FIELD) {
      const set = fragmentSet(selection, fragments)
      // An unknown fragment counts as a field: otherwise any number of spreads of it would cost nothing.
      return set === undefined ? FIELD : measureSet(set, level + 1)
    }
    const below = selection.selectionSet ? measureSet(selection.selectionSet, level + 1) : NOTHING
    const isRenamed = selection.alias !== undefined && selection.alias.value !== selection.name.value
    return { ...plus(below, isRenamed ? RENAMED : FIELD), topFields: 1 }
  }

  return (set: SelectionSetNode) => measureSet(set, 1)
}

function plus(one: SelectionCost, other: SelectionCost): SelectionCost {
  return {
    fields: add(one.fields, other.fields),
    topFields: add(one.topFields, other.topFields),
    aliases: add(one.aliases, other.aliases),
    depth: Math.max(one.depth, other.depth),
  }
}

function add(one: number, other: number): number {
  return Math.min(one + other, Number.MAX_SAFE_INTEGER)
}

/** A path in the response: how many fields are merged there, and the paths below. */
interface Place {
  fields: number
  readonly below: Map<string, Place>
}

/**
 * The number of pairs of fields with the same response path, all of which validation compares. Fragments are walked wherever they
 * are spread, so the number of fields must be bounded first.
 */
function comparedPairs(root: SelectionSetNode, fragments: Fragments): number {
  let pairs = 0

  function walk(set: SelectionSetNode, places: Map<string, Place>): void {
    for (const selection of set.selections) {
      const inner = selection.kind === Kind.FIELD ? selection.selectionSet : fragmentSet(selection, fragments)
      const below = selection.kind === Kind.FIELD ? placeOf((selection.alias ?? selection.name).value, places) : places
      if (inner !== undefined) walk(inner, below)
    }
  }

  function placeOf(name: string, places: Map<string, Place>): Map<string, Place> {
    const place = places.getOrInsertComputed(name, () => ({ fields: 0, below: new Map() }))
    pairs += place.fields++
    return place.below
  }

  walk(root, new Map())
  return pairs
}
