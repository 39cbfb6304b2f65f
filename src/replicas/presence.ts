import type { Events } from '../ingest/events.ts'
import type { NoteKeeper } from './note-keeper.ts'
import type { NoteStore } from './note-store.ts'

/** Tenants for which another replica has sent within this time as well, in milliseconds: both may send as much as one should. */
const TOGETHER_MS = 10_000
/** Their number is looked at in one statement. */
const MAX_TENANTS = 10_000

export interface PresenceOptions {
  readonly events: Events
  readonly notes: NoteStore
  readonly keeper: NoteKeeper
  readonly replicaId: string
  /** Told which tenants another replica sends for as well, each time it is looked at, none included. */
  readonly onTogether: (tenantIds: readonly string[]) => void
}

/** Notes for whom this replica sends, and looks whether others do so, too. Nothing is done where nobody shares the store. */
export function watchPresence({ events, notes, keeper, replicaId, onTogether }: PresenceOptions): void {
  if (!notes.isShared) return
  let sending = new Set<string>()
  // Those of the last seconds, by when they were noted last: of somebody who sends now and then the others are to be seen, too.
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
