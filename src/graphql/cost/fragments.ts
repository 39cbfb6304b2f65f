import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
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

/** The variables of a request, those included that only the document gives a value. */
export type Variables = Readonly<Record<string, unknown>>

/** A field at the root of an operation, with every `@skip` and `@include` on the way to it. */
export interface RootField {
  readonly responseKey: string
  readonly node: FieldNode
  readonly directives: readonly DirectiveNode[]
}

/** The fields at the root of an operation with every fragment put in its place, in the order of the document. */
export function rootFields(document: DocumentNode, operation: OperationDefinitionNode): RootField[] {
  const fragments = fragmentsOf(document)
  const collect = (set: SelectionSetNode, above: readonly DirectiveNode[]): RootField[] =>
    set.selections.flatMap((selection) => {
      const directives = selection.directives?.length ? [...above, ...selection.directives] : above
      if (selection.kind === Kind.FIELD) return [{ responseKey: (selection.alias ?? selection.name).value, node: selection, directives }]
      const inner = fragmentSet(selection, fragments)
      return inner === undefined ? [] : collect(inner, directives)
    })
  return collect(operation.selectionSet, [])
}

/** Whether no `@skip` or `@include` on the way to a field leaves it out. */
export function isExecuted(directives: readonly DirectiveNode[], variables: Variables): boolean {
  return directives.every(({ name, arguments: given }) => {
    const { value } = given?.find((argument) => argument.name.value === 'if') ?? {}
    const condition = value && valueFromASTUntyped(value, variables as Record<string, never>)
    return name.value === 'skip' ? condition !== true : name.value === 'include' ? condition !== false : true
  })
}
