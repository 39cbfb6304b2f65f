import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql'

/** Finds something out for each mutation of each document once; undefined where a request asks for another operation. */
export function perMutation<Found>(
  find: (document: DocumentNode, operation: OperationDefinitionNode) => Found,
): (request: { readonly document: DocumentNode; readonly operationName?: string | null | undefined }) => Found | undefined {
  const known = new WeakMap<OperationDefinitionNode, { readonly found: Found }>()
  return ({ document, operationName }) => {
    const operation = getOperationAST(document, operationName)
    if (operation?.operation !== 'mutation') return undefined
    const before = known.get(operation) ?? { found: find(document, operation) }
    known.set(operation, before)
    return before.found
  }
}
