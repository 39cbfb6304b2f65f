/** What a note is about: outcomes in a minute, a learnt solution, a changed schema, or a replica that sends for a tenant. */
export type NoteKind = 'minute' | 'solution' | 'schema' | 'replica'

/** Something that outlives the process, or that other replicas should know; a later note with the same names and writer replaces it. */
export interface Note {
  readonly kind: NoteKind
  readonly tenantId: string
  readonly name: string
  /** Who wrote it, for kinds of which each writer has its own; otherwise empty. */
  readonly writer: string
  readonly body: string
}

/** A note, and when it was last written: milliseconds since 1970 by the store's clock. */
export interface StoredNote extends Note {
  readonly notedAt: number
}

/** The store of notes. Failures reject, and the next call tries again. */
export interface NoteStore {
  /** Other processes read and write the same notes. */
  readonly isShared: boolean
  /** Writes notes in one commit; no two may have the same names and writer. */
  write(notes: readonly Note[]): Promise<void>
  /** The notes of one kind and tenant. */
  ofTenant(kind: NoteKind, tenantId: string): Promise<readonly StoredNote[]>
  /** The notes of some kinds that were written in the last `withinMs`. */
  recent(kinds: readonly NoteKind[], withinMs: number): Promise<readonly StoredNote[]>
  /** Which of these tenants have a note of this kind under another name, written in the last `withinMs`. */
  namedOtherwise(kind: NoteKind, tenantIds: readonly string[], name: string, withinMs: number): Promise<readonly string[]>
  /** Deletes notes of a kind that were written longer ago. */
  sweep(kind: NoteKind, olderThanMs: number): Promise<void>
}
