import type { Journaled } from '../ingest/ingest.ts'
import type { IngestResult } from '../ingest/ingest-result.ts'
import { type Operation, type Outcome, unconfirmed } from '../ingest/outcome.ts'
import type { Committer } from './committer.ts'
import { asDeclined, inProgress, NewerVersionError, reused, unavailable } from './declined.ts'
import { decodeJournal, ENTRY_VERSION, type Entry } from './entry-codec.ts'
import { type Decision, decide, fold } from './fold.ts'
import { recordId } from './idempotency-key.ts'
import { createJournal } from './journal.ts'
import { createRetriedWrites, type RetriedWrites } from './retried-writes.ts'
import { StoreError } from './store-error.ts'
import type { Claim, Opened } from './store-port.ts'

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

/** Sends the rows that are wanted; resolves with one outcome for each row of the request. */
type SendRows = (journaled: Journaled) => Promise<readonly Outcome[]>

/**
 * Runs a request with a key: settled rows are answered from the store, others are sent as far as that is safe, and a duplicate
 * that arrives meanwhile joins. Declines with `IDEMPOTENCY_KEY_REUSED`, `IDEMPOTENCY_IN_PROGRESS` or `STORE_UNAVAILABLE`.
 */
export type RunKeyed = (request: KeyedRequest, send: SendRows) => Promise<KeyedOutcomes>

interface Running {
  readonly fingerprint: string
  /** The key belongs to it if this says so: in the store it may belong to another request. */
  readonly opened: Promise<Opened>
  readonly told: Promise<KeyedOutcomes>
}

/** The runs of this process. */
export function createRunKeyed(
  committer: Pick<Committer, 'open' | 'write'>,
  writes: RetriedWrites = createRetriedWrites(committer),
  onNewerVersion: () => void = () => {},
): RunKeyed {
  const underWay = new Map<string, Running>()
  const open = createOpen(committer, writes)

  async function runOpened(opened: Promise<Opened>, id: string, request: KeyedRequest, send: SendRows): Promise<KeyedOutcomes> {
    let claim: Claim | undefined
    try {
      const { epoch, entries } = foundIn(await opened)
      claim = epoch === undefined ? undefined : { id, epoch }
      const read = readJournal(entries)
      return await (claim === undefined ? replayed(read, request) : runClaimed(claim, read, request, send))
    } catch (error) {
      // Frees the key where nothing was written under it.
      if (claim !== undefined) void writes.write({ kind: 'forget', claim })
      if (error instanceof NewerVersionError) onNewerVersion()
      throw error
    } finally {
      underWay.delete(id)
    }
  }

  async function runClaimed(claim: Claim, entries: readonly Entry[], request: KeyedRequest, send: SendRows): Promise<KeyedOutcomes> {
    const { rowCount, operation } = request
    const journal = createJournal(committer, { claim, rowCount, operation, entries }, writes)
    const { send: wanted, outcomes: before } = journal.before
    const isWanted = new Uint8Array(rowCount)
    for (const row of wanted) isWanted[row] = 1
    const journaled = { journal, isWanted: (row: number) => isWanted[row] === 1, known: (row: number) => before[row] }
    const latest = wanted.length === 0 ? [] : await send(journaled)
    const { decision, isDurable } = await journal.finish(latest)
    // Behind the answer; what cannot be written is owed.
    void journal.end().catch(() => {})
    if (journal.isTakenOver()) throw inProgress()
    const warnings = isDurable ? [] : [NOT_DURABLE]
    return { ...toldOf(decision, request, latest), replayedCount: rowCount - wanted.length, warnings }
  }

  /** Another request with the same key is running: declined, unless that one turns out not to own the key. */
  async function runBeside({ opened, told }: Running, request: KeyedRequest, send: SendRows): Promise<KeyedOutcomes> {
    if (await isOwned(opened)) throw reused()
    await told.catch(() => {})
    return run(request, send)
  }

  const run: RunKeyed = (request, send) => {
    const { fingerprint } = request
    const id = recordId(request.tenantId, request.key)
    const running = underWay.get(id)
    if (running !== undefined) return running.fingerprint === fingerprint ? running.told : runBeside(running, request, send)
    const opened = open(id, request)
    const told = runOpened(opened, id, request, send)
    underWay.set(id, { fingerprint, opened, told })
    return told
  }
  return run
}

/** Opens the record of a request; a settled one is reopened where some of its rows may be taken by now. */
function createOpen(committer: Pick<Committer, 'open'>, writes: RetriedWrites) {
  return async (id: string, { fingerprint, rowCount, operation }: KeyedRequest): Promise<Opened> => {
    // Writes of this process that have failed so far count as well.
    if (writes.owes(id)) await writes.retry(id)
    if (!writes.mayOpen(id)) throw unavailable()
    const wanted = { id, fingerprint, rowCount, operation, version: ENTRY_VERSION }
    try {
      const opened = await committer.open(wanted)
      if (opened.kind !== 'settled') return opened
      const { send } = decide(fold(readJournal(opened.entries), rowCount), operation)
      return send.length === 0 ? opened : await committer.open({ ...wanted, reopens: true })
    } catch (error) {
      if (error instanceof StoreError) writes.disown(wanted)
      throw asDeclined(error)
    }
  }
}

const NOT_DURABLE =
  'The store failed while outcomes were being written. This answer is true, but if Rowgate stops before the store is back, a later answer under the same key may know less.'

async function isOwned(opened: Promise<Opened>): Promise<boolean> {
  const kind = await opened.then(
    ({ kind }) => kind,
    () => undefined,
  )
  return kind === 'created' || kind === 'resumed' || kind === 'settled'
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

/** Decodes a journal; declines where an entry is damaged, or written by a newer Rowgate. */
export function readJournal(texts: readonly string[]): readonly Entry[] {
  try {
    const entries = decodeJournal(texts)
    if (entries === 'NEWER_VERSION') throw new NewerVersionError()
    return entries
  } catch (error) {
    throw asDeclined(error)
  }
}

function replayed(entries: readonly Entry[], request: KeyedRequest): KeyedOutcomes {
  const { rowCount, operation } = request
  return { ...toldOf(decide(fold(entries, rowCount), operation), request, []), replayedCount: rowCount, warnings: [] }
}

function toldOf({ outcomes, retryableCount }: Decision, { operation }: KeyedRequest, latest: readonly Outcome[]) {
  const open = unconfirmed('NO_VERDICT', { operation, dryRun: false })
  return { outcomes: outcomes.map((outcome, row) => outcome ?? latest[row] ?? open), retryableCount }
}
