/** What notes are about: what became of rows in a minute, a solution that was learnt, a schema that was changed, a replica that sends for a tenant. */
export type NoteKind = 'minute' | 'solution' | 'schema' | 'replica'

/** Something that is to outlive this process, or to be known to others; a later note by the same names and writer takes its place. */
export interface Note {
  readonly kind: NoteKind
  readonly tenantId: string
  readonly name: string
  /** Who wrote it, where each writer has a note of its own. */
  readonly writer: string
  readonly body: string
}

/** A note with the time at which it was written last, milliseconds since 1970 by the store's clock. */
export interface StoredNote extends Note {
  readonly notedAt: number
}

/** Where notes are kept. Whatever fails rejects, and the next call tries again. */
export interface NoteStore {
  /** Other processes read and write the same notes. */
  readonly isShared: boolean
  /** All in one commit; no two of them have the same names. */
  write(notes: readonly Note[]): Promise<void>
  /** Those of one kind and tenant. */
  ofTenant(kind: NoteKind, tenantId: string): Promise<readonly StoredNote[]>
  /** Those of some kinds that were written within so many milliseconds. */
  recent(kinds: readonly NoteKind[], withinMs: number): Promise<readonly StoredNote[]>
  /** Which of these tenants have a note of the kind by another name, written within so many milliseconds. */
  namedOtherwise(kind: NoteKind, tenantIds: readonly string[], name: string, withinMs: number): Promise<readonly string[]>
  /** Deletes those of a kind that were written longer ago. */
  sweep(kind: NoteKind, olderThanMs: number): Promise<void>
}
