import type { Metrics } from '../observability/metrics.ts'
import type { Reports } from '../observability/reports.ts'
import { createMemoryBudget } from '../util/memory-budget.ts'
import { type AdmissionOptions, createAdmission } from './admission.ts'
import type { Unreadable } from './client-error.ts'
import { createCors } from './cors.ts'
import { createEndpoints, type EndpointOptions } from './endpoints.ts'
import { createInboundLimits, type InboundLimitsOptions } from './inbound-limits.ts'
import { createListener, type ListenerOptions } from './listener.ts'
import { type ConnectionLimits, createHttpServer, type HttpServer } from './server.ts'
import { createWriteAnswer } from './write-answer.ts'

/** The settings of the HTTP side. */
interface DoorConfig {
  readonly http: ConnectionLimits & {
    readonly host: string
    readonly corsOrigins: readonly string[]
    readonly maxBodyBytes: number
    /** The maximum bytes that the bodies and answers of all requests hold together. */
    readonly memoryBudgetBytes: number
  }
  readonly inbound: Omit<InboundLimitsOptions, 'onLimited'>
  readonly replicaId: string
}

/** What the HTTP side needs from the other rooms. */
type Behind = Pick<ListenerOptions, 'graphql' | 'graphqlPath' | 'originOf' | 'log'> &
  Pick<AdmissionOptions, 'authenticate' | 'lendsToken' | 'isQueueFull'> &
  Omit<EndpointOptions, 'graphqlPath' | 'metrics'> & {
    readonly metrics: Metrics
    readonly reports: Pick<Reports, 'defects' | 'dropped' | 'otherProtocol'>
  }

/** Assembles the HTTP side; `stop` ends its timer. */
export function createDoor({ http, inbound, replicaId }: DoorConfig, behind: Behind): { readonly server: HttpServer; stop(): void } {
  const { metrics, reports } = behind
  const memory = createMemoryBudget(http.memoryBudgetBytes)
  metrics.watch('rowgate_memory_held_bytes', memory.held)
  metrics.watch('rowgate_memory_budget_bytes', () => http.memoryBudgetBytes)
  const cors = createCors({ origins: http.corsOrigins, host: http.host })
  const { admit, stop } = createAdmission({ ...behind, cors, memory, onShed: metrics.countShed })
  const listener = createListener({
    ...behind,
    endpoints: createEndpoints(behind),
    cors,
    admit,
    memory,
    replicaId,
    ...createInboundLimits({ ...inbound, onLimited: metrics.countLimited }),
    maxBodyBytes: http.maxBodyBytes,
    write: createWriteAnswer(),
    onDefect: reports.defects('defect'),
  })
  const onUnreadable = ({ code, status, cause, protocol }: Unreadable) => {
    metrics.countDeclined(code)
    if (protocol !== undefined) reports.otherProtocol(protocol)
    behind.log.debug({ status, cause }, 'bytes that are no HTTP request were declined')
  }
  return { server: createHttpServer(listener, { ...http, onUnreadable, onDropped: reports.dropped }), stop }
}
