import type { Tenant } from '../identity.ts'
import type { TimestampFormat } from '../resource/module.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Attribute } from './attribute.ts'
import type { TableDefinition } from './table-definition.ts'

/** The request for a rollout. */
export interface RolloutRequest {
  readonly solutionName: string
  readonly appName: string
  /** Semantic version, such as 1.0.0. */
  readonly appVersion: string
  /** The schema the tables are created in, such as STAGE. */
  readonly targetSchemaName: string
  readonly prefix: string
  readonly suffix: string
}

/** A custom attribute and the table it is added to. */
interface AddAttributeRequest {
  readonly solutionName: string
  /** The base name, without prefix and suffix. */
  readonly object: string
  readonly attribute: Attribute
  /** The timestamp format of the table. */
  readonly timestampFormat: TimestampFormat
}

/** The schema of a version of an application. */
export interface SaveSchemaRequest {
  readonly appName: string
  readonly appVersion: string
  readonly tables: readonly TableDefinition[]
  /** Validate it, and save nothing. */
  readonly dryRun: boolean
}

/** One element of a rollout's answer. */
export interface NamedResult {
  readonly name: string
  readonly message?: string
}

/** A solution as the tenant's upstream lists it. */
export interface UpstreamSolution {
  readonly solutionName: string
  readonly prefix?: string
  readonly suffix?: string
  readonly targetSchemaName?: string
  readonly tableCount?: number
}

/** A column as rolled out, custom attributes included. */
export interface UpstreamColumn {
  readonly name: string
  readonly dataType?: string
  readonly presence?: string
  /** It must not be null. */
  readonly nonNull?: boolean
  /** The upstream fills it in where a row leaves it out. */
  readonly hasDefault?: boolean
  /** The maximum length of texts, in characters. */
  readonly maxLength?: number
  readonly isKey?: boolean
  /** Precision and scale of decimals, where `dataType` does not have them. */
  readonly precision?: number
  readonly scale?: number
}

export interface UpstreamTable {
  readonly name: string
  readonly columns: readonly UpstreamColumn[]
}

/**
 * The port to the upstream's schema endpoints. Every call is made for a request, its origin, and throws a `GatewayError` when it is
 * declined, lost or unreadable.
 */
export interface SchemaPort {
  rollout(
    tenant: Tenant,
    request: RolloutRequest,
    origin: RequestOrigin,
  ): Promise<{ readonly successful: readonly NamedResult[]; readonly failed: readonly NamedResult[] }>
  /** Resolves with the definition as it was sent, as JSON text. */
  saveSchema(tenant: Tenant, request: SaveSchemaRequest, origin: RequestOrigin): Promise<string>
  addAttribute(tenant: Tenant, request: AddAttributeRequest, origin: RequestOrigin): Promise<void>
  solutions(tenant: Tenant, origin: RequestOrigin): Promise<readonly UpstreamSolution[]>
  /** The signal can end the call before the attempt timeout. */
  solutionSchema(tenant: Tenant, solutionName: string, origin: RequestOrigin, signal?: AbortSignal): Promise<readonly UpstreamTable[]>
}
