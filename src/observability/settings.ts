import { hostname } from 'node:os'
import { z } from 'zod'
import { httpUrl } from '../util/env-values.ts'
import { LOG_LEVELS } from './log.ts'

/** The settings of log, metrics and traces. */
export const observabilitySettings = {
  REPLICA_ID: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be printable ASCII without spaces, 255 characters at most')
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
}

/** The configuration of log, metrics and traces. */
export interface ObservabilityConfig {
  /** Names this process among those that share a load balancer. */
  readonly replicaId: string
  readonly log: { readonly level: (typeof LOG_LEVELS)[number] }
  /** Where spans are sent; undefined without tracing. */
  readonly tracing: { readonly endpoint: URL } | undefined
}

/** The configuration from the settings. */
export function readObservability(s: z.infer<z.ZodObject<typeof observabilitySettings>>): ObservabilityConfig {
  return {
    replicaId: s.REPLICA_ID ?? hostname(),
    log: { level: s.LOG_LEVEL },
    tracing: s.OTEL_EXPORTER_OTLP_ENDPOINT && { endpoint: s.OTEL_EXPORTER_OTLP_ENDPOINT },
  }
}
