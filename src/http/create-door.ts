import type { Metrics } from '../observability/metrics.ts'
import type { Reports } from '../observability/reports.ts'
import { createMemoryBudget } from '../util/memory-budget.ts'
import { type AdmissionOptions, createAdmission } from './admission.ts'
import { createCors } from './cors.ts'
import { createEndpoints, type EndpointOptions } from './endpoints.ts'
import { createInboundLimits, type InboundLimitsOptions } from './inbound-limits.ts'
import { createListener, type ListenerOptions } from './listener.ts'
import { type ConnectionLimits, createHttpServer, type HttpServer } from './server.ts'
import { createWriteAnswer } from './write-answer.ts'

/** What an operator has set for the door. */
interface DoorConfig {
  readonly http: ConnectionLimits & {
    readonly host: string
    readonly corsOrigins: readonly string[]
    readonly maxBodyBytes: number
    /** Bytes that the bodies and answers of all requests may take up together. */
    readonly memoryBudgetBytes: number
  }
  readonly inbound: Omit<InboundLimitsOptions, 'onLimited'>
  readonly replicaId: string
}

/** What stands behind the door, and what it asks of the other rooms. */
type Behind = Pick<ListenerOptions, 'graphql' | 'graphqlPath' | 'originOf' | 'log'> &
  Pick<AdmissionOptions, 'authenticate' | 'lendsToken' | 'isQueueFull'> &
  Omit<EndpointOptions, 'graphqlPath' | 'metrics'> & {
    readonly metrics: Metrics
    readonly reports: Pick<Reports, 'defects'>
  }

/** Puts the door together; `stop` ends what it watches beside its requests. */
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
    limits: createInboundLimits({ ...inbound, onLimited: metrics.countLimited }),
    maxBodyBytes: http.maxBodyBytes,
    write: createWriteAnswer(),
    onDefect: reports.defects('defect'),
  })
  return { server: createHttpServer(listener, http), stop }
}
