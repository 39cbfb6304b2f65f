import { LRUCache } from 'lru-cache'
import type { IngestEvents } from '../ingest/events.ts'
import type { IngestResult } from '../ingest/ingest-result.ts'

/** The result of a settled mutation. */
export type Settled = Pick<IngestEvents['mutation:settled'], 'result'>

/** Remembers the tenants whose token the upstream has accepted: anybody can make up tokens, and with them any number of tenants. */
export interface TakenTokens {
  /** Looks at a mutation, dry runs included: a row that the upstream accepted, or rejected by itself, shows that it accepted the token. */
  note(event: Settled): void
  /** Whether the upstream has accepted the token of a tenant. */
  has(tenantId: string): boolean
}

const MAX_TENANTS = 30_000

/** An LRU set of such tenants. */
export function createTakenTokens(): TakenTokens {
  // Counted as sizes, since `max` would take memory for all of them at once.
  const taken = new LRUCache<string, true>({ maxSize: MAX_TENANTS, sizeCalculation: () => 1 })
  return {
    has: (tenantId) => taken.get(tenantId) === true,
    note({ result }) {
      const { id } = result.destination.tenant
      if (taken.get(id) === undefined && showsTaken(result)) taken.set(id, true)
    },
  }
}

function showsTaken({ counts, outcomes }: IngestResult): boolean {
  if (counts.ACCEPTED > 0 || counts.REJECTED === 0) return counts.ACCEPTED > 0
  return outcomes.some((outcome) => outcome.status === 'REJECTED' && outcome.issues.some(({ code }) => code === 'UPSTREAM_REJECTED'))
}
