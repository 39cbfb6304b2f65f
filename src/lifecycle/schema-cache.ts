import { LRUCache } from 'lru-cache'
import { GatewayError } from '../errors.ts'
import type { Tenant } from '../identity.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { SchemaPort, UpstreamTable } from './schema-port.ts'

/** The tables of a solution, or why they could not be read; `isOurs`: the upstream was not even asked. */
export type KnownSchema = { readonly tables: readonly UpstreamTable[] } | { readonly unreadable: string; readonly isOurs: boolean }

/** A cache of the tables of the tenants' solutions. */
export interface SchemaCache {
  /** Reads the tables, from the cache if they were read after `since` (`performance.now`; default: within the maximum age). */
  read(tenant: Tenant, solutionName: string, origin: RequestOrigin, since?: number): Promise<KnownSchema>
  /** The cached tables, without asking the upstream; undefined where none are fresh. */
  peek(tenant: Tenant, solutionName: string): KnownSchema | undefined
  /** Drops the tables after they were changed. */
  forget(tenant: Pick<Tenant, 'id'>, solutionName: string): void
}

interface Entry {
  readonly at: number
  readonly schema: Promise<KnownSchema>
  known?: KnownSchema
}

const MAX_ENTRIES = 500
/** How long the upstream is not asked again after a failed read. */
const RETRY_MS = 30_000
/** How long rows wait for a read. */
const READ_TIMEOUT_MS = 3_000

/**
 * An LRU cache per tenant and solution, since tenants may have different columns in the same table. Failed reads, as with made-up
 * tokens, never evict successful ones.
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
    return { tables: await schema.solutionSchema(tenant, solutionName, origin, AbortSignal.timeout(READ_TIMEOUT_MS)) }
  } catch (error) {
    if (error instanceof GatewayError) return { unreadable: error.message, isOurs: error.code === 'OVERLOADED' }
    throw error
  }
}
