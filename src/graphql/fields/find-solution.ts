import { z } from 'zod'
import { GatewayError } from '../../errors.ts'
import type { SchemaPort } from '../../lifecycle/schema-port.ts'
import { readListedSolution, type SolutionDirectory } from '../../lifecycle/solution-directory.ts'
import type { BadChoice, Contract } from '../../resource/contract.ts'
import type { Resource } from '../../resource/define-resource.ts'
import type { Solution } from '../../resource/module.ts'
import { type RequestContext, tenantOf } from '../builder.ts'
import { requestSchema } from './request-reads.ts'

/** The name of a solution or an application. */
export const named = z.string().min(1, 'must not be empty').max(128, 'must have at most 128 characters')

/** The argument of a query about one solution that `lookUpSolution` finds. */
export const SOLUTION_ARGUMENT = {
  required: true,
  validate: named,
  description: 'The solution: configured, or rolled out for the token.',
} as const

/** What finding a solution needs. */
export interface SolutionSources {
  readonly contract: Contract
  readonly directory: SolutionDirectory
  readonly schema: SchemaPort
}

/** Throws `FORBIDDEN` for a solution that is not one of the caller's, whether or not it exists. */
export function boundSolution({ caller }: Pick<RequestContext, 'caller'>, name: string | null | undefined): void {
  if (name != null && solutionsOf(caller)?.has(name) === false)
    throw new GatewayError('FORBIDDEN', 'You may not use this solution; the query me lists those that you may use.')
}

/** The solutions that a caller may use; undefined where it may use all. */
export function solutionsOf(caller: RequestContext['caller']): ReadonlySet<string> | undefined {
  return 'tenant' in caller ? caller.grant?.solutions : undefined
}

/** Returns what was found, or declines the field with `BAD_USER_INPUT` and what is wrong with the caller's choice. */
export function orDecline<T extends object>(found: T | BadChoice): T {
  if ('fault' in found) throw new GatewayError('BAD_USER_INPUT', found.fault)
  return found as T
}

/** The solution of that name, or what is wrong with the name; an unknown one is looked up in the upstream's list first. */
export async function lookUpSolution(context: RequestContext, sources: SolutionSources, name: string): Promise<Solution | BadChoice> {
  const { directory } = sources
  boundSolution(context, name)
  const found = directory.find(tenantOf(context), name)
  if (!('fault' in found)) return found
  await learnListed(context, sources, name)
  return directory.find(tenantOf(context), name)
}

/** The solution for rows of a resource; synchronous where it is known. */
export function findSolutionFor(
  context: RequestContext,
  sources: SolutionSources,
  resource: Resource,
  name: string | null | undefined,
): Solution | Promise<Solution> {
  const { directory } = sources
  boundSolution(context, name)
  const tenant = tenantOf(context)
  const found = directory.findFor(tenant, resource, name, solutionsOf(context.caller))
  if (!('fault' in found)) return found
  if (name == null || directory.isAsConfigured(tenant, name)) throw new GatewayError('BAD_USER_INPUT', found.fault)
  return learnListed(context, sources, name).then(() => orDecline(directory.findFor(tenant, resource, name)))
}

/** Learns a solution from the upstream's list; where that cannot be read, only known solutions count. */
async function learnListed(context: RequestContext, { contract, directory, schema }: SolutionSources, name: string): Promise<void> {
  const tenant = tenantOf(context)
  try {
    const listed = await readListedSolution(requestSchema(context, schema), contract.resources, tenant, name, context.origin)
    if (listed !== undefined) directory.learn(tenant, listed)
  } catch (error) {
    const isNoWord = error instanceof GatewayError && (error.code === 'UPSTREAM_UNREADABLE' || error.code === 'UPSTREAM_REFUSED')
    if (!isNoWord) throw error
  }
}
