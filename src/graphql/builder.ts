import SchemaBuilder from '@pothos/core'
import ValidationPlugin from '@pothos/plugin-validation'
import { GatewayError } from '../errors.ts'
import type { TakeRows } from '../http/inbound-limits.ts'
import type { Caller, Right, Tenant } from '../identity.ts'
import type { Priority } from '../ingest/limits/fair-semaphore.ts'
import type { AppendedKeys } from '../ingest/repeated-keys.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { WeightsByField } from './cost/answer-weights.ts'
import type { KeyedAnswers } from './fields/keyed-ingest.ts'
import type { ScalarTypes } from './scalars.ts'

/** What every resolver is given. */
export interface RequestContext {
  /** Who calls, as found out at the door. */
  readonly caller: Caller
  /** The request as its caller names it, in logs and upstream. */
  readonly origin: RequestOrigin
  /** How urgent its caller says that it is; undefined where it does not say. */
  readonly priority?: Priority | undefined
  /** Its header `Idempotency-Key`, as it came. */
  readonly idempotencyKey?: string | undefined
  /** What the upstream did for it so far; undefined where its caller does not ask. */
  readonly upstreamReport?: (() => object) | undefined
  /** The HTTP method it came by. */
  readonly method: string
  /** How long its body is. */
  readonly requestBytes: number
  /** What it holds of the common memory. */
  readonly memory: MemoryAccount
  /** Absent once its rows are counted. */
  takeRows?: TakeRows | undefined
  /** Rows of its mutations so far that were good to be sent, and the upstream requests these fill; absent before the first. */
  cost?: { rows: number; requests: number }
  /** The keys that its mutations have appended so far; absent where it has only one. */
  appended?: AppendedKeys
  /** What its mutations with an idempotency key were answered so far; absent where it has only one. */
  keyedAnswers?: KeyedAnswers
  /** What it has read of the upstream so far, by what was asked; see `request-reads.ts`. */
  reads?: Map<string, Promise<unknown>>
  /** What its mutations print, by response key. */
  answerWeights?: WeightsByField | undefined
  /** Bytes of memory for each byte of an answer. */
  answerMemory?: number
  /** About how many bytes the answers of its mutations so far have. */
  answerBytes?: number
}

/** On whose behalf a request acts; throws `UNAUTHENTICATED` or the like where that is not known, and `FORBIDDEN` where the caller lacks the right that it needs. */
export function tenantOf({ caller }: Pick<RequestContext, 'caller'>, right?: Right): Tenant {
  if (!('tenant' in caller)) throw caller.refusal
  if (right !== undefined && caller.grant?.may(right) === false) throw forbidden(right)
  return caller.tenant
}

/** Takes so many bytes of the common memory for a request, before anything of it is sent; throws `OVERLOADED` where there are none. */
export function reserve(memory: MemoryAccount, bytes: number): void {
  if (!memory.take(bytes))
    throw new GatewayError('OVERLOADED', 'Overloaded: the requests under way hold the memory that this one needs. Nothing was sent.')
}

function forbidden(right: Right): GatewayError {
  return new GatewayError('FORBIDDEN', `This needs the role ${right === 'outcomes' ? 'read, or one to ingest' : right}.`)
}

/** Ends the description of a root field that is null where it was declined. */
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
