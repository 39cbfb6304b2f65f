import type { SchemaPort } from '../../lifecycle/schema-port.ts'
import type { RequestContext } from '../builder.ts'

/** Shares a read among all fields of a request that ask for it; a failed one is not repeated either. */
export function readOnce<T>(context: RequestContext, what: string, read: () => Promise<T>): Promise<T> {
  context.reads ??= new Map()
  return (context.reads as Map<string, Promise<T>>).getOrInsertComputed(what, read)
}

/** The schema port for one request: equal reads share a call, and are dropped after a change. */
export function requestSchema(context: RequestContext, schema: SchemaPort): SchemaPort {
  // Reads are kept in the context only: requests share nothing, so that a later request sees a change.
  const thenForget = <T>(change: Promise<T>) => change.finally(() => context.reads?.clear())
  return {
    solutions: (...asked) => readOnce(context, 'solutions', () => schema.solutions(...asked)),
    solutionSchema: (...asked) => readOnce(context, `solutionSchema ${asked[1]}`, () => schema.solutionSchema(...asked)),
    rollout: (...asked) => thenForget(schema.rollout(...asked)),
    saveSchema: (...asked) => thenForget(schema.saveSchema(...asked)),
    addAttribute: (...asked) => thenForget(schema.addAttribute(...asked)),
  }
}
