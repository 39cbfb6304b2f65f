import type { Operation } from '../ingest/outcome.ts'
import type { RequestState } from './states.ts'

/** How often an owner renews its lease, in milliseconds. */
export const HEARTBEAT_MS = 3_000

/** How long after its last heartbeat, by the store's clock and in milliseconds, an owner is taken for gone. */
export const LEASE_MS = 10_000

/** A request with a key that somebody wants to work on. */
export interface OpenRequest {
  /** Of the record, as `recordId` has it. */
  readonly id: string
  readonly fingerprint: string
  readonly rowCount: number
  readonly operation: Operation
  /** The version of entries that the caller writes and reads. */
  readonly version: number
  /** A record that is settled is opened as well: some of its rows may be taken by now. */
  readonly reopens?: true
}

/** What came of opening a request. */
export type Opened =
  /** Nobody knew the key; it is the caller's now. */
  | { readonly kind: 'created'; readonly epoch: number }
  /** The same request came before, and no other owner is at work on it; it is the caller's now, under a new epoch. */
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

/** One thing to be made durable. An entry that is written a second time, by its epoch and number, is as good as written. */
export type Write =
  /** Written only while the claim holds. */
  | { readonly kind: 'intent'; readonly claim: Claim; readonly number: number; readonly entry: string }
  /** A verdict or a withdrawal: written also when others have taken the record over. */
  | { readonly kind: 'fact'; readonly claim: Claim; readonly number: number; readonly entry: string }
  /** A verdict that says nothing of what other claims sent: written, also when the claim has ended, until a later one is opened. */
  | { readonly kind: 'rejection'; readonly claim: Claim; readonly number: number; readonly entry: string }
  /** Ends the claim: every row is settled, and the entry takes the place of the journal. */
  | { readonly kind: 'settle'; readonly claim: Claim; readonly number: number; readonly entry: string; readonly unconfirmed: number }
  /** Ends the claim: not every row is settled. */
  | { readonly kind: 'release'; readonly claim: Claim; readonly unconfirmed: number }
  /** Ends the claim; a record that this claim made goes with it while its journal is empty, and its key is free again. */
  | { readonly kind: 'forget'; readonly claim: Claim }

/** A record as it stands. */
export interface StoredRecord {
  readonly fingerprint: string
  readonly rowCount: number
  readonly operation: Operation
  readonly version: number
  readonly state: RequestState
  readonly epoch: number
  /** When its key came first, and when work on it began last; milliseconds since 1970 by the store's clock. */
  readonly createdAt: number
  readonly openedAt: number
  readonly entries: readonly string[]
}

/** What the store holds. */
export interface StoreStats {
  readonly records: number
  /** How long ago the key of the oldest record came that is not settled; undefined where all are. */
  readonly oldestOpenMs: number | undefined
  /** Rows that stayed unconfirmed when work on their record ended. */
  readonly unconfirmedRows: number
}

/**
 * Where records live. One instance is one owner, and its lease begins with its first heartbeat. Whatever fails rejects with a
 * `StoreError`, also where the store could not be opened yet: the next call tries again.
 */
export interface IdempotencyStore {
  /**
   * One answer for each request, in order, all in one commit; no two of the requests may be of the same record. What this owner
   * itself is at work on is resumed too, and the earlier claim ends: whoever joins what runs here does so before.
   */
  open(requests: readonly OpenRequest[]): Promise<readonly Opened[]>
  /** All in one commit, which is durable when it resolves; for each, in order, whether it was written or refused. */
  write(writes: readonly Write[]): Promise<readonly boolean[]>
  read(id: string): Promise<StoredRecord | undefined>
  /** Renews the lease of this owner. */
  beat(): Promise<void>
  /** Deletes records that nobody is at work on and that were opened last so long ago, no more than the limit; how many. */
  sweep(olderThanMs: number, limit: number): Promise<number>
  stats(): Promise<StoreStats>
  /** Gives the leases of this owner back. */
  close(): Promise<void>
}
