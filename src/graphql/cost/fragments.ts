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
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'

/** The fragments of a document by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** The schema and the fragments that belong to a selection. */
export interface DocumentContext {
  readonly schema: GraphQLSchema
  readonly fragments: Fragments
}

/** The fragments of a document by name. */
export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  return new Map(definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])))
}

/** The selection set of a fragment spread or an inline fragment; undefined where there is no such fragment. */
export function fragmentSet(selection: Exclude<SelectionNode, { kind: Kind.FIELD }>, fragments: Fragments): SelectionSetNode | undefined {
  return selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value)?.selectionSet
}

/** Whether a document has a fragment cycle: it is invalid, and expanding its fragments would not end. */
export function hasFragmentCycle(document: DocumentNode): boolean {
  const fragments = fragmentsOf(document)
  const settled = new Map<string, boolean>()

  function isInCycle(name: string): boolean {
    const before = settled.get(name)
    if (before !== undefined) return before
    // Coming back to a fragment before all its spreads are visited is a cycle.
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

/** The variables of a request, with the document's defaults filled in. */
export type Variables = Readonly<Record<string, unknown>>

/** A root field of an operation, with every `@skip` and `@include` on the way to it. */
interface RootField {
  readonly responseKey: string
  readonly node: FieldNode
  readonly directives: readonly DirectiveNode[]
}

/** The root fields of an operation with all fragments expanded, in document order. */
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

/** The value of a field's argument in the document. */
export function argument(field: FieldNode, name: string): ValueNode | undefined {
  return field.arguments?.find((one) => one.name.value === name)?.value
}

/** Whether none of these `@skip` and `@include` directives excludes the field. */
export function isExecuted(directives: readonly DirectiveNode[], variables: Variables): boolean {
  return directives.every(({ name, arguments: given }) => {
    const { value } = given?.find((argument) => argument.name.value === 'if') ?? {}
    const condition = value && valueFromASTUntyped(value, variables as Record<string, never>)
    return name.value === 'skip' ? condition !== true : name.value === 'include' ? condition !== false : true
  })
}
