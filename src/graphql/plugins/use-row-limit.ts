import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors.ts'
import { createRowCount } from '../document-rows.ts'
import { perMutation } from '../per-operation.ts'

/**
 * Declines a request whose fields have too many rows together, before any of them is judged; the rows of a field that is alone
 * may still be unread, and its judge counts them. Stands after the plugin that reads rows.
 */
export function useRowLimit(maxRows: number): Plugin {
  const countOf = perMutation(createRowCount)
  return {
    onExecute({ args }) {
      const actual = countOf(args)?.(args.variableValues ?? {}) ?? 0
      if (actual <= maxRows) return
      const message = `The request has ${actual} rows; at most ${maxRows} rows are taken at once, over all its fields. Split it.`
      throw new GatewayError('TOO_MANY_ROWS', message, { limit: maxRows, actual })
    },
  }
}
