import type { SolutionDrift } from '../lifecycle/drift-check.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'

/** Warns in the log of a solution whose tables differ from the declarations or could not be compared, and sets its metric. */
export function reportDrift(log: Logger, metrics: Pick<Metrics, 'noteDrift'>) {
  return (result: SolutionDrift): void => {
    const { solution } = result
    if ('fault' in result) {
      log.warn({ solution, code: result.fault.code }, 'the tables of the solution could not be compared with the declarations')
      return
    }
    const kinds = Object.fromEntries([...Map.groupBy(result.differences, ({ kind }) => kind)].map(([kind, list]) => [kind, list.length]))
    metrics.noteDrift(solution, result.differences.length)
    if (result.differences.length > 0)
      log.warn({ solution, kinds }, "the upstream's tables differ from the declarations: see npm run drift")
  }
}
