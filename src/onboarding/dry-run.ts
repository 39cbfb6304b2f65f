import type { Tenant } from '../identity.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { Outcome } from '../ingest/outcome.ts'
import { traitsOf } from '../resource/column.ts'
import { EXTRA_FIELD, exampleRow, type Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { type AttributeColumn, type Attributes, requiredOf } from '../rows/attributes.ts'
import type { Judge } from '../rows/judge.ts'
import type { RequestOrigin } from '../util/request-origin.ts'

/** A resource whose table exists, and the custom attributes of that table. */
export interface Candidate {
  readonly resource: Resource
  readonly attributes: Attributes
}

/** The outcome of a resource's example row. */
export interface DryRun extends Candidate {
  readonly outcome: Outcome
}

/** Has the upstream validate the example row of each resource; nothing is written. */
export type RunDry = (tenant: Tenant, solution: Solution, candidates: readonly Candidate[], origin: RequestOrigin) => Promise<DryRun[]>

/** Dry runs by the same path as rows of a mutation. */
export function createDryRun(ingest: Ingest, judgeOf: (resource: Resource) => Judge): RunDry {
  const runOne = async (
    tenant: Tenant,
    solution: Solution,
    { resource, attributes }: Candidate,
    origin: RequestOrigin,
  ): Promise<DryRun> => {
    const row = { ...exampleRow(resource), [EXTRA_FIELD]: exampleExtra(attributes) }
    const rows = await judgeOf(resource)([[row]])
    await rows.judgeAttributes(attributes)
    const { outcomes } = await ingest({ tenant, solution, resource, operation: 'UPSERT', dryRun: true }, rows, { origin })
    return { resource, attributes, outcome: outcomes[0] as Outcome }
  }
  return (tenant, solution, candidates, origin) => Promise.all(candidates.map((candidate) => runOne(tenant, solution, candidate, origin)))
}

/** A value of the right type for every required attribute. */
function exampleExtra(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(
    requiredOf(attributes).map(({ name, type }: AttributeColumn) => [name.toUpperCase(), traitsOf(type ?? 'string').sample]),
  )
}
