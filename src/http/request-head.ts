import type { IncomingMessage } from 'node:http'

/** The target of a request. */
export interface Target {
  readonly path: string
  /** The query string without its question mark, not decoded. */
  readonly search: string
}

const HOST = /^(?:[a-z0-9._~!$&'()*+,;=%-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i
const ABSOLUTE = /^https?:\/\/[^/?#\\]+/i
const MAX_PORT = 65_535

/** The path and query string of a request; undefined if its Host header is malformed or repeated, or its target is malformed. */
export function readTarget({
  url = '',
  headers: { host },
  rawHeaders,
  httpVersionMinor,
}: Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders' | 'httpVersionMinor'>): Target | undefined {
  // Node keeps the first, but a proxy in front may have routed by the last.
  if (countHeader(rawHeaders, 'host') > 1) return undefined
  if (host === undefined ? httpVersionMinor > 0 : !isHost(host)) return undefined
  if (url.startsWith('/')) return split(url)
  if (url === '*') return { path: '*', search: '' }
  // A proxy may send the absolute form.
  return URL.canParse(url) && ABSOLUTE.test(url) ? split(pathOf(url)) : undefined
}

function isHost(host: string): boolean {
  const found = HOST.exec(host)
  return found !== null && Number(found[1] ?? 0) <= MAX_PORT
}

/** Not normalised: a proxy in front may have decided by the raw path, so dot segments must not lead to another one. */
function pathOf(url: string): string {
  const rest = url.replace(ABSOLUTE, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

function split(url: string): Target {
  const at = url.indexOf('?')
  return at < 0 ? { path: url, search: '' } : { path: url.slice(0, at), search: url.slice(at + 1) }
}

/** How many times a request has a header; `name` is in lower case. */
export function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (isCalled(rawHeaders[at] ?? '', name)) count++
  return count
}

/** Most names already differ in length, so that few are lower-cased. */
function isCalled(header: string, name: string): boolean {
  return header.length === name.length && header.toLowerCase() === name
}
