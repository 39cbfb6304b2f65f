import { CHUNK } from './chunks.ts'
import { ClientError } from './client-error.ts'
import { FEW_TRIES, repeated } from './retry.ts'
import type { Client } from './types.ts'

/** What a client has to know of a resource before it sends rows. */
export interface ResourceFacts {
  /** The field of each of the upstream's columns. */
  readonly fields: ReadonlyMap<string, string>
  /** The fields that together identify a row. */
  readonly primaryKey: readonly string[]
}

/**
 * Asks the gateway of a resource, once; rejects with a `ClientError` where it has no such resource, takes less at once than a chunk,
 * or knows no keys.
 */
export type AskFacts = (resource: string, signal?: AbortSignal) => Promise<ResourceFacts>

interface Answer {
  readonly limits: { readonly rowsPerMutation: number; readonly bytesPerBody: number }
  readonly resources: readonly {
    readonly primaryKey: readonly string[]
    readonly columns: readonly { readonly field: string; readonly column: string }[]
  }[]
}

const QUERY = `query ($name: String) { limits { rowsPerMutation bytesPerBody idempotencyRetentionSeconds }
resources(name: $name) { primaryKey columns { field column } } }`

/** Room for the document, and for the commas between rows. */
const ENVELOPE_BYTES = CHUNK.rows + 16_384

/** Asks by the client's own query. */
export function createAskFacts(query: Client['query']): AskFacts {
  const known = new Map<string, ResourceFacts>()
  return async (name, signal) => known.get(name) ?? (await ask(name, signal))

  async function ask(name: string, signal?: AbortSignal): Promise<ResourceFacts> {
    const answer = repeated(() => query<Answer>(QUERY, { name }, signal), FEW_TRIES, signal)
    const { limits, resources } = await answer.catch(withoutKeys)
    atLeast('rows', limits.rowsPerMutation, CHUNK.rows)
    atLeast('bytes', limits.bytesPerBody, CHUNK.bytes + ENVELOPE_BYTES)
    const [resource] = resources
    if (resource === undefined) throw new ClientError('UNKNOWN_RESOURCE', 'The gateway has no resource of that name.')
    const fields = new Map(resource.columns.map(({ field, column }) => [column, field]))
    known.set(name, { fields, primaryKey: resource.primaryKey })
    return { fields, primaryKey: resource.primaryKey }
  }
}

function withoutKeys(cause: unknown): never {
  if (!(cause instanceof ClientError) || cause.code !== 'GRAPHQL_VALIDATION_FAILED') throw cause
  throw new ClientError('OLD_GATEWAY', 'The gateway is older than idempotency keys, which this client needs. Bring it up to date.', {
    cause,
  })
}

function atLeast(what: 'rows' | 'bytes', limit: number, actual: number): void {
  if (limit >= actual) return
  const message = `The gateway takes fewer ${what} at once than this client sends (${actual}). Raise its limit.`
  throw new ClientError('LIMIT_TOO_SMALL', message, { limit, actual })
}
