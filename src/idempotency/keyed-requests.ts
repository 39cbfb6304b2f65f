import { GatewayError } from '../errors.ts'
import type { Journaled } from '../ingest/ingest.ts'
import type { IngestResult } from '../ingest/ingest-result.ts'
import { type Operation, type Outcome, unconfirmed } from '../ingest/outcome.ts'
import type { Committer } from './committer.ts'
import { decodeJournal, ENTRY_VERSION, type Entry } from './entry-codec.ts'
import { type Decision, decide, fold } from './fold.ts'
import { recordId } from './idempotency-key.ts'
import { createJournal } from './journal.ts'
import { createRetriedWrites, type RetriedWrites } from './retried-writes.ts'
import { StoreError } from './store-error.ts'
import type { Claim, Opened, OpenRequest } from './store-port.ts'
import { type Track, watchJournal } from './watched-journal.ts'

/** A request with a key, after all its rows were read. */
interface KeyedRequest {
  readonly tenantId: string
  readonly key: string
  readonly fingerprint: string
  readonly rowCount: number
  readonly operation: Operation
}

/** The result of such a request. */
type KeyedOutcomes = Required<Pick<IngestResult, 'outcomes' | 'replayedCount' | 'retryableCount' | 'warnings'>>

/** What a caller is told, and with a store that hangs, `late`: when it has taken that, or has failed. */
interface Told extends KeyedOutcomes {
  readonly late?: Promise<unknown> | undefined
}

/** Sends the rows that are wanted; resolves with one outcome for each row of the request. */
type SendRows = (journaled: Journaled) => Promise<readonly Outcome[]>

/**
 * Runs a request with a key: settled rows are answered from the store, others are sent as far as that is safe, and a duplicate
 * that arrives meanwhile joins. Declines with `IDEMPOTENCY_KEY_REUSED`, `IDEMPOTENCY_IN_PROGRESS` or `STORE_UNAVAILABLE`.
 */
export type RunKeyed = (request: KeyedRequest, send: SendRows) => Promise<KeyedOutcomes>

interface Running {
  readonly fingerprint: string
  readonly told: Promise<Told>
  /** Whether the key belongs to it: in the store it may belong to another request. */
  readonly isItsOwn: Promise<boolean>
}

/** The runs of this process; `track` is given all writes that go on after an answer. */
export function createRunKeyed(committer: Committer, track: Track, writes: RetriedWrites = createRetriedWrites(committer)): RunKeyed {
  const underWay = new Map<string, Running>()
  const open = createOpen(committer, writes)

  async function runOpened(opened: Promise<Opened>, id: string, request: KeyedRequest, send: SendRows): Promise<Told> {
    const { rowCount, operation } = request
    const { epoch, entries } = foundIn(await opened)
    if (epoch === undefined) return replayed(decide(fold(await orUnavailable(readJournal(entries)), rowCount), operation), request)
    const claim = { id, epoch }
    try {
      return await runClaimed(claim, await orUnavailable(readJournal(entries)), request, send)
    } catch (error) {
      // Frees the key where nothing was written under it.
      track(writes.write({ kind: 'forget', claim }))
      throw error
    }
  }

  async function runClaimed(claim: Claim, entries: readonly Entry[], request: KeyedRequest, send: SendRows): Promise<Told> {
    const { rowCount, operation } = request
    const journal = createJournal(committer, { claim, rowCount, operation, entries }, writes)
    const before = journal.decision()
    const wanted = before.send
    const watched = watchJournal(journal, request, before, track)
    const latest = wanted.length === 0 ? [] : await send(watched)
    const { decision, warnings, late } = await watched.finish(latest)
    track(late === undefined ? journal.end() : late.then(journal.end))
    if (watched.isTakenOver()) throw inProgress()
    return { ...toldOf(decision, request, latest), replayedCount: rowCount - wanted.length, warnings, late }
  }

  /** Another request with the same key is running: declined, unless that one turns out not to own the key. */
  async function runBeside(running: Running, request: KeyedRequest, send: SendRows): Promise<KeyedOutcomes> {
    if (await running.isItsOwn) throw reused()
    await running.told.catch(() => {})
    return run(request, send)
  }

  const run: RunKeyed = (request, send) => {
    const { fingerprint } = request
    const id = recordId(request.tenantId, request.key)
    const running = underWay.get(id)
    if (running !== undefined) return running.fingerprint === fingerprint ? running.told : runBeside(running, request, send)
    const opened = open(id, request)
    const isItsOwn = opened.then(({ kind }) => kind === 'created' || kind === 'resumed' || kind === 'settled').catch(() => false)
    const told = runOpened(opened, id, request, send)
    underWay.set(id, { fingerprint, told, isItsOwn })
    whenWritten(told, () => underWay.delete(id))
    return told
  }
  return run
}

