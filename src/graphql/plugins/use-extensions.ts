import type { Plugin } from 'graphql-yoga'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import type { RequestContext } from '../builder.ts'

/**
 * Says in `extensions.cost` of every mutation of rows how many were good to be sent and how many upstream requests they fill, and in
 * `extensions.upstream` what the upstream did for the request, where that asks for it.
 */
export function useExtensions(): Plugin<RequestContext> {
  return {
    onExecute: ({ args }) => ({
      onExecuteDone({ result }) {
        const { cost, upstreamReport } = args.contextValue
        if ((cost ?? upstreamReport) === undefined) return
        const extensions = { ...(cost && { cost }), ...(upstreamReport && { upstream: upstreamReport() }) }
        Object.assign(result, { extensions })
      },
    }),
  }
}

/** Adds the rows of one mutation field to what the whole document costs. */
export function addCost(context: RequestContext, { rows, requests }: IngestResult['sent']): void {
  context.cost ??= { rows: 0, requests: 0 }
  context.cost.rows += rows
  context.cost.requests += requests
}
