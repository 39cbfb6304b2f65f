import { randomUUID } from 'node:crypto'

/** The request on whose behalf something is done; all work for a request shares the same object. */
export interface RequestOrigin {
  /** The caller's x-request-id if well formed, otherwise a generated one. */
  readonly requestId: string
  /** The caller's W3C traceparent, if well formed. */
  readonly traceparent: string | undefined
}

const REQUEST_ID = /^[A-Za-z0-9._~:@/+=-]{1,128}$/
// Version 00 has 55 characters. A later one may continue after a dash, and is read like 00; ff is forbidden.
const TRACEPARENT = /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/

/**
 * Reads the origin from the headers of a request; a repeated header counts as malformed. Background work uses `readOrigin({ headers: {}
 * })`.
 */
export function readOrigin({ headers }: { readonly headers: Readonly<Record<string, string | string[] | undefined>> }): RequestOrigin {
  const requestId = String(headers['x-request-id'] ?? '')
  const traceparent = String(headers.traceparent ?? '')
  return Object.freeze({
    requestId: REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    traceparent: TRACEPARENT.test(traceparent) ? traceparent : undefined,
  })
}

/**
 * The tracing headers of one attempt made for these requests, new for each attempt. An attempt for several requests names none of them,
 * since a caller's id must not reach another's logs; it has a trace of its own if one of them is traced.
 */
export function attemptHeaders(origins: readonly RequestOrigin[]): { 'x-request-id': string; traceparent?: string } {
  const [first] = origins
  if (first === undefined || origins.some((origin) => origin !== first)) return sharedHeaders(origins)
  const { requestId, traceparent } = first
  const id = { 'x-request-id': `${requestId}~${randomHex(8)}` }
  return traceparent === undefined ? id : { ...id, traceparent: `00-${traceIdOf(traceparent)}-${randomHex(16)}-${flagsOf(traceparent)}` }
}

function sharedHeaders(origins: readonly RequestOrigin[]): ReturnType<typeof attemptHeaders> {
  const id = { 'x-request-id': randomHex(8) }
  if (origins.every(({ traceparent }) => traceparent === undefined)) return id
  const isSampled = origins.some(({ traceparent }) => traceparent !== undefined && isFlagSet(traceparent))
  return { ...id, traceparent: `00-${randomHex(32)}-${randomHex(16)}-${isSampled ? '01' : '00'}` }
}

/** Request ids for a log line, without duplicates, at most ten. */
export function requestIdsOf(origins: readonly RequestOrigin[]): readonly string[] {
  return [...new Set(origins)].slice(0, 10).map(({ requestId }) => requestId)
}

/** Request ids and trace ids for a log line about several requests. */
export function idsOf(origins: readonly RequestOrigin[]): {
  readonly requestIds: readonly string[]
  readonly traceIds?: readonly string[]
} {
  const traceIds = [...new Set(origins.flatMap((origin) => traceOf(origin.traceparent)?.traceId ?? []))].slice(0, 10)
  return { requestIds: requestIdsOf(origins), ...(traceIds.length > 0 && { traceIds }) }
}

/** The parts of a well-formed traceparent. */
export function traceOf(traceparent: string | undefined) {
  if (traceparent === undefined) return undefined
  return { traceId: traceIdOf(traceparent), spanId: traceparent.slice(36, 52), traceFlags: Number.parseInt(flagsOf(traceparent), 16) }
}

function isFlagSet(traceparent: string): boolean {
  return (Number.parseInt(flagsOf(traceparent), 16) & 1) === 1
}

function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35)
}

function flagsOf(traceparent: string): string {
  return traceparent.slice(53, 55)
}

/** Random hexadecimal digits; 16 or 32 are never all zero, since a UUID has its version there. */
export function randomHex(digits: 8 | 16 | 32): string {
  const uuid = randomUUID()
  const start = uuid.slice(0, 8)
  if (digits === 8) return start
  const half = start + uuid.slice(9, 13) + uuid.slice(14, 18)
  return digits === 16 ? half : half + uuid.slice(19, 23) + uuid.slice(24)
}
