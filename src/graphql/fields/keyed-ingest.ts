import { fingerprint } from '../../idempotency/fingerprint.ts'
import type { RunKeyed } from '../../idempotency/keyed-requests.ts'
import { countOutcomes, type Ingest, type IngestContext } from '../../ingest/ingest.ts'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import type { Destination } from '../../ingest/upstream-port.ts'
import type { JudgedRows } from '../../rows/judge.ts'

/** A key, and the digest of the rows that came with it. */
export interface RowsWithKey {
  readonly key: string
  readonly rows: string
}

const NOTHING_SENT: IngestResult['sent'] = { rows: 0, requests: 0 }

/** Ingest for rows with a key: sends what may be sent of them, and answers with what is true of all. */
export function createKeyedIngest(ingest: Ingest, run: RunKeyed) {
  return async (
    destination: Destination,
    judged: JudgedRows,
    context: IngestContext,
    { key, rows }: RowsWithKey,
  ): Promise<IngestResult> => {
    const { tenant, resource, solution, operation } = destination
    const about = { resource: resource.graphqlName, operation, solution: solution.name }
    const request = { tenantId: tenant.id, key, operation, rowCount: judged.count, fingerprint: fingerprint(about, [rows]) }
    let latest: IngestResult | undefined
    let isTaken = false
    try {
      const told = await run(request, async (journaled) => {
        isTaken = true
        latest = await ingest(destination, judged, { ...context, journaled })
        return latest.outcomes
      })
      const { requestId } = context.origin
      const known = { sent: latest?.sent ?? NOTHING_SENT, counts: countOutcomes(told.outcomes), publicKeys: judged.publicKeys }
      return { requestId, destination, ...known, ...told }
    } finally {
      if (!isTaken) for (const chunk of judged.chunks) chunk.rows.release()
    }
  }
}
