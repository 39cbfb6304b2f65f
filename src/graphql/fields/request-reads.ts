import type { SchemaPort } from '../../lifecycle/schema-port.ts'
import type { RequestContext } from '../builder.ts'

/** Makes a read once for its request, however many fields ask for it; what failed is not tried again either. */
export function readOnce<T>(context: RequestContext, what: string, read: () => Promise<T>): Promise<T> {
  context.reads ??= new Map()
  const reads = context.reads as Map<string, Promise<T>>
  const known = reads.get(what) ?? read()
  reads.set(what, known)
  return known
}

/** The upstream's schema as one request sees it: the same read is one call, and what was read is forgotten after a change. */
export function requestSchema(context: RequestContext, schema: SchemaPort): SchemaPort {
  // What was read lives in the context and nowhere else: two requests share nothing, so the one after a change sees it.
  const thenForget = <T>(change: Promise<T>) => change.finally(() => context.reads?.clear())
  return {
    solutions: (...asked) => readOnce(context, 'solutions', () => schema.solutions(...asked)),
    solutionSchema: (...asked) => readOnce(context, `solutionSchema ${asked[1]}`, () => schema.solutionSchema(...asked)),
    rollout: (...asked) => thenForget(schema.rollout(...asked)),
    saveSchema: (...asked) => thenForget(schema.saveSchema(...asked)),
    addAttribute: (...asked) => thenForget(schema.addAttribute(...asked)),
  }
}
