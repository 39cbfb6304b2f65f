import type { Events } from '../ingest/events.ts'
import { isAskedFor, type Ledger, type MinuteTally, type ReadLedger } from '../quality/ledger.ts'
import type { Counted } from '../quality/minutes.ts'
import type { TakenTokens } from '../quality/taken-tokens.ts'
import { type MinuteBody, readMinute } from './note-bodies.ts'
import type { NoteKeeper } from './note-keeper.ts'
import type { Note, NoteStore, StoredNote } from './note-store.ts'

/** A minute that has changed since it was written. */
interface Changed extends Counted {
  readonly tenantId: string
}

const MINUTE_MS = 60_000
const MAX_CHANGED = 10_000

export interface SharedQualityOptions {
  readonly ledger: Ledger
  readonly taken: Pick<TakenTokens, 'has'>
  readonly notes: NoteStore
  readonly keeper: NoteKeeper
  readonly events: Events
  /** This process, which no other and none before it has been. */
  readonly writer: string
}

/**
 * The ledger of this process, and what others and those before it have written. Each writes its own minutes whole, so that a
 * note may be written twice; tenants whose token the upstream has not taken write none.
 */
export function createSharedQuality({ ledger, taken, notes, keeper, events, writer }: SharedQualityOptions): ReadLedger {
  const changed = new Map<string, Changed>()
  events.on('mutation:settled', ({ result: { destination } }) => {
    if (changed.size >= MAX_CHANGED) return
    const { tenant, solution, resource } = destination
    const start = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
    const one = { tenantId: tenant.id, solution: solution.name, resource: resource.graphqlName, start }
    changed.set(`${one.tenantId}\n${one.resource} ${start} ${one.solution}`, one)
  })
  keeper.collect(() => {
    const notesOf = [...changed.values()].filter(({ tenantId }) => taken.has(tenantId)).flatMap((one) => noteOf(ledger, one, writer))
    changed.clear()
    return notesOf
  })

  return {
    async minutes(query) {
      const own = ledger.minutes(query)
      const stored = await notes.ofTenant('minute', query.tenantId).catch((): StoredNote[] => [])
      const others = stored.filter((note) => note.writer !== writer).flatMap(({ body }) => readMinute(body) ?? [])
      return [...others.filter((body) => isAskedFor(body, query)).map(tallyOf), ...own]
    },
  }
}

function noteOf(ledger: Ledger, { tenantId, solution, resource, start }: Changed, writer: string): readonly Note[] {
  return ledger.minutes({ tenantId, solution, resource, since: start, until: start + MINUTE_MS }).map(({ mutations, rows, issues }) => {
    const body: MinuteBody = { solution, resource, start, mutations, rows, issues: [...issues.values()] }
    return { kind: 'minute', tenantId, name: `${start} ${resource} ${solution}`, writer, body: JSON.stringify(body) }
  })
}

function tallyOf({ start, mutations, rows, issues }: MinuteBody): MinuteTally {
  return { start, mutations, rows, issues: new Map(issues.map((issue) => [`${issue.code} ${issue.field ?? ''}`, issue])) }
}
