import type { SchemaPort } from '../rollout/schema-port.ts'
import type { RequestContext } from './builder.ts'

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
    solutions: (tenant) => readOnce(context, 'solutions', () => schema.solutions(tenant)),
    solutionSchema: (tenant, name) => readOnce(context, `solutionSchema ${name}`, () => schema.solutionSchema(tenant, name)),
    rollout: (tenant, request) => thenForget(schema.rollout(tenant, request)),
    saveSchema: (tenant, request) => thenForget(schema.saveSchema(tenant, request)),
    addAttribute: (tenant, request) => thenForget(schema.addAttribute(tenant, request)),
  }
}
