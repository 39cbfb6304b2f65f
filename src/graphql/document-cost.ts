import { type DocumentNode, type FragmentDefinitionNode, Kind, OperationTypeNode, type SelectionNode, type SelectionSetNode } from 'graphql'
import { tooLarge } from './document-text.ts'
import { DOCUMENT_LIMITS } from './limits.ts'

/** What selections come to with every fragment put in its place; numbers too large to be counted stop at 2^53-1. */
export interface SelectionCost {
  readonly fields: number
  /** Fields that no other field stands around. */
  readonly topFields: number
  /** Fields under another name than their own. */
  readonly aliases: number
  /** Selection sets within each other; beyond the limit no more is said than that. */
  readonly depth: number
}

/** Declines a document that selects too much; throws `DOCUMENT_TOO_LARGE`. It need not be valid. */
export function boundSelections(document: DocumentNode): void {
  const { fields, aliases, depth } = DOCUMENT_LIMITS
  for (const { operation, cost } of measureDocument(document)) {
    const topFields = operation === OperationTypeNode.MUTATION ? DOCUMENT_LIMITS.mutationFields : DOCUMENT_LIMITS.queryFields
    if (cost.depth > depth) throw tooLarge('nests selections deeper', depth)
    refuseMore('selects more fields at its root', topFields, cost.topFields)
    refuseMore('gives more fields another name', aliases, cost.aliases)
    refuseMore('selects more fields', fields, cost.fields)
  }
}

function refuseMore(says: string, limit: number, actual: number): void {
  if (actual > limit) throw tooLarge(says, limit, actual < Number.MAX_SAFE_INTEGER ? actual : undefined)
}

/** The cost of each operation of a document, and of each of its fragments, which validation walks even where nobody spreads them. */
export function measureDocument(document: DocumentNode): { operation?: OperationTypeNode; cost: SelectionCost }[] {
  const measure = createMeasure(fragmentsOf(document))
  return document.definitions.flatMap((definition) => {
    if (definition.kind === Kind.OPERATION_DEFINITION) return [{ operation: definition.operation, cost: measure(definition.selectionSet) }]
    // What is a fragment's alone is no field of the root.
    if (definition.kind === Kind.FRAGMENT_DEFINITION) return [{ cost: { ...measure(definition.selectionSet), topFields: 0 } }]
    return []
  })
}

/** The fragments of a document by name. */
export function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])))
}

const NOTHING: SelectionCost = { fields: 0, topFields: 0, aliases: 0, depth: 0 }
const FIELD: SelectionCost = { ...NOTHING, fields: 1 }
const RENAMED: SelectionCost = { ...FIELD, aliases: 1 }
const TOO_DEEP: SelectionCost = { ...NOTHING, depth: 1 }

/** Measures every selection set once, however often it is spread. */
function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const known = new Map<SelectionSetNode, SelectionCost>()

  function measureSet(set: SelectionSetNode, level: number): SelectionCost {
    const before = known.get(set)
    if (before !== undefined) return before
    if (level > DOCUMENT_LIMITS.depth) return TOO_DEEP
    // A fragment within itself adds nothing: validation refuses it.
    known.set(set, NOTHING)
    const inner = set.selections.reduce((sum, selection) => plus(sum, measureSelection(selection, level)), NOTHING)
    const cost = { ...inner, depth: inner.depth + 1 }
    known.set(set, cost)
    return cost
  }

  function measureSelection(selection: SelectionNode, level: number): SelectionCost {
    if (selection.kind === Kind.FIELD) {
      const below = selection.selectionSet ? measureSet(selection.selectionSet, level + 1) : NOTHING
      const isRenamed = selection.alias !== undefined && selection.alias.value !== selection.name.value
      return { ...plus(below, isRenamed ? RENAMED : FIELD), topFields: 1 }
    }
    const set = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value)?.selectionSet
    return set === undefined ? NOTHING : measureSet(set, level + 1)
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
