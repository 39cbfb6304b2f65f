import type { Operation } from '../ingest/outcome.ts'
import type { RequestState } from './states.ts'

/** How often an owner renews its lease, in milliseconds. */
export const HEARTBEAT_MS = 3_000

/** How long after its last heartbeat, by the store's clock and in milliseconds, an owner counts as gone. */
export const LEASE_MS = 10_000

/** A request to open the record of a key. */
export interface OpenRequest {
  /** The id of the record, from `recordId`. */
  readonly id: string
  readonly fingerprint: string
  readonly rowCount: number
  readonly operation: Operation
  /** The version of entries that the caller writes and reads. */
  readonly version: number
  /** Opens a settled record as well, since some of its rows may be taken by now. */
  readonly reopens?: true
}

/** The result of opening a record. */
export type Opened =
  /** The key is new; the record is the caller's now. */
  | { readonly kind: 'created'; readonly epoch: number }
  /** The same request came before and is not settled; the record is the caller's now, under a new epoch. */
  | { readonly kind: 'resumed'; readonly epoch: number; readonly entries: readonly string[] }
  /** The same request came before, and all its rows are settled. */
  | { readonly kind: 'settled'; readonly entries: readonly string[] }
  /** Another owner is at work on it, and its lease runs. */
  | { readonly kind: 'running' }
  /** The key was used for another request. */
  | { readonly kind: 'reused' }
  /** The record is of a newer version than the caller's. */
  | { readonly kind: 'newerVersion' }

/** The right to work on a record; it ends when the record is settled, released or taken over. */
export interface Claim {
  readonly id: string
  readonly epoch: number
}

/** A write. Writing an entry with the same epoch and number a second time changes nothing, and succeeds. */
export type Write =
  /** Written only while the claim holds. */
  | { readonly kind: 'intent'; readonly claim: Claim; readonly number: number; readonly entry: string }
  /** A verdict or a withdrawal: written even when another owner has taken the record over. */
  | { readonly kind: 'fact'; readonly claim: Claim; readonly number: number; readonly entry: string }
  /** A verdict that says nothing about what other claims sent: written, even after the claim has ended, until a later one is opened. */
  | { readonly kind: 'rejection'; readonly claim: Claim; readonly number: number; readonly entry: string }
  /** Ends the claim: every row is settled. The entry replaces what the claim knows: its own entries, and the first `known` of others. */
  | {
      readonly kind: 'settle'
      readonly claim: Claim
      readonly number: number
      readonly entry: string
      readonly known: number
      readonly unconfirmed: number
    }
  /** Ends the claim: not every row is settled. */
  | { readonly kind: 'release'; readonly claim: Claim; readonly unconfirmed: number }
  /** Ends the claim; deletes the record, and so frees the key, if this claim created it and its journal is empty. */
  | { readonly kind: 'forget'; readonly claim: Claim }

/** A record as it stands. */
export interface StoredRecord {
  readonly fingerprint: string
  readonly rowCount: number
  readonly operation: Operation
  readonly version: number
  readonly state: RequestState
  readonly epoch: number
  /** When its key was first seen, and when work on it last began; milliseconds since 1970 by the store's clock. */
  readonly createdAt: number
  readonly openedAt: number
  readonly entries: readonly string[]
}

/** What the store holds. */
export interface StoreStats {
  readonly records: number
  /** The age of the oldest record that is not settled; undefined where there is none. */
  readonly oldestOpenMs: number | undefined
  /** Rows that were unconfirmed when work on their record ended. */
  readonly unconfirmedRows: number
}

/**
 * The store of records. Each instance is an owner, whose lease begins with its first heartbeat. Any failure rejects with a
 * `StoreError`, even where the store could not be opened; the next call tries again.
 */
export interface IdempotencyStore {
  /**
   * Opens records in one commit; one result per request, in order. No two requests may concern the same record. A record that this
   * owner itself has open is resumed as well, which ends the earlier claim: joining a running request is up to the caller.
   */
  open(requests: readonly OpenRequest[]): Promise<readonly Opened[]>
  /** Writes in one commit, which is durable when it resolves; for each write, in order, whether it was accepted. */
  write(writes: readonly Write[]): Promise<readonly boolean[]>
  read(id: string): Promise<StoredRecord | undefined>
  /** Renews the lease of this owner. */
  beat(): Promise<void>
  /** Deletes records that nobody works on and that were last opened longer ago than this, up to a limit; returns how many. */
  sweep(olderThanMs: number, limit: number): Promise<number>
  stats(): Promise<StoreStats>
  /** Gives up the leases of this owner. */
  close(): Promise<void>
}
