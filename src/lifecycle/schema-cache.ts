import { LRUCache } from 'lru-cache'
import { GatewayError } from '../errors.ts'
import type { Tenant } from '../identity.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { SchemaPort, UpstreamTable } from './schema-port.ts'

/** What is known of a solution's tables: what the upstream said, or why it could not be read; `isOurs` where it was not even asked. */
export type KnownSchema = { readonly tables: readonly UpstreamTable[] } | { readonly unreadable: string; readonly isOurs: boolean }

/** The tables of the tenants' solutions as the upstream said them last. */
export interface SchemaCache {
  /** Reads them for a request, unless that was done since a time by the clock of `performance.now`, or within the cache's own age. */
  read(tenant: Tenant, solutionName: string, origin: RequestOrigin, since?: number): Promise<KnownSchema>
  /** What is known without asking; undefined when nothing fresh is. */
  peek(tenant: Tenant, solutionName: string): KnownSchema | undefined
  /** Forgets them after they were changed. */
  forget(tenant: Pick<Tenant, 'id'>, solutionName: string): void
}

interface Entry {
  readonly at: number
  readonly schema: Promise<KnownSchema>
  known?: KnownSchema
}

const MAX_ENTRIES = 500
/** How long after a read that failed the upstream is not asked again. */
const RETRY_MS = 30_000
/** How long rows wait for a read. */
const PATIENCE_MS = 3_000

/**
 * A cache per tenant and solution, since two tenants may have other columns in one table; bounded, those not used for longest
 * go first. What was not read, as with a token that is made up, pushes out nothing that was.
 */
export function createSchemaCache(schema: SchemaPort, maxAgeMs: number): SchemaCache {
  const entries = new LRUCache<string, Entry>({ max: MAX_ENTRIES })
  const unread = new LRUCache<string, Entry>({ max: MAX_ENTRIES })
  const keyOf = (tenant: Pick<Tenant, 'id'>, solutionName: string) => `${tenant.id}\n${solutionName}`

  function fresh(key: string, since = performance.now() - maxAgeMs): Entry | undefined {
    const entry = unread.get(key) ?? entries.get(key)
    const from = entry?.known && 'unreadable' in entry.known ? performance.now() - Math.min(RETRY_MS, maxAgeMs) : since
    return entry !== undefined && entry.at >= from ? entry : undefined
  }

  function ask(key: string, tenant: Tenant, solutionName: string, origin: RequestOrigin): Entry {
    const entry: Entry = { at: performance.now(), schema: readSchema(schema, tenant, solutionName, origin) }
    entry.schema.then(
      (known) => {
        entry.known = known
        if (unread.peek(key) !== entry || ('unreadable' in known && !known.isOurs)) return
        unread.delete(key)
        if ('tables' in known) entries.set(key, entry)
      },
      () => unread.delete(key),
    )
    unread.set(key, entry)
    return entry
  }

  return {
    read(tenant, solutionName, origin, since) {
      const key = keyOf(tenant, solutionName)
      return (fresh(key, since) ?? ask(key, tenant, solutionName, origin)).schema
    },
    peek: (tenant, solutionName) => fresh(keyOf(tenant, solutionName))?.known,
    forget(tenant, solutionName) {
      for (const kept of [entries, unread]) kept.delete(keyOf(tenant, solutionName))
    },
  }
}

async function readSchema(schema: SchemaPort, tenant: Tenant, solutionName: string, origin: RequestOrigin): Promise<KnownSchema> {
  try {
    return { tables: await schema.solutionSchema(tenant, solutionName, origin, AbortSignal.timeout(PATIENCE_MS)) }
  } catch (error) {
    if (error instanceof GatewayError) return { unreadable: error.message, isOurs: error.code === 'OVERLOADED' }
    throw error
  }
}
