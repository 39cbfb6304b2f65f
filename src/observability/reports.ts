import type { SolutionDrift } from '../lifecycle/drift-check.ts'
import type { UnusableAnswer } from '../upstream/answer-reports.ts'
import { createOncePerMinute } from '../util/once-per-minute.ts'
import { idsOf } from '../util/request-origin.ts'
import { type Logger, logDefects } from './log.ts'
import type { Metrics } from './metrics.ts'

/** What other rooms have to say to the operator, in the log and in the metrics. */
export type Reports = ReturnType<typeof createReports>

/** Tenants that are named in one log line, at most. */
const MAX_NAMED = 10

/** Reports to a log; what is counted as well has its metric. */
export function createReports(log: Logger, metrics: Metrics) {
  const mayTellTogether = createOncePerMinute()
  return {
    ...upstreamReports(log),
    ...storeReports(log),
    /** Another replica sends for these tenants as well; there may be none. */
    together(tenantIds: readonly string[]): void {
      metrics.noteTogether(tenantIds.length)
      if (tenantIds.length > 0 && mayTellTogether())
        log.warn(
          { tenants: tenantIds.slice(0, MAX_NAMED), count: tenantIds.length },
          'another replica sends for these tenants as well: they have moved, or the load balancer does not keep them on one; said once a minute',
        )
    },
    /** The tables of a solution were compared with the declarations, or could not be. */
    drift: (result: SolutionDrift): void => reportDrift(result, log, metrics),
    /** What a setting names cannot be used as it stands now. */
    unusable: (setting: string, cause: unknown): void =>
      log.warn(
        { setting, cause: messageOf(cause) },
        'cannot be used as it is now; what was read before goes on being used, where there is any',
      ),
    /** What a setting names can be used again, after it could not. */
    usable: (setting: string): void => log.info({ setting }, 'can be used again, as it is now'),
    /** A defect; `words` say where. */
    defects: (words: string) => logDefects(log, words),
  }
}

function upstreamReports(log: Logger) {
  return {
    /** The upstream at a host could not be reached; `cause` is the code of an error. */
    connectionError: (host: string) => (cause: string) =>
      log.warn({ cause, host }, 'the upstream could not be reached, or broke a connection; said once a minute for each cause'),
    /** The upstream answered and said nothing of the rows. */
    unusableAnswer: ({ status, body, tenantId, origins }: UnusableAnswer): void =>
      log.warn(
        { status, body, tenant: tenantId, ...idsOf(origins) },
        'the upstream, or something before it, answered what tells nothing of the rows; said once a minute for each status and kind of body',
      ),
    /** An answer was believed on its status alone; these names stood in it. */
    unknownAnswer: (names: readonly string[]): void =>
      log.info({ names }, 'the upstream answered in words that are not known, and was believed on its status: is it a yes?'),
  }
}

function storeReports(log: Logger) {
  const mayTellNewer = createOncePerMinute()
  return {
    /** The store of idempotency keys, which `name` describes, cannot be used, or can be again. */
    store: (name: string) => reportStore(name, log),
    /** A request came back whose record only a newer version of Rowgate can read. */
    newerRecords(): void {
      if (mayTellNewer())
        log.warn(
          'a newer version of Rowgate wrote what is stored under an idempotency key: requests with that key are declined here; said once a minute',
        )
    },
  }
}

function reportStore(store: string, log: Logger) {
  let outage: { readonly since: number; readonly mayTell: () => boolean } | undefined
  let notesFailed: unknown
  const mayTellNotes = createOncePerMinute()
  return {
    /** Of what fails as a whole enough is said: this is told when all else of the store can be used. */
    onNotesFailed(error: unknown): void {
      notesFailed = error
    },
    onUnavailable(error: unknown): void {
      outage ??= { since: performance.now(), mayTell: createOncePerMinute() }
      if (outage.mayTell())
        log.warn(
          { cause: messageOf(error), store },
          'the store of idempotency keys cannot be used: mutations with a key are declined, all others are not touched by it; said once a minute',
        )
    },
    onAvailable(): void {
      const cause = notesFailed
      notesFailed = undefined
      if (outage === undefined) {
        if (cause !== undefined && mayTellNotes())
          log.warn(
            { cause: messageOf(cause), store },
            'data quality, learnt solutions and word of changed schemas cannot be kept, or read of others: what this process knows itself is used; said once a minute',
          )
        return
      }
      const seconds = Math.ceil((performance.now() - outage.since) / 1_000)
      log.info({ store, seconds }, 'the store of idempotency keys can be used again, and has all that it had failed to take')
      outage = undefined
    },
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : typeof cause
}

function reportDrift(result: SolutionDrift, log: Logger, metrics: Metrics): void {
  const { solution } = result
  if ('fault' in result) {
    log.warn({ solution, code: result.fault.code }, 'the tables of the solution could not be compared with the declarations')
    return
  }
  const { differences } = result
  metrics.noteDrift(solution, differences.length)
  if (differences.length === 0) return
  const kinds = Object.fromEntries([...Map.groupBy(differences, ({ kind }) => kind)].map(([kind, list]) => [kind, list.length]))
  log.warn({ solution, kinds }, "the upstream's tables differ from the declarations: see npm run drift")
}
