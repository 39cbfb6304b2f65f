import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** The fragments of a document by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** What must be known around a selection: the schema, and the fragments of its document. */
export interface DocumentContext {
  readonly schema: GraphQLSchema
  readonly fragments: Fragments
}

/** The fragments of a document by name. */
export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  return new Map(definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])))
}

/** What a fragment selects, be it spread by name or written in place; undefined where there is none of that name. */
export function fragmentSet(selection: Exclude<SelectionNode, { kind: Kind.FIELD }>, fragments: Fragments): SelectionSetNode | undefined {
  return selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value)?.selectionSet
}

/** Whether some fragment has itself within it: such a document is invalid, and putting its fragments in place would not end. */
export function hasFragmentCycle(document: DocumentNode): boolean {
  const fragments = fragmentsOf(document)
  const settled = new Map<string, boolean>()

  function isInCycle(name: string): boolean {
    const before = settled.get(name)
    if (before !== undefined) return before
    // Until its own spreads are known, to come back to it is a cycle.
    settled.set(name, true)
    const found = spreadsIn(fragments.get(name)?.selectionSet).some(isInCycle)
    settled.set(name, found)
    return found
  }
  return [...fragments.keys()].some(isInCycle)
}

function spreadsIn(set: SelectionSetNode | undefined): string[] {
  return (set?.selections ?? []).flatMap((selection) =>
    selection.kind === Kind.FRAGMENT_SPREAD ? [selection.name.value] : spreadsIn(selection.selectionSet),
  )
}
