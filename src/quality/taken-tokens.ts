import { LRUCache } from 'lru-cache'
import type { IngestEvents } from '../ingest/events.ts'
import type { IngestResult } from '../ingest/ingest-result.ts'

/** A mutation has an outcome for every row. */
export type Settled = Pick<IngestEvents['mutation:settled'], 'result'>

/** Remembers whose tokens the upstream has taken: anybody can make up others, and with them as many tenants as he likes. */
export interface TakenTokens {
  /** Takes note of a mutation, dry runs among them: a row that the upstream accepted, or refused by name, shows that it took the token. */
  note(event: Settled): void
  /** Whether the upstream has taken the token of a tenant. */
  has(tenantId: string): boolean
}

const MAX_TENANTS = 30_000

/** Nobody's yet; those not heard of for longest are forgotten first. */
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
