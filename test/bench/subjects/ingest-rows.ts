import DataLoader from 'dataloader'
import type { Row, Shape } from './shapes.ts'
import { CHUNK_ROWS, limitedPost } from './upstream.ts'

// Requests of one mutation under way at once.
const IN_FLIGHT = 4

/** The fate of one row. */
export type RowResult = Fate & { readonly index: number; readonly key: Row }

type Fate =
  | { readonly __typename: 'AcceptedRow' }
  | { readonly __typename: 'RejectedRow'; readonly by: string; readonly retryable: boolean; readonly issues: readonly Issue[] }
  | { readonly __typename: 'UnconfirmedRow'; readonly reason: string; readonly safeToResend: boolean }

/** One complaint about a row. */
export interface Issue {
  readonly code: string
  readonly field: string | null
  readonly message: string
}

/** What a mutation answers with. */
export interface Payload {
  readonly acceptedCount: number
  readonly rejectedCount: number
  readonly unconfirmedCount: number
  readonly rows: readonly RowResult[]
}

/** Takes checked rows to the upstream the way DataLoader is mostly used: one key per row, batches of one request. */
export async function ingestRows(shape: Shape, rows: readonly Row[], token: string): Promise<Payload> {
  const post = limitedPost(IN_FLIGHT)
  const loader = new DataLoader<Row, Fate>((batch) => deliver(shape, batch, (wire) => post(shape, wire, token)), {
    cache: false,
    maxBatchSize: CHUNK_ROWS,
  })
  const fates = await Promise.all(rows.map((row) => loader.load(row)))
  const results = fates.map((fate, index): RowResult => ({ ...fate, index, key: shape.keyOf(rows[index] ?? {}) }))
  const count = (name: Fate['__typename']) => results.filter(({ __typename }) => __typename === name).length
  return {
    acceptedCount: count('AcceptedRow'),
    rejectedCount: count('RejectedRow'),
    unconfirmedCount: count('UnconfirmedRow'),
    rows: results,
  }
}

type PostWire = (wire: readonly Row[]) => ReturnType<ReturnType<typeof limitedPost>>

async function deliver(shape: Shape, rows: readonly Row[], post: PostWire): Promise<Fate[]> {
  try {
    const { failed } = await post(rows.map(shape.toWire))
    const errors = new Map(failed.map((failure) => [failure.index, failure.errors]))
    return rows.map((_, index) => fateOf(errors.get(index)))
  } catch {
    return rows.map(() => ({
      __typename: 'UnconfirmedRow',
      reason: 'CONNECTION_LOST',
      safeToResend: shape.operation === 'UPSERT',
    }))
  }
}

function fateOf(errors: readonly { readonly code: string; readonly message: string }[] | undefined): Fate {
  if (errors === undefined) return { __typename: 'AcceptedRow' }
  const issues = errors.map(({ code, message }) => ({ code, message, field: null }))
  return { __typename: 'RejectedRow', by: 'UPSTREAM', retryable: false, issues }
}
