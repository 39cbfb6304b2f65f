import { LRUCache } from 'lru-cache'
import type { Tenant } from '../identity.ts'
import type { UnconfirmedReason } from '../ingest/outcome.ts'
import { errorCode } from '../util/error-code.ts'
import { createOncePerMinute } from '../util/once-per-minute.ts'
import { attemptHeaders } from '../util/request-origin.ts'
import { headerText, takeBackYes, tellOfMore } from './answer/headers.ts'
import type { FollowCall, UpstreamCall } from './call-reports.ts'
import { decodeBody } from './decode-body.ts'
import { type Connecting, createDispatcher, dispatch, type Reply } from './dispatch.ts'

/** A call of the upstream's REST API. */
export interface Call extends UpstreamCall {
  /** The path below the configured base, with a leading slash. */
  readonly path: string
  readonly tenant: Tenant
  readonly body?: Buffer
  /** Aborts the call; without one, it ends after the attempt timeout. */
  readonly signal?: AbortSignal
  /** Called when the request begins to leave the process, after waiting for a connection. */
  readonly noteLeft?: () => void
}

/** How to reach the upstream, and who is told about calls. */
export interface ClientOptions extends Connecting {
  /** In milliseconds. */
  readonly attemptTimeoutMs: number
  /** Called with an error code such as ENOTFOUND when the upstream cannot be reached or a connection breaks, once a minute per code. */
  readonly onConnectionError?: (code: string) => void
  /** Told about every call. */
  readonly followers?: readonly FollowCall[]
}

/** What became of a call: an answer, silence after it left, or nothing left at all. */
export type Exchange =
  /**
   * The upstream answered, and the memory of the request body is no longer in use. `text` is undefined if nothing in the answer can be
   * relied on: it broke off, cannot be decoded, exceeded the cap, or is a yes to a request that had not fully left or that comes with a
   * failure header.
   */
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly retryAfter: string | undefined
      readonly text: string | undefined
    }
  | { readonly kind: 'lost'; readonly reason: UnconfirmedReason }
  | { readonly kind: 'unsent' }

/** Speaks HTTP to the upstream's host. */
export interface Client {
  call(call: Call): Promise<Exchange>
  close(): Promise<void>
}

/** Creates a keep-alive client for a base URL, which may include a path. */
export function createClient(base: URL, options: ClientOptions): Client {
  const { attemptTimeoutMs, onConnectionError = () => {}, followers = [] } = options
  const dispatcher = createDispatcher(base, options)
  const basePath = base.pathname.replace(/\/+$/, '')
  const ids = createAttemptIds()
  const noteError = createNoteError(onConnectionError)

  async function exchange(
    { method, path, body, rows, signal = AbortSignal.timeout(attemptTimeoutMs), noteLeft }: Call,
    headers: ReturnType<typeof requestHeaders>,
  ): Promise<Exchange> {
    const id = headers['x-request-id']
    ids.note(id)
    const request = { origin: base.origin, method, path: basePath + path, headers, body: body ?? null }
    const { reply, isStarted, error } = await dispatch(dispatcher, request, signal, noteLeft)
    if (error !== undefined && !signal.aborted) noteError(error)
    if (reply !== undefined) return await readReply(reply, rows, (text) => ids.isOfAnother(id, reply.headers, text))
    if (body && !isStarted) return { kind: 'unsent' }
    return { kind: 'lost', reason: signal.aborted ? 'TIMED_OUT' : 'CONNECTION_LOST' }
  }

  return {
    async call(call) {
      const following = followers.flatMap((follow) => follow(call) ?? [])
      const headers = requestHeaders(call)
      for (const { traceparent } of following) if (traceparent !== undefined) headers.traceparent = traceparent
      const end = await exchange(call, headers)
      for (const follower of following) follower.end(end)
      return end
    },
    close: () => dispatcher.destroy(),
  }
}

/** Reports each code once a minute, and nothing else of an error, which may contain an address or a secret. */
function createNoteError(report: (code: string) => void): (error: unknown) => void {
  const mayTell = createOncePerMinute()
  return (error) => {
    const code = errorCode(error) ?? 'UNKNOWN'
    if (mayTell(code)) report(code)
  }
}

function requestHeaders({ tenant, body, origins }: Call): Record<string, string> & { 'x-request-id': string } {
  return {
    authorization: tenant.credential.reveal(),
    accept: 'application/json',
    ...(body && { 'content-type': 'application/json' }),
    ...attemptHeaders(origins),
  }
}

async function readReply(reply: Reply, rows: number | undefined, isOfAnother: (text: string) => boolean): Promise<Exchange> {
  const { status, headers, body, isSent } = reply
  // The request's memory is about to be reused, and anything written after it would be lost with it.
  if (!isSent) reply.disconnect()
  const read = body && (await decodeBody(body, headerText(headers['content-encoding']), headers['content-type']))
  const isOpen = mayHaveMore(reply, read) || (status < 300 && (!isSent || (status !== 207 && takeBackYes(headers, rows))))
  const text = isOpen ? undefined : read
  if (reply.isDoubtful || isOfAnother(text ?? '')) {
    // Responses on this connection no longer match their requests, so none that follows can be relied on.
    reply.disconnect()
    return { kind: 'lost', reason: 'UNREADABLE_ANSWER' }
  }
  return { kind: 'reply', status, retryAfter: headerText(headers['retry-after']), text }
}

/**
 * Whether a response may have more than was read, which may name rows that failed: HTTP allows a 204 no body, so one that it comes with is
 * not read; an empty body of unknown length may have broken off before it began; and headers may tell of a next page.
 */
function mayHaveMore({ status, headers }: Reply, read: string | undefined): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = headers
  if (status === 204) return coding !== undefined || Number(length ?? 0) > 0
  return (read === '' && length === undefined && coding === undefined) || tellOfMore(headers)
}

const REMEMBERED = 10_000

// The endings that `attemptHeaders` gives to ids: after the id of a request, or alone. An id not made here is the upstream's own.
const ENDINGS = /(["~])([0-9a-f]{8})/g

// How JSON may escape what an id contains.
const ESCAPED = /\\(?:\/|u00)/
const ESCAPES = /\\(?:\/|u00([0-9a-f]{2}))/gi
const unescaped = (_: string, hex: string | undefined) => (hex === undefined ? '/' : String.fromCharCode(Number.parseInt(hex, 16)))

/** Remembers the ids of the last ten thousand attempts at the upstream, of all tenants. */
export function createAttemptIds() {
  const idsByEnding = new LRUCache<string, string>({ max: REMEMBERED })
  return {
    note: (id: string): void => void idsByEnding.set(id.slice(-8), id),
    /** Whether a response to the attempt `id` carries the id of another: as a header, as a string in its body, or within one. */
    isOfAnother(id: string, headers: Readonly<Record<string, string | string[] | undefined>>, body: string): boolean {
      const another = (ending: string) => {
        const known = idsByEnding.peek(ending)
        return known === id ? undefined : known
      }
      for (const name in headers) if ([headers[name]].flat().some((value) => value && another(value.slice(-8)) === value)) return true
      const text = ESCAPED.test(body) ? body.replace(ESCAPES, unescaped) : body
      for (const { 0: found, 1: mark, 2: ending = '', index } of text.matchAll(ENDINGS)) {
        const end = index + found.length
        const known = another(ending)
        if (known === undefined) continue
        // Eight digits alone within a longer string mean nothing.
        if (known === ending ? mark === '"' && text[end] === '"' : text.endsWith(known, end)) return true
      }
      return false
    },
  }
}
