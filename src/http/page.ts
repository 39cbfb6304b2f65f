import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type HttpAnswer, wantsGzip } from './write-answer.ts'

/** Bytes that are served many times, compressed once. */
export interface Page {
  readonly plain: Uint8Array
  readonly gzipped: Uint8Array
  readonly tag: string
  readonly headers: readonly string[]
}

/** Makes a page of these bytes, served with these headers. */
export async function createPage(plain: Uint8Array, headers: readonly string[]): Promise<Page> {
  return { plain, gzipped: await promisify(gzip)(plain, { level: 9 }), tag: hash('sha256', plain).slice(0, 32), headers }
}

/** The answer to a request with these headers: the page, compressed if preferred, or 304 if it has not changed. */
export function answerPage({ plain, gzipped, tag, headers }: Page, asked: IncomingHttpHeaders): HttpAnswer {
  const isGzip = wantsGzip(asked)
  const etag = isGzip ? `"${tag}-gzip"` : `"${tag}"`
  const all = [...headers, 'etag', etag]
  if (asked['if-none-match']?.includes(etag)) return { status: 304, headers: all, body: [] }
  return isGzip ? { status: 200, headers: [...all, 'content-encoding', 'gzip'], body: gzipped } : { status: 200, headers: all, body: plain }
}
