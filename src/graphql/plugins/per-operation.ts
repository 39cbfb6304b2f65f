import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql'

/** The operation of a document that a request asks for. */
export interface OperationChoice {
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
}

/** Finds something out for each mutation of each document once; undefined for other operations. */
export function perMutation<Found>(
  find: (document: DocumentNode, operation: OperationDefinitionNode) => Found,
): (choice: OperationChoice) => Found | undefined {
  const known = new WeakMap<OperationDefinitionNode, { readonly found: Found }>()
  return ({ document, operationName }) => {
    const operation = getOperationAST(document, operationName)
    if (operation?.operation !== 'mutation') return undefined
    const before = known.get(operation) ?? { found: find(document, operation) }
    known.set(operation, before)
    return before.found
  }
}
