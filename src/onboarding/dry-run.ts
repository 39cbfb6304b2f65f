import type { Ingest } from '../ingest/ingest.ts'
import type { Outcome } from '../ingest/outcome.ts'
import type { Resource } from '../resource/define-resource.ts'
import { exampleRow } from '../resource/example.ts'
import type { Judge } from '../resource/judge.ts'
import type { Solution } from '../resource/module.ts'
import type { Tenant } from '../tenant.ts'

/** What the upstream said to the example row of a resource. */
export interface DryRun {
  readonly resource: Resource
  readonly outcome: Outcome
}

/** Has the upstream validate the example row of each resource; nothing is written. */
export type RunDry = (tenant: Tenant, solution: Solution, resources: readonly Resource[]) => Promise<DryRun[]>

/** Dry runs through the same pipeline as rows of a mutation. */
export function createDryRun(ingest: Ingest, judgeOf: (resource: Resource) => Judge): RunDry {
  const runOne = async (tenant: Tenant, solution: Solution, resource: Resource): Promise<DryRun> => {
    const judged = await judgeOf(resource)['~standard'].validate([exampleRow(resource)])
    if (judged.issues) throw new Error('a judge never fails')
    const { outcomes } = await ingest({ tenant, solution, resource, operation: 'UPSERT', dryRun: true }, judged.value)
    return { resource, outcome: outcomes[0] as Outcome }
  }
  return (tenant, solution, resources) => Promise.all(resources.map((resource) => runOne(tenant, solution, resource)))
}
