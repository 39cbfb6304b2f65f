import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { fragmentSet, fragmentsOf } from './fragments.ts'

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
