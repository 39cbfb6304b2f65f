import { LRUCache } from 'lru-cache'
import type { IngestResult } from '../ingest/ingest-result.ts'
import type { Rejected } from '../ingest/outcome.ts'
import type { RowIssue } from '../rows/issue.ts'
import type { Settled, TakenTokens } from './taken-tokens.ts'

/** A rejected row: its key and its issues, nothing else of it. */
export interface Rejection {
  /** When, in milliseconds since 1970. */
  readonly at: number
  readonly requestId: string
  readonly solution: string
  /** The GraphQL name. */
  readonly resource: string
  readonly index: number
  readonly key: Readonly<Record<string, unknown>>
  readonly by: Rejected['by']
  readonly issues: readonly RowIssue[]
}

/** Keeps the last rejected rows of each tenant. */
export interface Rejections {
  /** False where the operator has not enabled this. */
  readonly areKept: boolean
  record(event: Settled): void
  /** The rejected rows of a tenant, newest first. */
  of(tenantId: string): readonly Rejection[]
}

const MAX_TENANTS = 1_000
const MAX_UNKNOWN = 100

/**
 * Keeps up to `perTenant` rows in memory (0: none), for the most recently active tenants; dry runs do not count. Tenants whose token
 * the upstream has not accepted can evict only each other.
 */
export function createRejections(perTenant: number, { has: isTaken }: Pick<TakenTokens, 'has'>, now: () => number = Date.now): Rejections {
  const known = new LRUCache<string, Rejection[]>({ max: MAX_TENANTS })
  const unknown = new LRUCache<string, Rejection[]>({ max: MAX_UNKNOWN })
  const of = (tenantId: string) => known.get(tenantId) ?? unknown.get(tenantId) ?? []
  return {
    areKept: perTenant > 0,
    record({ result }) {
      const { destination, counts } = result
      if (perTenant === 0 || counts.REJECTED === 0 || destination.dryRun) return
      const { id } = destination.tenant
      const kept = [...of(id), ...lastRejections(result, perTenant, now())].slice(-perTenant)
      unknown.delete(id)
      if (known.has(id) || isTaken(id)) known.set(id, kept)
      else unknown.set(id, kept)
    },
    of: (tenantId) => [...of(tenantId)].reverse(),
  }
}

function lastRejections({ requestId, destination, outcomes, publicKeys }: IngestResult, most: number, at: number): Rejection[] {
  const rejected = outcomes.flatMap((outcome, index) => (outcome.status === 'REJECTED' ? [{ index, outcome }] : [])).slice(-most)
  const { solution, resource } = destination
  return rejected.map(({ index, outcome: { by, issues } }) => ({
    at,
    requestId,
    solution: solution.name,
    resource: resource.graphqlName,
    index,
    key: publicKeys.at(index),
    by,
    issues,
  }))
}
