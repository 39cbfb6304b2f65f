import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql'

/**
 * Memoizes a function by its first argument, an object. The result is stored on the object: entries of a WeakMap cost time in every
 * garbage collection, and keep short-lived objects alive through several.
 */
export function memoize<Key extends object, Rest extends readonly unknown[], Found>(
  find: (key: Key, ...rest: Rest) => Found,
): (key: Key, ...rest: Rest) => Found {
  const found = Symbol('found')
  return (key, ...rest) => {
    const holder = key as { [found]?: { readonly value: Found } }
    holder[found] ??= { value: find(key, ...rest) }
    return holder[found].value
  }
}

/** Memoizes a function of a mutation in its document; undefined where the request is not a mutation. */
export function perMutation<Found>(
  find: (document: DocumentNode, operation: OperationDefinitionNode) => Found,
): (request: { readonly document: DocumentNode; readonly operationName?: string | null | undefined }) => Found | undefined {
  const findOnce = memoize((operation: OperationDefinitionNode, document: DocumentNode) => find(document, operation))
  return ({ document, operationName }) => {
    const operation = getOperationAST(document, operationName)
    return operation?.operation === 'mutation' ? findOnce(operation, document) : undefined
  }
}
