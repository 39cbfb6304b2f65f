import type { IncomingMessage } from 'node:http'
import type { GraphQLParams } from 'graphql-yoga'
import { GatewayError } from '../errors.ts'
import { markClean } from '../resource/sent-rows.ts'
import { decodeText, isCleanJson, parseJson } from './read-json.ts'
import { createSpareMemory } from './spare-memory.ts'
import { type SplitBody, splitBody } from './split-body.ts'
import { badRequest } from './use-error-policy.ts'

/** Whether a body of that content type is taken. */
export function isJson(contentType: string | null | undefined): boolean {
  return /^application\/(?:json|graphql\+json)\s*(?:;|,|$)/i.test(contentType ?? '')
}

/** What `parse` makes of the body on a socket, which may have so many bytes; throws `BODY_TOO_LARGE` or `BAD_REQUEST`. */
export async function readSocketBody<Parsed>(
  request: IncomingMessage,
  maxBytes: number,
  parse: (bytes: Uint8Array) => Parsed,
): Promise<Parsed> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > maxBytes) throw tooLarge(maxBytes)
  return await readSocket(request, maxBytes, announced, parse)
}

/** The GraphQL request in the body of a fetch request; the same limit. */
export async function readFetchBody({ headers, body }: Request, maxBytes: number): Promise<GraphQLParams> {
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const gathered = gather(maxBytes)
  if (body) for await (const part of body) if (!gathered.add(part)) throw tooLarge(maxBytes)
  return parseBody(gathered.whole())
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('BODY_TOO_LARGE', `The body may have at most ${maxBytes} bytes.`)
}

/** By events: an async iterator over the same stream costs more than all else that is done to a small body. */
function readSocket<Parsed>(
  request: IncomingMessage,
  maxBytes: number,
  announced: number,
  parse: (bytes: Uint8Array) => Parsed,
): Promise<Parsed> {
  return new Promise((resolve, reject) => {
    const gathered = gather(maxBytes, announced)
    request.on('data', (part: Buffer) => {
      if (gathered.add(part)) return
      request.removeAllListeners('data').pause()
      reject(tooLarge(maxBytes))
    })
    request.once('end', () => {
      try {
        resolve(parse(gathered.whole()))
      } catch (error) {
        reject(error)
      }
    })
    request.once('error', () => reject(badRequest('The body broke off.', 400)))
  })
}

/** Parts of a body; `add` says whether they are within the limit still. */
function gather(maxBytes: number, announced = 0) {
  const parts: Uint8Array[] = []
  let bytes = 0
  let large: Buffer | undefined

  /** Parts of a large body are copied out as they come: kept to the end, they would double it. */
  function copyOut(part: Uint8Array, from: number): void {
    if (large === undefined || large.byteLength < bytes) {
      const wider = spare.take(Math.max(announced, Math.min(2 * bytes, maxBytes)))
      putTogether(large === undefined ? parts.splice(0) : [large.subarray(0, from)], wider)
      if (large !== undefined) spare.giveBack(large)
      large = wider
    }
    large.set(part, from)
  }

  return {
    add(part: Uint8Array): boolean {
      const from = bytes
      bytes += part.byteLength
      if (bytes > maxBytes) return false
      if (bytes > scratch.byteLength) copyOut(part, from)
      else parts.push(part)
      return true
    },
    /** All of it, to be read at once; handed out once, since the listeners of the request live on and must not keep it alive. */
    whole(): Uint8Array {
      const whole = large?.subarray(0, bytes) ?? (parts.length === 1 ? parts[0] : undefined) ?? putTogether(parts, scratch)
      large = undefined
      parts.length = 0
      return whole
    },
  }
}

// One for all bodies, each read before the next is put in it: a buffer for each would have the garbage collector walk the
// whole heap several times as often.
const scratch = Buffer.allocUnsafeSlow(1024 * 1024)
const spare = createSpareMemory()

function putTogether(parts: readonly Uint8Array[], into: Buffer): Uint8Array {
  let bytes = 0
  for (const part of parts) {
    into.set(part, bytes)
    bytes += part.byteLength
  }
  return into.subarray(0, bytes)
}

/** The GraphQL request that a body says; throws `BAD_REQUEST`. */
export function parseBody(bytes: Uint8Array): GraphQLParams {
  const text = decodeText(bytes)
  if (isLarge(bytes)) spare.giveBack(bytes)
  const body = parseJson(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('The body must be one JSON object with query and variables.', 400)
  const params: GraphQLParams = body
  if (isCleanJson(text)) for (const value of Object.values(params.variables ?? {})) markClean(value)
  return params
}

/** The same, with the rows of a large body left to be read later where that is possible. */
export function parseBodyLate(bytes: Uint8Array): SplitBody {
  const split = isLarge(bytes) ? splitBody(bytes, spare.giveBack) : undefined
  return split ?? { params: parseBody(bytes), unread: () => undefined }
}

/** Large bodies have memory of their own, out of the spare. */
function isLarge({ byteLength }: Uint8Array): boolean {
  return byteLength > scratch.byteLength
}
