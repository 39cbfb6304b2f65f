import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors.ts'
import type { RequestContext } from '../builder.ts'
import { memoize } from '../memoize.ts'

/** Told which operation a request asks for. */
export type OnOperation = (origin: RequestContext['origin'], type: string, name: string | undefined) => void

/** Declines what names no operation of its document, and mutations by GET: whatever follows a link would write. */
export function useOperation(onOperation: OnOperation | undefined): Plugin<RequestContext> {
  return {
    onExecute({ args: { document, operationName, contextValue } }) {
      const operation = getOperationAST(document, operationName)
      if (operation == null) throw new GatewayError('OPERATION_RESOLUTION_FAILURE', unresolved(operationName))
      const { method, origin } = contextValue
      onOperation?.(origin, operation.operation, operation.name?.value)
      if (operation.operation !== 'query' && method === 'GET') throw new GatewayError('METHOD_NOT_ALLOWED', 'Send mutations by POST.')
    },
  }
}

function unresolved(operationName: string | null | undefined): string {
  return operationName == null
    ? 'The document has no single operation: say which by operationName.'
    : 'The document has no operation of the name in operationName.'
}

/** Finds something out for each mutation of each document once; undefined where a request asks for another operation. */
export function perMutation<Found>(
  find: (document: DocumentNode, operation: OperationDefinitionNode) => Found,
): (request: { readonly document: DocumentNode; readonly operationName?: string | null | undefined }) => Found | undefined {
  const findOnce = memoize((operation: OperationDefinitionNode, document: DocumentNode) => find(document, operation))
  return ({ document, operationName }) => {
    const operation = getOperationAST(document, operationName)
    return operation?.operation === 'mutation' ? findOnce(operation, document) : undefined
  }
}
