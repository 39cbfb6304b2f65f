import type { ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { RequestContext } from '../builder.ts'

/** Says in `extensions.cost` of every mutation of rows how many were good to be sent and how many upstream requests they fill. */
export function useCost(): Plugin {
  return {
    onExecute: ({ args }) => ({
      onExecuteDone({ result, setResult }) {
        const { cost } = args.contextValue as typeof args.contextValue & RequestContext
        if (cost === undefined || Symbol.asyncIterator in result) return
        const { extensions, ...rest } = result as ExecutionResult
        setResult({ ...rest, extensions: { ...extensions, cost } })
      },
    }),
  }
}
