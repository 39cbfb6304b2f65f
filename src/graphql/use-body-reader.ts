import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { GatewayError } from '../errors.ts'
import type { NodeContext } from './server.ts'
import { badRequest } from './use-error-policy.ts'

/**
 * Reads JSON bodies itself and enforces the size limit while reading, since Yoga's own limit pipes every body through a
 * transform stream. JSON is the only body taken: other content types answer 415.
 */
export function useBodyReader(maxBytes: number): Plugin {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      if (request.method !== 'POST') return
      if (!isJson(request.headers.get('content-type'))) throw badRequest('Send the request as application/json.', 415)
      setRequestParser(async () => {
        // Under Node the socket's own stream is read; by `fetch` there is only the request's.
        const { req } = serverContext as Partial<NodeContext>
        const source = req ?? request.body
        return parse(
          decoder,
          source
            ? await readAll(source as AsyncIterable<Uint8Array>, Number(request.headers.get('content-length') ?? 0), maxBytes)
            : new Uint8Array(),
        )
      })
    },
  }
}

function isJson(contentType: string | null): boolean {
  return /^application\/(?:json|graphql\+json)\s*(?:;|,|$)/i.test(contentType ?? '')
}

async function readAll(source: AsyncIterable<Uint8Array>, announced: number, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = new GatewayError('BODY_TOO_LARGE', `The body may have at most ${maxBytes} bytes.`)
  if (announced > maxBytes) throw tooLarge
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of source) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw tooLarge
    parts.push(part)
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
}

function parse(decoder: TextDecoder, bytes: Uint8Array): GraphQLParams {
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
