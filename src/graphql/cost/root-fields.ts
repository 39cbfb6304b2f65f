import { type DirectiveNode, type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql'
import { fragmentSet, fragmentsOf } from './fragments.ts'

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
