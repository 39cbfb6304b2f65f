import type { ServerResponse } from 'node:http'
import type { GatewayError } from '../errors.ts'

/** Declines an HTTP request before its body is read, in the shape of a GraphQL answer; the caller may try again in a second. */
export function declineUnread(response: ServerResponse, { message, code }: GatewayError): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] })
  response.writeHead(503, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'retry-after': '1' }).end(body)
}
