import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { announce } from './announce.ts'
import { readJson, writeJson } from './read-json.ts'
import { rowSchema } from './row-schema.ts'
import { type Row, SHAPES, type Shape } from './shapes.ts'
import { CHUNK_ROWS, limitedPost, post } from './upstream.ts'

/**
 * Baseline: parse, print again, post, answer with one object per row; no GraphQL, and no checks unless `ROW_CHECK=zod`.
 * All chunks of a request are posted at once unless `IN_FLIGHT` says how many. Rows go on under the names they came with, and the answer holds no keys, so it is cheaper than any gateway can be.
 */
const inFlight = Number(process.env.IN_FLIGHT ?? 0)
const checks = process.env.ROW_CHECK === 'zod'

announce(createServer((request, response) => proxy(request, response).catch(() => response.destroy())))

async function proxy(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { query, variables } = await readJson(request)
  const shape = SHAPES.find(({ mutation }) => query.includes(mutation)) as Shape
  const rows = checks ? checked(shape, variables.rows) : variables.rows
  const accepted = await send(shape, rows, request.headers.authorization ?? '')
  const payload = { acceptedCount: accepted, rejectedCount: rows.length - accepted, unconfirmedCount: 0, rows: rows.map(outcome) }
  writeJson(response, 200, { data: { [shape.mutation]: payload } })
}

function checked(shape: Shape, rows: readonly Row[]): readonly Row[] {
  const schema = rowSchema(shape)
  return rows.map((row) => schema.parse(row))
}

async function send(shape: Shape, rows: readonly Row[], token: string): Promise<number> {
  const postChunk = inFlight > 0 ? limitedPost(inFlight) : post
  const starts = Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, chunk) => chunk * CHUNK_ROWS)
  const answers = await Promise.all(starts.map((start) => postChunk(shape, rows.slice(start, start + CHUNK_ROWS), token)))
  return answers.reduce((sum, { accepted }) => sum + accepted, 0)
}

function outcome(_: Row, index: number): unknown {
  return { __typename: 'AcceptedRow', index }
}
