import { mayBeTakenLater, type Operation, type Outcome } from '../ingest/outcome.ts'
import { createCommitter } from './committer.ts'
import { asDeclined, NewerVersionError } from './declined.ts'
import { decide, fold, lastEpochs } from './fold.ts'
import { recordId } from './idempotency-key.ts'
import { createRunKeyed, type RunKeyed, readJournal } from './keyed-requests.ts'
import { createRetriedWrites } from './retried-writes.ts'
import type { RequestState } from './states.ts'
import { StoreError } from './store-error.ts'
import { HEARTBEAT_MS, type IdempotencyStore, type StoredRecord, type StoreStats } from './store-port.ts'

/** A request with a key as it stands in the store. */
export interface FoundRequest {
  readonly state: RequestState
  readonly operation: Operation
  /** What is known of each row; undefined where it has no outcome yet. */
  readonly outcomes: readonly (Outcome | undefined)[]
  /** Rows that the same request would send once more. */
  readonly retryableCount: number
  /** When its key was first seen, and when work on it last began; milliseconds since 1970. */
  readonly createdAt: number
  readonly openedAt: number
}

/** Runs requests with a key, looks them up, and maintains their records. */
export interface Idempotency {
  readonly run: RunKeyed
  /** The request with a key; undefined where there is none. Declines with `STORE_UNAVAILABLE`. */
  find(tenantId: string, key: string): Promise<FoundRequest | undefined>
  stats(): Promise<StoreStats>
  /** Starts the heartbeat that holds the lease, and the sweep of old records. */
  start(): void
  /** Answers at once for everything that waits for the store; what has been asked of it goes on. */
  giveUp(): void
  /** Resolves when everything is written and the lease is given up. */
  close(): Promise<void>
}

interface IdempotencyOptions {
  readonly store: IdempotencyStore
  /** How long a record is kept after work on it last began. */
  readonly retentionMs: number
  /** Called each time that the store fails, at start and later. */
  readonly onUnavailable: (error: unknown) => void
  /** Called at every heartbeat while the store works and no write is left to be retried. */
  readonly onAvailable: () => void
  /** Called for each request that is declined because a newer version of Rowgate wrote its record. */
  readonly onNewerVersion: () => void
  /** Called with the duration of each commit, failed ones included. */
  readonly onCommit: (ms: number) => void
}

const SWEEP_EVERY_MS = 60_000
/** Records deleted in one commit, so that others need not wait long for it. */
const SWEPT_AT_ONCE = 500

/** Requests with a key over a store. */
export function createIdempotency({ store, retentionMs, onCommit, ...told }: IdempotencyOptions): Idempotency {
  let failures = 0
  function onFailed(error: unknown): void {
    if (!(error instanceof StoreError)) return
    failures++
    told.onUnavailable(error)
  }
  const committer = createCommitter(store, { onCommit, onFailed })
  const writes = createRetriedWrites(committer)
  const timers: NodeJS.Timeout[] = []
  const every = (ms: number, work: () => Promise<unknown>) => void timers.push(setInterval(() => void work().catch(onFailed), ms).unref())

  async function sweep(): Promise<void> {
    while ((await store.sweep(retentionMs, SWEPT_AT_ONCE).catch(() => 0)) === SWEPT_AT_ONCE);
  }
  async function beat(): Promise<void> {
    const before = failures
    await store.beat()
    if ((await writes.retryAll()) && failures === before) told.onAvailable()
  }

  return {
    run: createRunKeyed(committer, writes, told.onNewerVersion),
    async find(tenantId, key) {
      try {
        const record = await committer.read(recordId(tenantId, key))
        return record && foundOf(record)
      } catch (error) {
        if (error instanceof NewerVersionError) told.onNewerVersion()
        throw asDeclined(error)
      }
    },
    stats: store.stats,
    giveUp: committer.giveUp,
    start() {
      void store.beat().catch(onFailed)
      every(HEARTBEAT_MS, beat)
      every(SWEEP_EVERY_MS, sweep)
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      await committer.idle()
      await store.close()
    },
  }
}

function foundOf({ state, operation, rowCount, epoch, createdAt, openedAt, entries }: StoredRecord): FoundRequest {
  const journal = readJournal(entries)
  const { outcomes, retryableCount } = decide(fold(journal, rowCount), operation)
  const toldAt = lastEpochs(journal, rowCount)
  // UPSERTs write no intents: a row that was rejected under an earlier claim may have been sent and written since.
  const isOver = (outcome: Outcome | undefined, row: number) =>
    operation === 'UPSERT' && outcome !== undefined && mayBeTakenLater(outcome) && (toldAt[row] as number) < epoch
  const known = outcomes.map((outcome, row) => (isOver(outcome, row) ? undefined : outcome))
  return { state, operation, outcomes: known, retryableCount, createdAt, openedAt }
}
