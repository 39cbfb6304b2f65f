import type { IncomingMessage } from 'node:http'
import type { GraphQLParams } from 'graphql-yoga'
import { GatewayError } from '../errors.ts'
import { badRequest } from './use-error-policy.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Whether a body of that content type is taken. */
export function isJson(contentType: string | null | undefined): boolean {
  return /^application\/(?:json|graphql\+json)\s*(?:;|,|$)/i.test(contentType ?? '')
}

/** The GraphQL request in the body on a socket, which may have so many bytes; throws `BODY_TOO_LARGE` or `BAD_REQUEST`. */
export async function readSocketBody(request: IncomingMessage, maxBytes: number): Promise<GraphQLParams> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > maxBytes) throw tooLarge(maxBytes)
  return parse(await readSocket(request, maxBytes, announced))
}

/** The same for the body of a fetch request. */
export async function readFetchBody({ headers, body }: Request, maxBytes: number): Promise<GraphQLParams> {
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  return parse(await readStream(body, maxBytes))
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('BODY_TOO_LARGE', `The body may have at most ${maxBytes} bytes.`)
}

/** By events: an async iterator over the same stream costs more than all else that is done to a small body. */
function readSocket(request: IncomingMessage, maxBytes: number, announced: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const gathered = gather(maxBytes, announced)
    request.on('data', (part: Buffer) => {
      if (gathered.add(part)) return
      request.removeAllListeners('data').pause()
      reject(tooLarge(maxBytes))
    })
    request.once('end', () => resolve(gathered.whole()))
    request.once('error', () => reject(badRequest('The body broke off.', 400)))
  })
}

async function readStream(body: Request['body'], maxBytes: number): Promise<Uint8Array> {
  const gathered = gather(maxBytes)
  if (body) for await (const part of body) if (!gathered.add(part)) throw tooLarge(maxBytes)
  return gathered.whole()
}

/** Parts of a body; `add` says whether they are within the limit still. */
function gather(maxBytes: number, announced = 0) {
  const parts: Uint8Array[] = []
  let bytes = 0
  // Of a length known in advance, parts are copied out as they come: kept to the end, they would double a large body.
  let whole: Buffer | undefined
  return {
    add(part: Uint8Array): boolean {
      const from = bytes
      bytes += part.byteLength
      if (bytes > maxBytes) return false
      if (part.byteLength < announced && bytes <= announced) whole ??= Buffer.allocUnsafeSlow(announced)
      if (whole === undefined) parts.push(part)
      else whole.set(part, from)
      return true
    },
    /** All of it, handed out once: the listeners of the request live on, and must not keep the parts alive. */
    whole(): Uint8Array {
      const [only, ...others] = parts.splice(0)
      const body = whole ?? (only === undefined || others.length > 0 ? Buffer.concat(only ? [only, ...others] : []) : only)
      whole = undefined
      return body
    },
  }
}

function parse(bytes: Uint8Array): GraphQLParams {
  let body: unknown
  try {
    body = JSON.parse(decoder.decode(bytes))
  } catch {
    throw badRequest('The body is not JSON in UTF-8.', 400)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('The body must be one JSON object with query and variables.', 400)
  return body as GraphQLParams
}
