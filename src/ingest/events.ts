import type { Tenant } from '../identity.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Batch, Destination } from './batch.ts'
import type { IngestResult } from './ingest-result.ts'
import type { Answer } from './upstream-port.ts'

/** What happens to rows, for those who observe it: data quality, logs, metrics and traces. Listeners cannot influence it. */
export interface IngestEvents {
  /** The rows of a mutation were judged, from `since` to `until` (`performance.now`), and the good ones are now queued. */
  readonly 'mutation:judged': {
    readonly destination: Destination
    readonly origin: RequestOrigin
    readonly rows: number
    readonly since: number
    readonly until: number
  }
  /** A mutation has an outcome for every row, `ms` after its rows were judged. */
  readonly 'mutation:settled': { readonly result: IngestResult; readonly origin: RequestOrigin; readonly ms: number }
  /** A request with rows leaves, once per attempt. `waitedMs`: in the queue, for a permit and the rate limit, or for a retry. */
  readonly 'batch:sent': { readonly batch: Batch; readonly waitedMs: number }
  /** That request was answered or failed, after `ms`. */
  readonly 'batch:answered': { readonly batch: Batch; readonly answer: Answer; readonly ms: number }
  /** Rows of a mutation were rejected unsent because the queue was full. */
  readonly 'rows:withheld': { readonly tenant: Tenant; readonly rows: number }
  /** The breaker of a tenant or, where none is named, of the host opens or closes; `origins` are the requests that showed it. */
  readonly 'breaker:changed': {
    readonly tenantId: string | undefined
    readonly isOpen: boolean
    readonly origins: readonly RequestOrigin[]
  }
  /** All tenants together have as many requests in flight as is allowed, and some wait; emitted once a minute at most. */
  readonly 'host:full': { readonly requests: number; readonly tenantsWaiting: number }
  /** An unexpected error, while rows of these requests were on their way. */
  readonly defect: { readonly error: unknown; readonly origins: readonly RequestOrigin[] }
}

/** Calls listeners, in the order in which they were added. */
export interface Events {
  emit<Name extends keyof IngestEvents>(name: Name, event: IngestEvents[Name]): void
  on<Name extends keyof IngestEvents>(name: Name, listener: (event: IngestEvents[Name]) => void): void
}

/** Events without listeners. A listener that throws is reported as a defect; the other listeners and the rows are not affected. */
export function createEvents(): Events {
  const listeners: { readonly [Name in keyof IngestEvents]: ((event: IngestEvents[Name]) => void)[] } = {
    'mutation:judged': [],
    'mutation:settled': [],
    'batch:sent': [],
    'batch:answered': [],
    'rows:withheld': [],
    'breaker:changed': [],
    'host:full': [],
    defect: [],
  }
  const events: Events = {
    on: (name, listener) => void listeners[name].push(listener),
    emit(name, event) {
      for (const listener of listeners[name]) {
        try {
          listener(event)
        } catch (error) {
          // A listener of defects that fails can be reported to nobody.
          if (name !== 'defect') events.emit('defect', { error, origins: [] })
        }
      }
    },
  }
  return events
}