/** Calls `free` when a request is told and all of that is written: until then the record knows less. */
function whenWritten(told: Promise<Told>, free: () => unknown): void {
  void told.then(({ late }) => (late === undefined ? free() : late.then(free)), free)
}

/** Opens the record of a request; a settled one is reopened where some of its rows may be taken by now. */
function createOpen(committer: Committer, writes: RetriedWrites) {
  function claim(wanted: OpenRequest): Promise<Opened> {
    return orUnavailable(committer.open(wanted)).catch((error: unknown) => {
      writes.disown(wanted)
      throw error
    })
  }

  return async (id: string, { fingerprint, rowCount, operation }: KeyedRequest): Promise<Opened> => {
    // Writes of this process that have failed so far count as well.
    if (!(await writes.mayOpen(id))) throw unavailable()
    const wanted = { id, fingerprint, rowCount, operation, version: ENTRY_VERSION }
    const opened = await claim(wanted)
    if (opened.kind !== 'settled') return opened
    const { send } = decide(fold(await orUnavailable(readJournal(opened.entries)), rowCount), operation)
    return send.length === 0 ? opened : await claim({ ...wanted, reopens: true })
  }
}

/** The entries of an opened record, and the epoch of the claim unless it is settled; throws where the request is declined. */
function foundIn(opened: Opened): { readonly epoch?: number; readonly entries: readonly string[] } {
  switch (opened.kind) {
    case 'created':
      return { epoch: opened.epoch, entries: [] }
    case 'resumed':
    case 'settled':
      return opened
    case 'running':
      throw inProgress()
    case 'reused':
      throw reused()
    case 'newerVersion':
      throw new NewerVersionError()
  }
}

/** Decodes a journal; rejects where an entry is damaged, or written by a newer Rowgate. */
export async function readJournal(texts: readonly string[]): Promise<readonly Entry[]> {
  const entries = decodeJournal(texts)
  if (entries === 'NEWER_VERSION') throw new NewerVersionError()
  return entries
}

function replayed(decision: Decision, request: KeyedRequest): KeyedOutcomes {
  return { ...toldOf(decision, request, []), replayedCount: request.rowCount, warnings: [] }
}

function toldOf({ outcomes, retryableCount }: Decision, { operation }: KeyedRequest, latest: readonly Outcome[]) {
  const open = unconfirmed('NO_VERDICT', { operation, dryRun: false })
  return { outcomes: outcomes.map((outcome, row) => outcome ?? latest[row] ?? open), retryableCount }
}

/** Turns a failure of the store into `STORE_UNAVAILABLE`. */
export async function orUnavailable<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof StoreError) throw unavailable()
    throw error
  }
}

function unavailable(): GatewayError {
  return new GatewayError(
    'STORE_UNAVAILABLE',
    'The store of idempotency keys cannot be used. Nothing was sent; send the same request again.',
  )
}

function reused(): GatewayError {
  return new GatewayError(
    'IDEMPOTENCY_KEY_REUSED',
    'The idempotency key was used for another request. Nothing was sent; give each request a key of its own.',
  )
}

function inProgress(): GatewayError {
  return new GatewayError(
    'IDEMPOTENCY_IN_PROGRESS',
    'Another process is working on the request with this idempotency key. Send the same request again later.',
  )
}

/** The record was written by a newer Rowgate; the request is declined. */
export class NewerVersionError extends GatewayError {
  constructor() {
    super('STORE_UNAVAILABLE', 'The record of this idempotency key was written by a newer version of Rowgate. Nothing was sent.')
  }
}
