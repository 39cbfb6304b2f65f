import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/** Decides by `Origin`; its header lists alternate names and values. */
export interface Cors {
  /** The headers of every answer to that origin. */
  headers(origin: string | undefined): readonly string[]
  /** The further headers of the answer to a preflight. */
  preflight(headers: IncomingHttpHeaders): readonly string[]
  /** Whether the origin is listed, or is that of this server's own pages. */
  isAllowed(origin: string, host: string | undefined): boolean
}

const METHODS = 'GET, POST, OPTIONS'
const EXPOSED = 'retry-after, ratelimit, ratelimit-policy, x-request-id, x-rowgate-replica, traceparent, www-authenticate'
const MAX_AGE_S = '7200'

/** Request headers that a listed page may send: none of them makes the gateway trust the page more. */
const HARMLESS =
  /^(?:accept|accept-language|authorization|content-type|content-encoding|idempotency-key|priority|traceparent|tracestate|baggage|sentry-trace|x-request-id|x-rowgate-debug|apollographql-client-[a-z]+|apollo-require-preflight|graphql-require-preflight|x-apollo-operation-name|x-graphql-yoga-csrf|x-requested-with)$/

const NONE: readonly string[] = []

/**
 * CORS for a fixed list of origins, and for the server's own pages under the host it listens on. By default Yoga reflects any origin, and
 * answers `null` to one that is not listed, which admits a sandboxed frame of any page; here, an origin that is not listed gets no CORS
 * header at all.
 */
export function createCors({ origins, host }: { readonly origins: readonly string[]; readonly host: string }): Cors {
  const listed = new Map(origins.map((origin) => [origin, headersFor(origin)]))
  return {
    headers: (origin) => (origin === undefined ? NONE : (listed.get(origin) ?? NONE)),
    preflight({ origin, 'access-control-request-headers': asked = '' }) {
      if (origin === undefined || !listed.has(origin)) return NONE
      const allowed = asked
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())
        .filter((name) => HARMLESS.test(name))
      return [
        ...['access-control-allow-methods', METHODS, 'access-control-max-age', MAX_AGE_S],
        ...(allowed.length > 0 ? ['access-control-allow-headers', allowed.join(', ')] : NONE),
      ]
    },
    isAllowed: (origin, hostHeader) => listed.has(origin) || isOwn(origin, hostHeader, host),
  }
}

function headersFor(origin: string): readonly string[] {
  return ['access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED]
}

/**
 * Whether no foreign page can have sent this request. Browsers omit `Origin` in a GET to the page's own host, and a foreign name may be
 * bound to this address; a request with its own token takes nothing from the gateway.
 */
export function isOfOwnPage({ method, headers: { origin, host, authorization } }: IncomingMessage, cors: Cors): boolean {
  if (origin !== undefined) return cors.isAllowed(origin, host)
  if (method !== 'GET' || authorization !== undefined || host === undefined) return true
  return cors.isAllowed(`http://${host}`, host) || cors.isAllowed(`https://${host}`, host)
}

/**
 * Whether the origin is a page of this server: the request's own host, under a name that no foreign DNS can point here. A page of
 * `http://evil.example:4000` also matches the request's host once its name is bound to this address.
 */
function isOwn(origin: string, hostHeader: string | undefined, listensBy: string): boolean {
  if (!URL.canParse(origin)) return false
  const { host, hostname } = new URL(origin)
  const isSafeName = hostname === 'localhost' || hostname === listensBy.toLowerCase() || isIP(hostname.replace(/^\[|\]$/g, '')) > 0
  return isSafeName && host === defaultPortStripped(hostHeader)
}

function defaultPortStripped(host = ''): string {
  return host.toLowerCase().replace(/:(?:80|443)$/, '')
}
