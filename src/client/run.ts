import { type Chunk, type Cutting, cut } from './chunks.ts'
import { ClientError } from './client-error.ts'
import type { AskFacts, ResourceFacts } from './gateway-facts.ts'
import type { Target } from './ingest-request.ts'
import { createOutcomeQueue } from './outcome-queue.ts'
import { createProgress } from './progress.ts'
import { sendChunk } from './send-chunk.ts'
import { createStop } from './stop.ts'
import { createStopRules } from './stop-rules.ts'
import { createTally } from './tally.ts'
import type { Transport } from './transport.ts'
import type { Rows, Run, SendOptions, Summary } from './types.ts'
import { fromUpstream } from './upstream-row.ts'

type Subject = Pick<Target, 'resource' | 'operation'>

/** Starts sending rows in the next turn; wrong options are thrown at once. */
export function startRun<Row>(
  subject: Subject,
  rows: Rows<Row>,
  given: SendOptions,
  { transport, askFacts }: { readonly transport: Transport; readonly askFacts: AskFacts },
): Run<Row> {
  const options = readOptions(given)
  const { signal, parallel } = options
  const stop = createStop(signal)
  const tally = createTally<Row>()
  const progress = createProgress(tally.counts, options.onProgress, stop.because)
  const rules = createStopRules(options.maxRejected)
  const queue = createOutcomeQueue<Row>()
  const sending = { ...options, target: { ...subject, ...options }, transport, progress, stopped: stop.signal }
  const inFlight = createInFlight<Row>(parallel, async (chunk) => {
    const settled = await sendChunk(chunk, sending).catch(stop.because)
    queue.add(chunk.number, settled ?? undefined)
    if (!settled) return
    tally.add(settled)
    stop.because(settled.failure ?? rules.after(settled))
    progress.settled()
  })

  async function sendAll(): Promise<void> {
    const chunks = cut(rows, cuttingFor(subject, options, await askFacts(subject.resource, signal, progress.pause)))
    const next = async () => (await Promise.race([chunks.next(), stop.promise]))?.value
    for (let chunk = await next(); chunk; chunk = await next()) {
      progress.read(chunk.rows.length)
      await inFlight.room(chunk)
      await Promise.race([queue.room(chunk.number, 2 * parallel), stop.promise])
      if (stop.signal.aborted) break
      inFlight.start(chunk)
    }
    // Not awaited: it waits for the row that is being read.
    chunks.return(undefined).catch(() => {})
  }

  async function run(): Promise<Summary<Row>> {
    // Gives the caller time to ask for the outcomes before the first arrives.
    await undefined
    if (!stop.signal.aborted) await sendAll().catch(stop.because)
    await inFlight.ended()
    stop.end()
    const error: unknown = stop.signal.reason
    const summary = tally.summary(progress.rows())
    if (error instanceof ClientError) Object.defineProperty(error, 'summary', { value: { ...summary, stoppedBy: error.code } })
    queue.end(error)
    if (error !== undefined) throw error
    return summary
  }

  const done = run()
  const outcomes = () => {
    const read = queue.read()
    // The reader of the outcomes gets the error there.
    done.catch(() => {})
    return read
  }
  return { done, outcomes }
}

/** The default number of requests in flight. */
const PARALLEL = 4
/** Leaves room for the number of the chunk in a key of 255 characters. */
const KEY = /^[\x20-\x7e]{1,240}$/

/** Options with defaults filled in; throws a `TypeError` where one is invalid. */
function readOptions({ key, dryRun = false, parallel = PARALLEL, ...others }: SendOptions) {
  if (key !== undefined && !KEY.test(key)) throw new TypeError('key: 1-240 printable ASCII characters')
  if (!(parallel >= 1)) throw new TypeError('parallel: a number from 1')
  // A key of its own lets a run repeat what was lost on the way; a dry run leaves nothing to write twice.
  // Pages that did not come by https have no randomUUID.
  const ownKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')
  return { ...others, key: dryRun ? null : (key ?? ownKey()), dryRun, parallel }
}

/** Keys matter for UPSERT only, where a write can undo another. */
function cuttingFor({ operation }: Subject, { columns }: Pick<SendOptions, 'columns'>, { fields, primaryKey }: ResourceFacts): Cutting {
  const toSend = columns === 'upstream' ? (row: unknown) => fromUpstream(row, fields) : (row: unknown) => row
  return { toSend, keyFields: operation === 'upsert' ? primaryKey : [] }
}

/**
 * The chunks in flight: up to `parallel`, and no two with rows of the same key, so that the later row is written last. `send` must
 * never reject.
 */
function createInFlight<Row>(parallel: number, send: (chunk: Chunk<Row>) => Promise<void>) {
  const underWay = new Map<Promise<void>, Chunk<Row>>()
  return {
    /** Resolves when the chunk may be sent. */
    async room(chunk: Chunk<Row>): Promise<void> {
      while (underWay.size >= parallel || sharesKey(chunk, underWay.values())) await Promise.race(underWay.keys())
    },
    start(chunk: Chunk<Row>): void {
      const sent = send(chunk).finally(() => underWay.delete(sent))
      underWay.set(sent, chunk)
    },
    /** Resolves when none is in flight. */
    ended: (): Promise<unknown> => Promise.all(underWay.keys()),
  }
}

function sharesKey({ keys }: Chunk<unknown>, others: Iterable<Chunk<unknown>>): boolean {
  for (const other of others) for (const key of keys) if (other.keys.has(key)) return true
  return false
}
