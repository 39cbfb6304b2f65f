import { reportDrift } from './drift-report.ts'
import { reportUnusable } from './identity-report.ts'
import { type Logger, logDefects } from './log.ts'
import type { Metrics } from './metrics.ts'
import { reportTogether } from './replica-report.ts'
import { reportNewerRecords, reportStore } from './store-report.ts'
import { reportConnectionError, reportUnknownAnswer, reportUnusableAnswer } from './upstream-report.ts'

/** What other rooms have to say to the operator, each in its own words. */
export interface Reports {
  /** Takes the name of the upstream's host. */
  connectionError(host: string): ReturnType<typeof reportConnectionError>
  readonly unusableAnswer: ReturnType<typeof reportUnusableAnswer>
  readonly unknownAnswer: ReturnType<typeof reportUnknownAnswer>
  /** Takes the words for the store. */
  store(name: string): ReturnType<typeof reportStore>
  readonly newerRecords: ReturnType<typeof reportNewerRecords>
  readonly together: ReturnType<typeof reportTogether>
  readonly drift: ReturnType<typeof reportDrift>
  readonly unusable: ReturnType<typeof reportUnusable>
  /** Takes the words for defects of one kind. */
  defects(words: string): ReturnType<typeof logDefects>
}

/** Reports to a log; what is counted as well has its metric. */
export function createReports(log: Logger, metrics: Metrics): Reports {
  return {
    connectionError: (host) => reportConnectionError(log, host),
    unusableAnswer: reportUnusableAnswer(log),
    unknownAnswer: reportUnknownAnswer(log),
    store: (name) => reportStore(log, name),
    newerRecords: reportNewerRecords(log),
    together: reportTogether(log, metrics),
    drift: reportDrift(log, metrics),
    unusable: reportUnusable(log),
    defects: (words) => logDefects(log, words),
  }
}
