import { getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors.ts'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import type { RequestContext } from '../builder.ts'

/** Called with the type and name of a request's operation. */
export type OnOperation = (origin: RequestContext['origin'], type: string, name: string | undefined) => void

/**
 * Declines requests without a matching operation, and mutations by GET: anything that follows a link would write. Adds
 * `extensions.cost` (good rows, and the upstream requests they fill) and, where asked for, `extensions.upstream` to results.
 */
export function useOperation(onOperation: OnOperation | undefined): Plugin<RequestContext> {
  return {
    onExecute({ args: { document, operationName, contextValue } }) {
      const operation = getOperationAST(document, operationName)
      if (operation == null) throw new GatewayError('OPERATION_RESOLUTION_FAILURE', unresolved(operationName))
      const { method, origin } = contextValue
      onOperation?.(origin, operation.operation, operation.name?.value)
      if (operation.operation !== 'query' && method === 'GET') throw new GatewayError('METHOD_NOT_ALLOWED', 'Send mutations by POST.')
      return { onExecuteDone: ({ result }) => addExtensions(result, contextValue) }
    },
  }
}

function addExtensions(result: object, { cost, upstreamReport }: RequestContext): void {
  if ((cost ?? upstreamReport) === undefined) return
  const extensions = { ...(cost && { cost }), ...(upstreamReport && { upstream: upstreamReport() }) }
  Object.assign(result, { extensions })
}

/** Adds the rows of one mutation field to what the whole document costs. */
export function addCost(context: RequestContext, { rows, requests }: IngestResult['sent']): void {
  context.cost ??= { rows: 0, requests: 0 }
  context.cost.rows += rows
  context.cost.requests += requests
}

function unresolved(operationName: string | null | undefined): string {
  return operationName == null
    ? 'The document does not have exactly one operation: name one in operationName.'
    : 'The document has no operation with the name in operationName.'
}
