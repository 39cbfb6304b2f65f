import type { Tenant } from '../identity.ts'
import type { Resource } from '../resource/define-resource.ts'
import { objectName, type Solution } from '../resource/module.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { NamedResult, RolloutRequest, SchemaPort } from './schema-port.ts'

/** The result of a rollout, compared with the objects that its modules should have. */
export interface RolloutReport {
  readonly solutionName: string
  /** Every expected object was rolled out and none failed. */
  readonly complete: boolean
  readonly rolledOut: readonly NamedResult[]
  readonly failed: readonly NamedResult[]
  /** Expected objects that the answer does not list at all. */
  readonly missing: readonly string[]
}

/** Rolls a solution out, and reports which of the expected objects are there. */
export async function rollOut(
  schema: SchemaPort,
  tenant: Tenant,
  request: RolloutRequest,
  expected: readonly string[],
  origin: RequestOrigin,
): Promise<RolloutReport> {
  const { successful, failed } = await schema.rollout(tenant, request, origin)
  const listed = [...successful, ...failed].map(({ name }) => baseName(name, request))
  const missing = expected.filter((name) => !listed.includes(baseName(name, request)))
  const done = new Set(successful.map(({ name }) => baseName(name, request)))
  const complete = failed.length === 0 && expected.every((name) => done.has(baseName(name, request)))
  return { solutionName: request.solutionName, complete, rolledOut: successful, failed, missing }
}

/** The upstream names of all objects that the modules of a solution declare, without duplicates. */
export function expectedObjects(solution: Solution, resources: readonly Resource[]): string[] {
  const mine = resources.filter((resource) => solution.modules.includes(resource.module))
  return [...new Set(mine.map((resource) => objectName(solution, resource)))]
}

/** A name without prefix and suffix: some answers list objects with them, some without. */
function baseName(name: string, { prefix, suffix }: RolloutRequest): string {
  const upper = name.toUpperCase()
  const start = upper.startsWith(prefix.toUpperCase()) ? prefix.length : 0
  const end = upper.endsWith(suffix.toUpperCase()) ? upper.length - suffix.length : upper.length
  return upper.slice(start, end)
}
