import { GatewayError } from '../errors.ts'
import type { Tenant } from '../identity.ts'
import { findDrift, isSameObject } from '../lifecycle/drift.ts'
import { attributesOf } from '../lifecycle/find-attributes.ts'
import { expectedObjects } from '../lifecycle/rollout.ts'
import type { SchemaPort, UpstreamTable } from '../lifecycle/schema-port.ts'
import { tableConflicts } from '../lifecycle/table-definition.ts'
import type { ReadLedger } from '../quality/ledger.ts'
import { sumUp } from '../quality/report.ts'
import type { Contract } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import { objectName, type Solution } from '../resource/module.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Candidate, RunDry } from './dry-run.ts'
import {
  columnsStep,
  dryRunStep,
  firstRowsStep,
  outcomesStep,
  type Reading,
  type Step,
  solutionStep,
  tablesStep,
  tokenStep,
} from './steps.ts'

interface ChecklistParts {
  readonly contract: Contract
  readonly ledger: ReadLedger
  readonly runDry: RunDry
  readonly maxBatchRows: number
  readonly maxBatchBytes: number
}

/** The checklist of a solution for a tenant, found out by asking the upstream; nothing is written. */
export type Checklist = (
  tenant: Tenant,
  solution: Solution,
  schema: Pick<SchemaPort, 'solutions' | 'solutionSchema'>,
  origin: RequestOrigin,
) => Promise<Step[]>

/** The steps of the upstream's onboarding guide, each one checked. */
export function createChecklist(parts: ChecklistParts): Checklist {
  const { contract, ledger, runDry, maxBatchRows, maxBatchBytes } = parts
  return async (tenant, solution, schema, origin) => {
    const resources = contract.resources.filter(({ module }) => solution.modules.includes(module))
    const conflicts = tableConflicts(resources, contract.modules)
    const [listed, tables] = await Promise.all([
      read(() => schema.solutions(tenant, origin)),
      read(() => schema.solutionSchema(tenant, solution.name, origin)),
    ])
    const differences = 'code' in tables ? tables : { value: findDrift(solution, resources, tables.value) }
    const isListed = 'code' in listed || listed.value.some(({ solutionName }) => solutionName === solution.name)
    const there = 'code' in tables ? [] : candidatesOf(resources, solution, tables.value, contract.resources)
    const runs = await runDry(tenant, solution, there, origin)
    const all = { tenantId: tenant.id, solution: solution.name, since: 0, until: Number.POSITIVE_INFINITY }
    const quality = sumUp(await ledger.minutes(all))
    return [
      tokenStep([listed, tables]),
      solutionStep(listed, solution, conflicts),
      tablesStep(differences, isListed, solution, expectedObjects(solution, resources).length, conflicts),
      columnsStep(differences, resources, there, `at most ${maxBatchRows} rows and ${maxBatchBytes} bytes a request`),
      dryRunStep(runs, resources.length - there.length),
      firstRowsStep(quality, resources),
      outcomesStep(quality),
    ]
  }
}

async function read<T>(ask: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await ask() }
  } catch (error) {
    if (error instanceof GatewayError) return { code: error.code, message: error.message }
    throw error
  }
}

/** The resources whose tables the upstream lists. */
function candidatesOf(
  resources: readonly Resource[],
  solution: Solution,
  tables: readonly UpstreamTable[],
  all: readonly Resource[],
): readonly Candidate[] {
  const there = resources.filter((resource) => tables.some(({ name }) => isSameObject(name, objectName(solution, resource), solution)))
  return there.map((resource) => ({ resource, attributes: attributesOf(tables, solution, resource, all) ?? new Map() }))
}
