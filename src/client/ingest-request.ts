import { ClientError } from './client-error.ts'
import type { Issue } from './types.ts'

/** Where and how the rows of a run are sent. */
export interface Target {
  readonly resource: string
  readonly operation: 'upsert' | 'append'
  readonly solution?: string | undefined
  readonly dryRun: boolean
}

/** The gateway's answer for the rows of one request; rows that are not listed were accepted. */
export interface Payload {
  readonly acceptedCount: number
  readonly rejectedCount: number
  readonly unconfirmedCount: number
  readonly replayedCount: number
  readonly retryableCount: number
  readonly retryAfterMs: number | null
  readonly warnings: readonly string[]
  readonly rows: readonly (NotAccepted & { readonly index: number })[]
}

/** Why a row was not accepted: an unconfirmed one has a reason in place of issues. */
export type NotAccepted = { readonly retryable: boolean } & (
  | { readonly issues: readonly Issue[]; readonly reason?: never }
  | { readonly issues?: never; readonly reason: string }
)

const SELECTION = `acceptedCount rejectedCount unconfirmedCount replayedCount retryableCount retryAfterMs warnings
rows(only: [REJECTED, UNCONFIRMED]) { ... on IngestedRow { index } ... on UnconfirmedRow { reason retryable: safeToResend }
... on RejectedRow { retryable issues { code field column message hint upstreamCode } } }`

/** The JSON body of a request, with the texts of the rows inserted as they are. */
export function ingestBody({ resource, operation, solution, dryRun }: Target, key: string | null, texts: readonly string[]): string {
  const query = `mutation ($rows: [${resource}RowInput!]!, $solution: String, $dryRun: Boolean, $key: String) {
payload: ${operation}${resource}(rows: $rows, solution: $solution, dryRun: $dryRun, idempotencyKey: $key) { ${SELECTION} } }`
  const head = JSON.stringify({ query, variables: { solution, dryRun, key } })
  return `${head.slice(0, -2)},"rows":[${texts.join()}]}}`
}

/** The payload of an answer; throws unless it accounts for each of the rows exactly once. */
export function payloadIn(data: unknown, texts: readonly string[]): Payload {
  // Without a payload the counts are undefined, and the comparison below fails.
  const payload: Payload = Object((data as { readonly payload?: Payload }).payload)
  const { acceptedCount, rejectedCount, unconfirmedCount, rows = [] } = payload
  const places = new Set(rows.map(({ index }) => index))
  const listed = rejectedCount + unconfirmedCount
  if (acceptedCount + listed !== texts.length || rows.length !== listed || texts.filter((_, at) => places.has(at)).length !== listed)
    throw new ClientError(UNREADABLE, 'The gateway did not report each row once.')
  return payload
}

/** The payload in place of an unreadable answer: every row is unconfirmed until it is asked for again. */
export function noneConfirmed(texts: readonly string[]): Payload {
  // Nothing else of the payload is used, since the run ends.
  const rows = texts.map((_, index) => ({ index, retryable: true, reason: UNREADABLE }))
  return { replayedCount: 0, retryableCount: rows.length, rows } as Partial<Payload> as Payload
}

/** The code for an answer that does not account for its rows. */
export const UNREADABLE = 'UNREADABLE_ANSWER'
