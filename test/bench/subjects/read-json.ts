import type { IncomingMessage, ServerResponse } from 'node:http'

/** A GraphQL request over HTTP, as far as a proxy that knows no GraphQL looks into it. */
export interface GraphQLBody {
  readonly query: string
  readonly variables: { readonly rows: readonly Readonly<Record<string, unknown>>[] }
}

/** Reads a whole body and parses it. */
export async function readJson(request: IncomingMessage): Promise<GraphQLBody> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return JSON.parse(Buffer.concat(parts).toString()) as GraphQLBody
}

/** Answers with JSON. */
export function writeJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}
