import { CHUNK } from './chunks.ts'
import { ClientError } from './client-error.ts'
import { FEW_TRIES, repeated } from './retry.ts'
import { sleep } from './stop.ts'
import type { Client } from './types.ts'

/** What the client needs to know about a resource before it sends rows. */
export interface ResourceFacts {
  /** Fields by the upstream's column names. */
  readonly fields: ReadonlyMap<string, string>
  /** The fields of the primary key. */
  readonly primaryKey: readonly string[]
}

/**
 * Asks the gateway about a resource, once; rejects with a `ClientError` where there is no such resource, or where the gateway takes
 * less than a chunk at once, or has no idempotency keys. `onPause` is called before each wait for a retry.
 */
export type AskFacts = (resource: string, signal: AbortSignal | undefined, onPause: (ms: number) => void) => Promise<ResourceFacts>

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
  return async (name, signal, onPause) => {
    const kept = known.get(name)
    if (kept) return kept
    const asked = () => query<Answer>(QUERY, { name }, signal)
    const answer = repeated(
      asked,
      (ms) => {
        onPause(ms)
        return sleep(ms, signal)
      },
      () => FEW_TRIES,
    )
    const { limits, resources } = await answer.catch(withoutKeys)
    atLeast('rows', limits.rowsPerMutation, CHUNK.rows)
    atLeast('bytes', limits.bytesPerBody, CHUNK.bytes + ENVELOPE_BYTES)
    const [resource] = resources
    if (resource === undefined) throw new ClientError('UNKNOWN_RESOURCE', 'The gateway has no such resource.')
    const fields = new Map(resource.columns.map(({ field, column }) => [column, field]))
    const facts = { fields, primaryKey: resource.primaryKey }
    known.set(name, facts)
    return facts
  }
}

function withoutKeys(cause: Partial<ClientError>): never {
  if (cause.code !== 'GRAPHQL_VALIDATION_FAILED') throw cause
  throw new ClientError('OLD_GATEWAY', 'The gateway has no idempotency keys.', {
    cause,
  })
}

function atLeast(what: 'rows' | 'bytes', limit: number, actual: number): void {
  if (limit >= actual) return
  throw new ClientError('LIMIT_TOO_SMALL', `The gateway accepts fewer ${what} at once.`, { limit, actual })
}
