import pLimit from 'p-limit'
import { Pool } from 'undici'
import type { Shape } from './shapes.ts'

/** What the upstream says of one request. */
export interface UpstreamAnswer {
  readonly accepted: number
  readonly failed: readonly { readonly index: number; readonly errors: readonly { readonly code: string; readonly message: string }[] }[]
}

/** Rows that go in one request. */
export const CHUNK_ROWS = 500

const pool = new Pool(process.env.INGESTION_URL ?? 'http://127.0.0.1:4100')

/** Posts rows of one table, at most a chunk of them. */
export async function post({ object, solution, operation }: Shape, rows: readonly unknown[], token: string): Promise<UpstreamAnswer> {
  const { body, statusCode } = await pool.request({
    method: 'POST',
    path: `/api/v2/objects/${object}`,
    headers: { authorization: token, 'content-type': 'application/json' },
    body: JSON.stringify({ solutionName: solution, data: rows, operationType: operation, dryRun: false }),
  })
  if (statusCode !== 200 && statusCode !== 207) throw new Error(`The upstream answered ${statusCode}.`)
  return (await body.json()) as UpstreamAnswer
}

/** A `post` for one mutation, of which only so many calls run at once. */
export function limitedPost(inFlight: number): typeof post {
  const limit = pLimit(inFlight)
  return (...call) => limit(post, ...call)
}
