import diagnosticsChannel from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { type Dispatcher, Pool } from 'undici'
import type { UnconfirmedReason } from '../ingest/outcome.ts'
import { attemptHeaders, type RequestOrigin } from '../request-origin.ts'
import type { Tenant } from '../tenant.ts'

/** One call of the upstream's REST API. */
export interface Call {
  readonly method: 'GET' | 'POST'
  /** Path below the configured base, with a leading slash. */
  readonly path: string
  readonly tenant: Tenant
  readonly body?: Buffer
  /** The requests that it is made for. */
  readonly origins: readonly RequestOrigin[]
  /** Ends the call; without one it ends when an attempt's time is up. */
  readonly signal?: AbortSignal
}

/** How long things may take, in milliseconds. */
export interface ClientLimits {
  readonly connectTimeoutMs: number
  readonly attemptTimeoutMs: number
}

/** What came of a call: an answer, silence after it left, or nothing left at all. */
export type Exchange =
  /** The upstream answered; `text` is absent when the body broke off or was over the cap. */
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly retryAfter: string | undefined
      readonly text: string | undefined
      /** The body has left the process: its memory is not read any more. */
      readonly isSent: boolean
    }
  | { readonly kind: 'lost'; readonly reason: UnconfirmedReason }
  | { readonly kind: 'unsent' }

/** Speaks HTTP to the one upstream host. */
export interface Client {
  call(call: Call): Promise<Exchange>
  close(): Promise<void>
}

const MAX_ANSWER_BYTES = 8 * 1024 * 1024
const IDLE_CONNECTION_MS = 4_000

// undici's error codes do not tell "not sent" from "sent"; this channel does. Its message carries our body by identity, and
// the socket that it is written to.
const sockets = new Map<unknown, Socket | undefined>()
diagnosticsChannel.subscribe('undici:client:sendHeaders', (message) => {
  const { request, socket } = message as { request: { body: unknown }; socket: Socket }
  if (sockets.has(request.body)) sockets.set(request.body, socket)
})

/** A keep-alive client for a base URL, which may carry a path. */
export function createClient(base: URL, { connectTimeoutMs, attemptTimeoutMs }: ClientLimits): Client {
  const pool = new Pool(base.origin, {
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    connect: { timeout: connectTimeoutMs },
  })
  const basePath = base.pathname.replace(/\/+$/, '')

  return {
    async call({ method, path, tenant, body, origins, signal = AbortSignal.timeout(attemptTimeoutMs) }) {
      if (body) sockets.set(body, undefined)
      try {
        const reply = await pool.request({
          method,
          path: basePath + path,
          signal,
          headers: requestHeaders(tenant, body, origins),
          ...(body && { body }),
        })
        // Asked before the answer is read: afterwards the socket may be at work for another request.
        const isSent = sockets.get(body)?.writableLength === 0
        return {
          kind: 'reply',
          isSent,
          status: reply.statusCode,
          retryAfter: headerText(reply.headers['retry-after']),
          text: await readText(reply.body),
        }
      } catch {
        if (body && sockets.get(body) === undefined) return { kind: 'unsent' }
        return { kind: 'lost', reason: signal.aborted ? 'TIMED_OUT' : 'CONNECTION_LOST' }
      } finally {
        sockets.delete(body)
      }
    },
    close: () => pool.destroy(),
  }
}

function requestHeaders(tenant: Tenant, body: Buffer | undefined, origins: readonly RequestOrigin[]): Record<string, string> {
  return {
    authorization: tenant.token.reveal(),
    accept: 'application/json',
    ...(body && { 'content-type': 'application/json' }),
    ...attemptHeaders(origins),
  }
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

/** The body as text; undefined when it broke off or went over the cap, for then nothing in it can be relied on. */
async function readText(body: Dispatcher.ResponseData['body']): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of body) {
      bytes += part.length
      if (bytes > MAX_ANSWER_BYTES) return undefined
      parts.push(part)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(parts).toString('utf8')
}
