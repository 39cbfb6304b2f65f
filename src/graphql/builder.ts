import SchemaBuilder from '@pothos/core'
import ValidationPlugin from '@pothos/plugin-validation'
import { GatewayError } from '../errors.ts'
import type { TooManyRows } from '../resource/judge.ts'
import type { Tenant } from '../tenant.ts'
import type { WeightsByField } from './answer-weights.ts'

/** What every resolver is given. */
export interface RequestContext {
  /** On whose behalf the request acts; throws `UNAUTHENTICATED` when no usable token came with it. */
  readonly tenant: () => Tenant
  /** Rows that its mutations have sent so far, and the upstream requests these fill; absent before the first. */
  cost?: { rows: number; requests: number }
  /** What its mutations print, by response key. */
  answerWeights?: WeightsByField | undefined
  /** About how many bytes the answers of its mutations so far have. */
  answerBytes?: number
  /** Takes so many bytes of the memory that all answers share, before they are made; may throw `OVERLOADED`. */
  reserve?: (bytes: number) => void
}

interface SchemaTypes {
  Context: RequestContext
  DefaultFieldNullability: false
  Scalars: {
    SafeInt: { Input: number; Output: number }
    Date: { Input: string; Output: string }
    Timestamp: { Input: string; Output: string }
    JSONObject: { Input: Record<string, unknown>; Output: Readonly<Record<string, unknown>> }
  }
}

/** The schema under construction; definitions are added by the other files of this folder. */
export type Builder = PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>

/** An empty schema whose argument checks decline a request with `BAD_USER_INPUT` or the code a check carries. */
export function createBuilder(): Builder {
  return new SchemaBuilder<SchemaTypes>({
    plugins: [ValidationPlugin],
    defaultFieldNullability: false,
    validation: { validationError: ({ issues }) => declined(issues) },
  })
}

type Issues = readonly { readonly message: string; readonly path?: readonly unknown[] | undefined; readonly params?: unknown }[]

function declined(issues: Issues): GatewayError {
  const words = issues.map(({ path, message }) => [path?.map(place).join('.'), message].filter(Boolean).join(': ')).join('; ')
  const tooMany = issues.map(({ params }) => params as Partial<TooManyRows> | undefined).find((params) => params?.code === 'TOO_MANY_ROWS')
  if (tooMany === undefined) return new GatewayError('BAD_USER_INPUT', words)
  const { code, ...numbers } = tooMany as TooManyRows
  return new GatewayError(code, words, numbers)
}

function place(segment: unknown): string {
  return String(typeof segment === 'object' && segment !== null && 'key' in segment ? segment.key : segment)
}
