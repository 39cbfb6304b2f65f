import { GatewayError } from '../errors.ts'
import type { Tenant } from '../identity.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { type RequestOrigin, readOrigin } from '../util/request-origin.ts'
import { type Difference, findDrift } from './drift.ts'
import type { SchemaPort } from './schema-port.ts'

/** The result of comparing one solution: its differences, or why they could not be determined. */
export type SolutionDrift = { readonly solution: string } & (
  | { readonly differences: readonly Difference[] }
  | { readonly fault: GatewayError }
)

/** Compares the declarations of solutions with what the upstream has for a tenant, one solution after the other. */
export async function* compareSolutions(
  solutions: readonly Solution[],
  resources: readonly Resource[],
  schema: Pick<SchemaPort, 'solutionSchema'>,
  tenant: Tenant,
  origin: RequestOrigin,
): AsyncGenerator<SolutionDrift> {
  for (const solution of solutions) {
    try {
      const tables = await schema.solutionSchema(tenant, solution.name, origin)
      yield { solution: solution.name, differences: findDrift(solution, resources, tables) }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      yield { solution: solution.name, fault: error }
    }
  }
}

interface DriftCheckOptions {
  readonly solutions: readonly Solution[]
  readonly resources: readonly Resource[]
  readonly schema: SchemaPort
  /** On whose behalf the upstream is asked; undefined: not at all. */
  readonly tenant: Tenant | undefined
  readonly onCompared: (result: SolutionDrift) => void
  readonly onDefect: (error: unknown) => void
}

/** Compares the declarations with the upstream; never rejects. */
export async function checkDrift({ solutions, resources, schema, tenant, onCompared, onDefect }: DriftCheckOptions): Promise<void> {
  if (tenant === undefined) return
  try {
    for await (const result of compareSolutions(solutions, resources, schema, tenant, readOrigin({ headers: {} }))) onCompared(result)
  } catch (error) {
    onDefect(error)
  }
}
