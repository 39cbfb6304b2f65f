import type { Events } from '../ingest/events.ts'
import type { NoteKeeper } from './note-keeper.ts'
import type { NoteStore } from './note-store.ts'

/** Two replicas that sent for a tenant within this time count as sending at once, which doubles its rate; in milliseconds. */
const TOGETHER_MS = 10_000
/** Bounded, since all are looked up in one statement. */
const MAX_TENANTS = 10_000

export interface PresenceOptions {
  readonly events: Events
  readonly notes: NoteStore
  readonly keeper: NoteKeeper
  readonly replicaId: string
  /** Called after each check with the tenants for which another replica sends as well, even if there are none. */
  readonly onTogether: (tenantIds: readonly string[]) => void
}

/** Notes the tenants for which this replica sends, and checks whether others send for them too; only with a shared store. */
export function watchPresence({ events, notes, keeper, replicaId, onTogether }: PresenceOptions): void {
  if (!notes.isShared) return
  let sending = new Set<string>()
  // Tenants of the last seconds, and when they were last noted: they are checked even if they send only now and then.
  const noted = new Map<string, number>()
  events.on('batch:sent', ({ batch: { destination } }) => {
    if (sending.size < MAX_TENANTS) sending.add(destination.tenant.id)
  })
  keeper.collect(() => {
    const tenantIds = [...sending]
    sending = new Set()
    for (const tenantId of tenantIds) noted.set(tenantId, performance.now())
    return tenantIds.map((tenantId) => ({ kind: 'replica', tenantId, name: replicaId, writer: '', body: '' }))
  })
  keeper.afterWriting(async () => {
    for (const [tenantId, at] of noted) if (at < performance.now() - TOGETHER_MS) noted.delete(tenantId)
    onTogether(noted.size === 0 ? [] : await notes.namedOtherwise('replica', [...noted.keys()], replicaId, TOGETHER_MS))
  })
}
