import type { ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { RequestContext } from '../builder.ts'

/** Tells in `extensions.upstream` what the upstream did for a request, where that asks for it. */
export function useUpstreamReport(): Plugin {
  return {
    onExecute: ({ args }) => {
      const { upstreamReport } = args.contextValue as typeof args.contextValue & RequestContext
      if (upstreamReport === undefined) return undefined
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return
          const { extensions, ...rest } = result as ExecutionResult
          setResult({ ...rest, extensions: { ...extensions, upstream: upstreamReport() } })
        },
      }
    },
  }
}
