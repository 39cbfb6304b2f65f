import { type DocumentNode, type GraphQLResolveInfo, Kind } from 'graphql'
import { GatewayError } from '../../errors.ts'
import { fingerprint, isIdempotencyKey, KEY_RULE, parseIdempotencyKey } from '../../idempotency/idempotency-key.ts'
import type { RunKeyed } from '../../idempotency/keyed-requests.ts'
import type { Destination } from '../../ingest/batch.ts'
import { countOutcomes, type Ingest, type IngestContext } from '../../ingest/ingest.ts'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import { releaseAll } from '../../rows/chunk.ts'
import type { JudgedRows } from '../../rows/judge.ts'
import { argument, isExecuted, rootFields } from '../cost/fragments.ts'

/** An idempotency key, and the digest of the rows that came with it. */
interface RowsWithKey {
  readonly key: string
  readonly rows: string
  /** Answers of earlier fields of the document; undefined where it is the only one. */
  readonly answers?: KeyedAnswers | undefined
}

/** The fields with a key of one document so far, by key. */
export type KeyedAnswers = Map<string, { readonly fingerprint: string; readonly answer: Promise<IngestResult> }>

const NOTHING_SENT: IngestResult['sent'] = { rows: 0, requests: 0 }

/** Ingestion of rows with an idempotency key: sends what may be sent, and answers for all of them. */
export function createKeyedIngest(ingest: Ingest, run: RunKeyed) {
  async function ingestOnce(destination: Destination, judged: JudgedRows, context: IngestContext, request: Parameters<RunKeyed>[0]) {
    const judgedAt = performance.now()
    let latest: IngestResult | undefined
    let isTaken = false
    try {
      const keyed = await run(request, async (journaled) => {
        isTaken = true
        latest = await ingest(destination, judged, { ...context, judgedAt, journaled })
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

/**
 * The idempotency key of a field with rows: its argument, or the header where the operation has only one such field. Throws
 * `BAD_USER_INPUT` where the key is malformed or ambiguous.
 */
export function keyOf(header: string | undefined, info: GraphQLResolveInfo, given: string | null | undefined): string | undefined {
  const key = given ?? undefined
  if (key !== undefined && !isIdempotencyKey(key)) throw bad(`idempotencyKey ${KEY_RULE}.`)
  if (header === undefined) return key
  if (fieldsWithRows(info) > 1)
    throw bad('The header Idempotency-Key stands for one field with rows, and the operation has several. Give each an idempotencyKey.')
  const named = parseIdempotencyKey(header)
  if (named === undefined) throw bad(`The header Idempotency-Key ${KEY_RULE}, bare or in quotes.`)
  if (key !== undefined && key !== named) throw bad('The header Idempotency-Key and the argument idempotencyKey are not the same.')
  return named
}

/** The number of fields with rows that are executed; fields with the same response key count as one. */
function fieldsWithRows({ operation, fragments, variableValues }: GraphQLResolveInfo): number {
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...Object.values(fragments)] }
  const fields = rootFields(document, operation).filter(
    ({ node, directives }) => argument(node, 'rows') !== undefined && isExecuted(directives, variableValues.coerced),
  )
  return new Set(fields.map(({ responseKey }) => responseKey)).size
}

function bad(message: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', message)
}
