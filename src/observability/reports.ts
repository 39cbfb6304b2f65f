import type { SolutionDrift } from '../lifecycle/drift-check.ts'
import type { UnusableAnswer } from '../upstream/answer-reports.ts'
import { createOncePerMinute } from '../util/once-per-minute.ts'
import { idsOf } from '../util/request-origin.ts'
import { type Logger, logDefects } from './log.ts'
import type { Metrics } from './metrics.ts'

/** Reports of other parts to the operator, in the log and in the metrics. */
export type Reports = ReturnType<typeof createReports>

/** The most tenants named in one log line. */
const MAX_NAMED = 10

/** Reports to a log, and to metrics where there is one for it. */
export function createReports(log: Logger, metrics: Metrics) {
  const mayTellTogether = createOncePerMinute()
  return {
    ...upstreamReports(log),
    ...storeReports(log),
    ...connectionReports(log, metrics),
    /** Another replica sends for these tenants as well; the list may be empty. */
    together(tenantIds: readonly string[]): void {
      metrics.noteTogether(tenantIds.length)
      if (tenantIds.length > 0 && mayTellTogether())
        log.warn(
          { tenants: tenantIds.slice(0, MAX_NAMED), count: tenantIds.length },
          'another replica is sending for these tenants too: they have just moved, or the load balancer does not keep each tenant on one replica (logged once a minute)',
        )
    },
    /** The tables of a solution were compared with the declarations, or could not be. */
    drift: (result: SolutionDrift): void => reportDrift(result, log, metrics),
    /** A file or URL named by a setting cannot be used at present. */
    unusable: (setting: string, cause: unknown): void =>
      log.warn(
        { setting, cause: messageOf(cause) },
        'a file or address named by a setting cannot be used: the last good version stays in use, if there is one',
      ),
    /** It can be used again. */
    usable: (setting: string): void => log.info({ setting }, 'a file or address named by a setting can be used again'),
    /** Logs defects; `words` say where. */
    defects: (words: string) => logDefects(log, words),
  }
}

function upstreamReports(log: Logger) {
  return {
    /** The upstream at a host could not be reached; `cause` is the code of an error. */
    connectionError: (host: string) => (cause: string) =>
      log.warn({ cause, host }, 'the upstream could not be reached, or a connection to it broke (logged once a minute per cause)'),
    /** The upstream sent an answer that says nothing of its rows. */
    unusableAnswer: ({ status, body, tenantId, origins }: UnusableAnswer): void =>
      log.warn(
        { status, body, tenant: tenantId, ...idsOf(origins) },
        'the upstream, or a proxy in front of it, sent an answer that says nothing about the rows (logged once a minute per status and kind of body)',
      ),
    /** An answer was believed on its status alone; these names were in it. */
    unknownAnswer: (names: readonly string[]): void =>
      log.info(
        { names },
        'the upstream sent an answer of an unknown shape, and only its status was relied on: check that these names mean success',
      ),
  }
}

function connectionReports(log: Logger, metrics: Metrics) {
  const mayTellDropped = createOncePerMinute()
  const mayTellProtocol = createOncePerMinute()
  return {
    /** A connection was dropped because there were too many. */
    dropped(): void {
      metrics.countDropped()
      if (mayTellDropped()) log.warn('connections beyond MAX_CONNECTIONS are dropped (logged once a minute)')
    },
    /** Something else than plain HTTP/1.1 was spoken to the port, and declined. */
    otherProtocol(protocol: string): void {
      if (mayTellProtocol(protocol))
        log.warn({ protocol }, 'a client spoke another protocol than plain HTTP/1.1 (logged once a minute per protocol)')
    },
  }
}

function storeReports(log: Logger) {
  const mayTellNewer = createOncePerMinute()
  return {
    /** The store of idempotency keys fails, or works again; `name` describes it in the log. */
    store: (name: string) => reportStore(name, log),
    /** A request was declined because only a newer version of Rowgate can read its record. */
    newerRecords(): void {
      if (mayTellNewer())
        log.warn(
          'an idempotency key has a record from a newer version of Rowgate: this process declines requests with that key (logged once a minute)',
        )
    },
  }
}

function reportStore(store: string, log: Logger) {
  let outage: { readonly since: number; readonly mayTell: () => boolean } | undefined
  let notesFailed: unknown
  const mayTellNotes = createOncePerMinute()
  return {
    /** Logged only while the rest of the store works: otherwise the outage is reported already. */
    onNotesFailed(error: unknown): void {
      notesFailed = error
    },
    onUnavailable(error: unknown): void {
      outage ??= { since: performance.now(), mayTell: createOncePerMinute() }
      if (outage.mayTell())
        log.warn(
          { cause: messageOf(error), store },
          'the store of idempotency keys cannot be used: mutations with a key are declined, all others work (logged once a minute)',
        )
    },
    onAvailable(): void {
      const cause = notesFailed
      notesFailed = undefined
      if (outage === undefined) {
        if (cause !== undefined && mayTellNotes())
          log.warn(
            { cause: messageOf(cause), store },
            'shared notes cannot be read or written: data quality, learnt solutions and schema changes are limited to what this process knows (logged once a minute)',
          )
        return
      }
      const seconds = Math.ceil((performance.now() - outage.since) / 1_000)
      log.info({ store, seconds }, 'the store of idempotency keys works again, and everything it missed has been written')
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
  log.warn({ solution, kinds }, "the upstream's tables differ from the declarations: npm run drift shows how")
}
