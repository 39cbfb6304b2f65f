import { type Cutting, cut } from './chunks.ts'
import { ClientError } from './client-error.ts'
import type { AskFacts, ResourceFacts } from './gateway-facts.ts'
import { createInFlight } from './in-flight.ts'
import type { Target } from './ingest-request.ts'
import { createOutcomeQueue } from './outcome-queue.ts'
import { createProgress } from './progress.ts'
import { readOptions } from './run-options.ts'
import { sendChunk } from './send-chunk.ts'
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
    const chunks = cut(rows, cuttingFor(subject, options, await askFacts(subject.resource, signal)))
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
    // Whoever started the run may ask for its outcomes before the first of them is there.
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
    // Whoever reads the outcomes is told of the error there.
    done.catch(() => {})
    return read
  }
  return { done, outcomes }
}

/** Only an UPSERT of a key could undo another. */
function cuttingFor({ operation }: Subject, { columns }: Pick<SendOptions, 'columns'>, { fields, primaryKey }: ResourceFacts): Cutting {
  const toSend = columns === 'upstream' ? (row: unknown) => fromUpstream(row, fields) : (row: unknown) => row
  return { toSend, keyFields: operation === 'upsert' ? primaryKey : [] }
}
