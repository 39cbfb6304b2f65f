import { type ErrorNumbers, GatewayError } from '../errors.ts'
import type { LimitedCall } from '../ingest/limits/limited-call.ts'
import type { UnconfirmedReason } from '../ingest/outcome.ts'
import { cellsOf } from '../ingest/submitted-cells.ts'
import type { Withheld } from '../ingest/upstream-port.ts'
import { createWordsOn } from '../ingest/upstream-words.ts'
import type { Call, Client, Exchange } from './client.ts'
import { hasTwinNames, parseAnyJson } from './lenient-read.ts'
import { readRefusalWords } from './read-refusal.ts'
import { meaningOf, readRetryAfter } from './statuses.ts'

/** A call of a schema endpoint. */
export interface AskedCall extends Call {
  /** The submitted values in the body, which must not be quoted. */
  readonly values?: readonly unknown[]
}

/** Makes one call of a schema endpoint; resolves with its JSON, and throws a `GatewayError` when it is declined, lost or unreadable. */
export type SchemaCall = (call: AskedCall) => Promise<unknown>

/** Calls under the same semaphore, rate limit and breaker as requests with rows. */
export function createSchemaCall(client: Client, limited: LimitedCall): SchemaCall {
  return async (call) => {
    const send = async (noteLeft: () => void) => readExchange(await client.call({ ...call, noteLeft }))
    const result = await limited(call.tenant.id, call.origins, send, call.signal)
    const isChange = call.method === 'POST'
    if (result.kind === 'withheld') throw withheldError(result)
    if (result.kind === 'unsent') throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The upstream could not be reached; nothing was changed.')
    if (result.kind === 'lost') throw lostError(result, isChange)
    if (result.status >= 300) throw refusedError(result, call)
    // A successful change may be answered with an empty body.
    return result.text === '' && isChange ? undefined : parseAnswer(result.text)
  }
}

interface Replied {
  readonly kind: 'replied'
  readonly status: number
  readonly text: string | undefined
  /** How long the upstream asked to wait, if it did. */
  readonly waiting: ErrorNumbers
}

interface Lost {
  readonly kind: 'lost'
  readonly reason: UnconfirmedReason
  /** The status of an answer that failed, or that says nothing about the call. */
  readonly status?: number
  readonly waiting?: ErrorNumbers
}

/** Reads statuses as for requests with rows (`statuses.ts`), so that the breaker counts alike: a 5xx is a failure, a 429 an answer. */
function readExchange(exchange: Exchange): Replied | Lost | { readonly kind: 'unsent' } {
  if (exchange.kind !== 'reply') return exchange
  const { status, text, retryAfter } = exchange
  const waiting = status === 429 || status === 503 ? readRetryAfter(retryAfter) : {}
  const meaning = meaningOf(status, false)
  return meaning.kind === 'lost' ? { kind: 'lost', reason: meaning.reason, status, waiting } : { kind: 'replied', status, text, waiting }
}

function withheldError({ code }: Withheld): GatewayError {
  const words =
    code === 'OVERLOADED'
      ? 'Too many upstream calls of this token are waiting; this one was not made.'
      : 'The upstream has been failing; the call was not made.'
  return new GatewayError(code, words)
}

function lostError(lost: Lost, isChange: boolean): GatewayError {
  const ending = isChange ? '; it is not known whether the change was made' : ''
  if (lost.reason === 'UNREADABLE_ANSWER' && lost.status !== undefined)
    return new GatewayError('UPSTREAM_UNREADABLE', `The upstream answered with status ${lost.status}${ending}.`)
  return new GatewayError('UPSTREAM_UNAVAILABLE', `${lostWords(lost, isChange)}${ending}.`, lost.waiting)
}

function lostWords({ reason, status }: Lost, isChange: boolean): string {
  if (status !== undefined) return `The upstream failed with status ${status}`
  if (reason === 'TIMED_OUT') return 'The upstream did not answer in time'
  if (reason === 'UNREADABLE_ANSWER') return 'What the upstream sent was not the answer to this call'
  // Of a read it is not known whether it left at all.
  return isChange
    ? 'The connection to the upstream was dropped before it answered'
    : 'The connection to the upstream was dropped or refused'
}

const MEANINGS: Readonly<Record<number, string>> = {
  404: ': it does not know the solution or the object for this token; see the query solutions',
  409: ': it already has this, or lacks what it belongs to',
}

function refusedError({ status, text, waiting }: Replied, call: AskedCall): GatewayError {
  if (status === 401 || status === 403)
    return new GatewayError('UPSTREAM_UNAUTHORIZED', `The upstream refused the token (status ${status}).`)
  if (status === 429)
    return new GatewayError('UPSTREAM_UNAVAILABLE', 'The upstream asks to slow down (status 429); nothing was changed.', waiting)
  const words = `${MEANINGS[status] ?? ''}.${wordsOf(text, call)}`
  return new GatewayError('UPSTREAM_REFUSED', `The upstream declined the call with status ${status}${words}`)
}

/** As much of the error in an answer as may be shown, as sentences to append. */
export function wordsOf(text: string | undefined, { tenant, values = [] }: AskedCall): string {
  const words = createWordsOn({ names: new Set(), isShared: false, mayCount: () => true, cells: () => cellsOf(values, tenant) })
  const { code, message } = words.show(readRefusalWords(text))
  return `${code === undefined ? '' : ` Its code: ${code}.`}${message === undefined ? '' : ` Its words: ${message}`}`
}

/**
 * Parses JSON from the upstream; throws `UPSTREAM_UNREADABLE` where it is not JSON, is too much, or has a duplicate name in an object. Tables
 * may be many, and their columns.
 */
export function parseAnswer(text: string | undefined): unknown {
  const value = parseAnyJson(text)
  if (value === undefined) throw new GatewayError('UPSTREAM_UNREADABLE', 'The answer of the upstream is not JSON, or is too large.')
  if (hasTwinNames(text ?? '', value))
    throw new GatewayError('UPSTREAM_UNREADABLE', 'The answer of the upstream has an object with the same name twice.')
  return value
}
