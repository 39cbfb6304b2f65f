import type { Config } from '../config.ts'
import { readTenant } from '../identity.ts'
import type { Logger } from '../observability/log.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Contract } from '../resource/contract.ts'
import { readOrigin } from '../util/request-origin.ts'
import { compareSolutions } from './drift-check.ts'
import type { SchemaPort } from './schema-port.ts'

/** Compares the declarations with the upstream at start, where a service token is set. */
export interface DriftAlarm {
  /** Warns in the log of every solution that differs, and sets its metric; never rejects. */
  check(): Promise<void>
}

/** The alarm for the configured solutions; without `INGESTION_TOKEN` it asks nothing. */
export function createDriftAlarm(config: Config, { resources }: Contract, schema: SchemaPort, metrics: Metrics, log: Logger): DriftAlarm {
  async function check(): Promise<void> {
    const tenant = readTenant(undefined, config.fallbackToken)
    for await (const result of compareSolutions(config.solutions, resources, schema, tenant, readOrigin({}))) {
      const { solution } = result
      if ('fault' in result) {
        log.warn({ solution, code: result.fault.code }, 'the tables of the solution could not be compared with the declarations')
        continue
      }
      const kinds = Object.fromEntries([...Map.groupBy(result.differences, ({ kind }) => kind)].map(([kind, list]) => [kind, list.length]))
      metrics.noteDrift(solution, result.differences.length)
      if (result.differences.length > 0)
        log.warn({ solution, kinds }, "the upstream's tables differ from the declarations: see npm run drift")
    }
  }
  return {
    async check() {
      if (config.fallbackToken === undefined) return
      await check().catch((error: unknown) =>
        log.error({ name: error instanceof Error ? error.name : typeof error }, 'defect in the comparison of schemas'),
      )
    },
  }
}
