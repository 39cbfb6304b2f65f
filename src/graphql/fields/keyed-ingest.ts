import { fingerprint } from '../../idempotency/idempotency-key.ts'
import type { RunKeyed } from '../../idempotency/keyed-requests.ts'
import { countOutcomes, type Ingest, type IngestContext } from '../../ingest/ingest.ts'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import type { Destination } from '../../ingest/upstream-port.ts'
import { releaseAll } from '../../rows/chunk.ts'
import type { JudgedRows } from '../../rows/judge.ts'

/** A key, and the digest of the rows that came with it. */
export interface RowsWithKey {
  readonly key: string
  readonly rows: string
  /** What the fields before it of its document were answered; absent where it is alone. */
  readonly answers?: KeyedAnswers | undefined
}

/** The fields of one document so far that had a key. */
export type KeyedAnswers = Map<string, { readonly fingerprint: string; readonly answer: Promise<IngestResult> }>

const NOTHING_SENT: IngestResult['sent'] = { rows: 0, requests: 0 }

/** Ingest for rows with a key: sends what may be sent of them, and answers with what is true of all. */
export function createKeyedIngest(ingest: Ingest, run: RunKeyed) {
  async function ingestOnce(destination: Destination, judged: JudgedRows, context: IngestContext, request: Parameters<RunKeyed>[0]) {
    let latest: IngestResult | undefined
    let isTaken = false
    try {
      const keyed = await run(request, async (journaled) => {
        isTaken = true
        latest = await ingest(destination, judged, { ...context, journaled })
        return latest.outcomes
      })
      const { requestId } = context.origin
      const known = { sent: latest?.sent ?? NOTHING_SENT, counts: countOutcomes(keyed.outcomes), publicKeys: judged.publicKeys }
      return { requestId, destination, ...known, ...keyed }
    } finally {
      if (!isTaken) releaseAll(judged.chunks)
    }
  }

  return async (
    destination: Destination,
    judged: JudgedRows,
    context: IngestContext,
    { key, rows, answers }: RowsWithKey,
  ): Promise<IngestResult> => {
    const { tenant, resource, solution, operation } = destination
    const own = fingerprint({ resource: resource.graphqlName, operation, solution: solution.name }, rows)
    const before = answers?.get(key)
    if (before?.fingerprint === own) {
      // The same field twice is one request: sent once more, its rows would repeat their own keys.
      releaseAll(judged.chunks)
      return { ...(await before.answer), sent: NOTHING_SENT }
    }
    const request = { tenantId: tenant.id, key, operation, rowCount: judged.count, fingerprint: own }
    const answer = ingestOnce(destination, judged, context, request)
    if (before === undefined) answers?.set(key, { fingerprint: own, answer })
    return await answer
  }
}
