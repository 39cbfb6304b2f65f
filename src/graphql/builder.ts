import SchemaBuilder from '@pothos/core'
import ValidationPlugin from '@pothos/plugin-validation'
import { GatewayError } from '../errors.ts'
import type { TakeRows } from '../http/inbound-limits.ts'
import type { GraphQLHttpRequest } from '../http/listener.ts'
import type { Right, Tenant } from '../identity.ts'
import type { Priority } from '../ingest/limits/fair-semaphore.ts'
import type { AppendedKeys } from '../ingest/repeated-keys.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import type { WeightsByField } from './cost/answer-weights.ts'
import type { KeyedAnswers } from './fields/keyed-ingest.ts'
import type { ScalarTypes } from './scalars.ts'

/** The GraphQL context of a request: what `http/` knows of it, and what its fields share. */
export interface RequestContext extends Pick<GraphQLHttpRequest, 'caller' | 'origin' | 'method' | 'memory'> {
  /** The priority that the caller asks for, if any. */
  readonly priority?: Priority | undefined
  /** The header `Idempotency-Key`, unparsed. */
  readonly idempotencyKey?: string | undefined
  /** Reports the upstream calls so far; undefined unless the caller asks for that. */
  readonly upstreamReport?: (() => object) | undefined
  /** The length of the body in bytes. */
  readonly requestBytes: number
  /** Counts rows towards the tenant's quota; undefined once that is done. */
  takeRows?: TakeRows | undefined
  /** Good rows of its mutations so far, and the upstream requests they fill; undefined before the first. */
  cost?: { rows: number; requests: number }
  /** Primary keys that its mutations have appended so far; undefined with a single mutation. */
  appended?: AppendedKeys
  /** Answers of its mutations with an idempotency key so far; undefined with a single mutation. */
  keyedAnswers?: KeyedAnswers
  /** Upstream reads so far, shared by its fields; see `request-reads.ts`. */
  reads?: Map<string, Promise<unknown>>
  /** Weights of the answers of its mutations, by response key. */
  answerWeights?: WeightsByField | undefined
  /** Bytes of memory needed per byte of the answer. */
  answerMemory?: number
  /** The estimated bytes of its mutations' answers so far. */
  answerBytes?: number
}

/** The tenant of a request; throws the caller's refusal, such as `UNAUTHENTICATED`, or `FORBIDDEN` where the caller lacks the right. */
export function tenantOf({ caller }: Pick<RequestContext, 'caller'>, right?: Right): Tenant {
  if (!('tenant' in caller)) throw caller.refusal
  if (right !== undefined && caller.grant?.may(right) === false) throw forbidden(right)
  return caller.tenant
}

/** Takes memory from the budget for a request, before anything of it is sent; throws `OVERLOADED` where none is left. */
export function reserve(memory: MemoryAccount, bytes: number): void {
  if (!memory.take(bytes))
    throw new GatewayError('OVERLOADED', 'Overloaded: requests in progress hold the memory that this one needs. Nothing was sent.')
}

function forbidden(right: Right): GatewayError {
  return new GatewayError('FORBIDDEN', `This needs the role ${right === 'outcomes' ? 'read, or one to ingest' : right}.`)
}

/** The end of the description of a root field that is null when it is declined. */
export const NULL_WHEN_DECLINED = 'Null when it is declined, so that the error leaves the other fields of the document as they are.'

interface SchemaTypes {
  Context: RequestContext
  DefaultFieldNullability: false
  Scalars: ScalarTypes
}

/** The schema under construction; `scalars.ts` and the files of `fields/` and `types/` add to it. */
export type Builder = PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>

/** An empty schema whose argument checks decline a request with `BAD_USER_INPUT`. */
export function createBuilder(): Builder {
  return new SchemaBuilder<SchemaTypes>({
    plugins: [ValidationPlugin],
    defaultFieldNullability: false,
    validation: { validationError: ({ issues }) => declined(issues) },
  })
}

function declined(issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[]): GatewayError {
  const words = issues.map(({ path, message }) => [path?.map(place).join('.'), message].filter(Boolean).join(': ')).join('; ')
  return new GatewayError('BAD_USER_INPUT', words)
}

function place(segment: unknown): string {
  return String(typeof segment === 'object' && segment !== null && 'key' in segment ? segment.key : segment)
}

/** An enum from a table of values and their descriptions; in GraphQL the values are upper case. */
export function addEnum<Name extends string>(builder: Builder, name: string, description: string, table: Readonly<Record<Name, string>>) {
  const names = Object.keys(table) as Name[]
  const values = Object.fromEntries(names.map((value) => [value.toUpperCase(), { value, description: table[value] }])) as Record<
    Name,
    { value: Name; description: string }
  >
  return builder.enumType(name, { description, values })
}
