import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors.ts'
import { type RequestContext, reserve } from '../builder.ts'
import { createRowCount } from '../cost/document-rows.ts'
import { ingestRightOf } from '../types/row-input.ts'
import { perMutation } from './per-operation.ts'

/** What is kept of a row until its outcome is told: measured at 400 to 550 bytes for one that is refused for all it lacks. */
const ROW_BYTES = 600
/** No row of a field that is of any use is shorter than this in JSON. */
const SHORTEST_ROW = 8

/**
 * Declines a request whose fields have too many rows together, before any of them is judged, and takes the memory that judging
 * needs. The rows of a field that is alone may still be unread, and are counted while they are judged (`atMostRows`). What a tenant
 * may send in a while is counted here as well, or once they are judged. Stands after the plugin that reads rows.
 */
export function useRowLimit(maxRows: number): Plugin<RequestContext> {
  const countOf = perMutation(createRowCount)
  return {
    onExecute({ args }) {
      const rows = countOf(args)
      if (rows === undefined) return
      const context = args.contextValue
      const actual = rows.count(args.variableValues ?? {})
      if (!rows.isAlone && actual !== undefined && actual > maxRows) throw tooMany(maxRows, actual)
      reserve(context.memory, Math.min(actual ?? context.requestBytes / SHORTEST_ROW, maxRows) * ROW_BYTES)
      if (actual === undefined || actual > maxRows) return
      const { takeRows, caller } = context
      context.takeRows = undefined
      return takeRows?.(rows.count(args.variableValues ?? {}, (mutation) => maySend(caller, mutation)) ?? 0)
    },
  }
}

/** Whether a caller may send the rows of a mutation: who may not must not spend what its tenant may send, nor be told of that first. */
function maySend(caller: RequestContext['caller'], mutation: string): boolean {
  return 'tenant' in caller && caller.grant?.may(ingestRightOf(mutation)) !== false
}

function tooMany(limit: number, actual: number): GatewayError {
  const message = `The request has ${actual} rows; at most ${limit} rows are taken at once, over all its fields. Split it.`
  return new GatewayError('TOO_MANY_ROWS', message, { limit, actual })
}
