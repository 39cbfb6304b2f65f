import type { IncomingMessage } from 'node:http'

/** Where a request goes. */
export interface Target {
  readonly path: string
  /** What stands behind the question mark, as it came. */
  readonly search: string
}

const HOST = /^(?:[a-z0-9._~!$&'()*+,;=%-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i
const ABSOLUTE = /^https?:\/\/[^/?#\\]+/i
const MAX_PORT = 65_535

/** Path and search of a request; undefined where its Host is malformed or there twice, or its target is malformed. */
export function readTarget({
  url = '',
  headers: { host },
  rawHeaders,
  httpVersionMinor,
}: Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders' | 'httpVersionMinor'>): Target | undefined {
  // Node keeps the first, and whoever stands before it may go by the last.
  if (countHeader(rawHeaders, 'host') > 1) return undefined
  if (host === undefined ? httpVersionMinor > 0 : !isHost(host)) return undefined
  if (url.startsWith('/')) return split(url)
  if (url === '*') return { path: '*', search: '' }
  // A proxy may ask in absolute form.
  return URL.canParse(url) && ABSOLUTE.test(url) ? split(pathOf(url)) : undefined
}

function isHost(host: string): boolean {
  const found = HOST.exec(host)
  return found !== null && Number(found[1] ?? 0) <= MAX_PORT
}

/** As it came: a path that would lead to another one is not followed, since whoever stands before it may have judged it by its letters. */
function pathOf(url: string): string {
  const rest = url.replace(ABSOLUTE, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

function split(url: string): Target {
  const at = url.indexOf('?')
  return at < 0 ? { path: url, search: '' } : { path: url.slice(0, at), search: url.slice(at + 1) }
}

/** How often a request has a header; `name` is in lower case. */
export function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (isCalled(rawHeaders[at] ?? '', name)) count++
  return count
}

/** Most names differ in length already, so that hardly any is spelt anew. */
function isCalled(header: string, name: string): boolean {
  return header.length === name.length && header.toLowerCase() === name
}
