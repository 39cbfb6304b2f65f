import type { IdempotencyStore } from '../idempotency/store-port.ts'
import type { NoteStore } from '../replicas/note-store.ts'

/** One database, as each room that keeps something in it sees it. */
export interface Store extends IdempotencyStore {
  readonly notes: NoteStore
}
