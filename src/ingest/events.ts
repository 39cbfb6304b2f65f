import type { Tenant } from '../identity.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { IngestResult } from './ingest-result.ts'
import type { Answer, Batch, Destination } from './upstream-port.ts'

/** What happens to rows, as others may hear of it: data quality, log, metrics and traces. Nobody who listens can change it. */
export interface IngestEvents {
  /** The rows of a mutation are judged, which took from `since` to `until` by the clock of `performance.now`; those that may are now queued. */
  readonly 'mutation:judged': {
    readonly destination: Destination
    readonly origin: RequestOrigin
    readonly rows: number
    readonly since: number
    readonly until: number
  }
  /** A mutation has an outcome for every row; `ms` is what that took from the arrival of its rows. */
  readonly 'mutation:settled': { readonly result: IngestResult; readonly origin: RequestOrigin; readonly ms: number }
  /** A request with rows leaves; one that is repeated leaves several times. `waitedMs`: in the queue, for a permit and the rate, or to be repeated. */
  readonly 'batch:sent': { readonly batch: Batch; readonly waitedMs: number }
  /** It came to something; `ms` is what that took. */
  readonly 'batch:answered': { readonly batch: Batch; readonly answer: Answer; readonly ms: number }
  /** Rows of a mutation were refused unsent, because too many wait already. */
  readonly 'rows:withheld': { readonly tenant: Tenant; readonly rows: number }
  /** The breaker of a tenant or, where none is named, of the host opens or closes; `origins` are the requests that showed it. */
  readonly 'breaker:changed': {
    readonly tenantId: string | undefined
    readonly isOpen: boolean
    readonly origins: readonly RequestOrigin[]
  }
  /** As many requests of all tenants are under way as may be, and some tenants wait; told once a minute at most. */
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
