import { type Chunk, cut } from './chunks.ts'
import { ClientError } from './client-error.ts'
import type { AskFacts } from './gateway-facts.ts'
import type { Target } from './ingest-request.ts'
import { createOutcomeQueue } from './outcome-queue.ts'
import { createProgress } from './progress.ts'
import { readOptions } from './run-options.ts'
import { type Sending, sendChunk } from './send-chunk.ts'
import { createStop } from './stop.ts'
import { createStopRules } from './stop-rules.ts'
import { createTally } from './tally.ts'
import type { Transport } from './transport.ts'
import type { Rows, Run, SendOptions, Summary } from './types.ts'
import { fromUpstream } from './upstream-row.ts'

/** What a run needs of its client. */
export interface RunParts {
  readonly transport: Transport
  readonly askFacts: AskFacts
}

type Subject = Pick<Target, 'resource' | 'operation'>

/** Sends rows from the next turn on; what is wrong with the options themselves is thrown at once. */
export function startRun<Row>(subject: Subject, rows: Rows<Row>, given: SendOptions, { transport, askFacts }: RunParts): Run<Row> {
  const options = readOptions(given)
  const { signal, parallel } = options
  const stop = createStop(signal)
  const tally = createTally<Row>()
  const progress = createProgress(tally.counts, options.onProgress, stop.because)
  const rules = createStopRules(options.maxRejected)
  const queue = createOutcomeQueue<Row>()
  const sending: Sending = {
    target: { ...subject, solution: options.solution, dryRun: options.dryRun },
    transport,
    key: options.key,
    onRequest: progress.request,
    onPause: progress.pause,
    signal,
    stopped: stop.signal,
  }

  const underWay = new Map<Promise<void>, Chunk<Row>>()

  async function send(chunk: Chunk<Row>): Promise<void> {
    const settled = await sendChunk(chunk, sending).catch(stop.because)
    queue.add(chunk.number, settled ?? undefined)
    if (!settled) return
    tally.add(settled)
    stop.because(rules.after(settled))
    progress.settled()
  }

  async function sendAll(): Promise<void> {
    const { fields, primaryKey } = await askFacts(subject.resource, signal)
    const toSend = options.columns === 'upstream' ? (row: unknown) => fromUpstream(row, fields) : (row: unknown) => row
    const keyFields = subject.operation === 'upsert' ? primaryKey : []
    const chunks = cut(rows, { toSend, keyFields })
    // A row that never comes does not keep a run from being stopped.
    const next = async () => (await Promise.race([chunks.next(), stop.promise]))?.value
    for (let chunk = await next(); chunk; chunk = await next()) {
      progress.read(chunk.rows.length)
      while (underWay.size >= parallel || sharesKey(chunk, underWay.values())) await Promise.race(underWay.keys())
      await Promise.race([queue.room(chunk.number, 2 * parallel), stop.promise])
      if (stop.signal.aborted) break
      const sent = send(chunk).finally(() => underWay.delete(sent))
      underWay.set(sent, chunk)
    }
    void chunks.return(undefined)
  }

  async function run(): Promise<Summary<Row>> {
    // Whoever started the run may ask for its outcomes before the first of them is there.
    await undefined
    if (!stop.signal.aborted) await sendAll().catch(stop.because)
    await Promise.all(underWay.keys())
    stop.end()
    const error: unknown = stop.signal.reason
    const summary = tally.summary(progress.rows())
    if (error instanceof ClientError) Object.defineProperty(error, 'summary', { value: { ...summary, stoppedBy: error.code } })
    queue.end(error)
    if (error !== undefined) throw error
    return summary
  }

  const done = run()
  return {
    done,
    outcomes() {
      const outcomes = queue.read()
      // Whoever reads the outcomes is told of the error there.
      done.catch(() => {})
      return outcomes
    },
  }
}

/** Whether an UPSERT of one chunk could overtake that of another: the later row of a key is to be written last. */
function sharesKey({ keys }: Chunk<unknown>, others: Iterable<Chunk<unknown>>): boolean {
  for (const other of others) for (const key of keys) if (other.keys.has(key)) return true
  return false
}
