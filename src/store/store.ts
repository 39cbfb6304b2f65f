import type { IdempotencyStore } from '../idempotency/store-port.ts'
import type { NoteStore } from '../replicas/note-store.ts'

/** A store of records and notes. */
export interface Store extends IdempotencyStore {
  readonly notes: NoteStore
}
