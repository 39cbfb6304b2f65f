import { createClient, type Progress } from '../../client/index.ts'
import { failureOf } from './failure.ts'
import type { FromWorker, Gate, TaskName, Tasks, ToWorker } from './messages.ts'
import { openFile } from './read-rows.ts'
import { scanFile } from './scan.ts'
import { sendRows } from './send-rows.ts'
import type { ReadOptions, SourceRow } from './source-row.ts'

/** What a task is given beside its input. */
interface Running<Name extends TaskName> {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Tasks[Name]['progress']) => void
}

type Run = { readonly [Name in TaskName]: (input: Tasks[Name]['input'], running: Running<Name>) => Promise<Tasks[Name]['result']> }

const TELL_EVERY_MS = 100

const RUN: Run = {
  scan: ({ file, read }, { signal, onProgress }) => scanFile(file, read, onProgress, signal),
  trial: ({ gate, plan, rows }, running) => sendRows(clientOf(gate), plan, once(rows), { ...running, dryRun: true }),
  send: ({ gate, plan, file, read, key }, running) => sendRows(clientOf(gate), plan, rowsOf(file, read, plan.headers), { ...running, key }),
  resend: ({ gate, plan, rows, key }, running) => sendRows(clientOf(gate), plan, once(rows), { ...running, key }),
}

function clientOf({ url, token }: Gate) {
  return createClient({ url, ...(token !== undefined && { token }) })
}

async function* rowsOf(file: File, read: ReadOptions, headers: readonly string[]): AsyncGenerator<readonly SourceRow[]> {
  const { rows } = await openFile(file, { ...read, headers, onRead: () => {}, onBytes: () => {} })
  yield* rows
}

async function* once(rows: readonly SourceRow[]): AsyncGenerator<readonly SourceRow[]> {
  yield rows
}

const underWay = new Map<number, AbortController>()
const tell = (message: FromWorker) => self.postMessage(message)

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if ('cancel' in data) underWay.get(data.id)?.abort()
  else void carryOut(data)
})

async function carryOut({ id, task, input }: Exclude<ToWorker, { cancel: true }>): Promise<void> {
  const controller = new AbortController()
  underWay.set(id, controller)
  try {
    const run = RUN[task] as (input: unknown, running: Running<TaskName>) => Promise<unknown>
    tell({ id, kind: 'result', result: await run(input, { signal: controller.signal, onProgress: seldom(id) }) })
  } catch (error) {
    tell({ id, kind: 'failure', failure: failureOf(error) })
  } finally {
    underWay.delete(id)
  }
}

/** The page draws ten times a second at most, however often there is something to tell. */
function seldom(id: number): (progress: Progress | Tasks['scan']['progress']) => void {
  let last = 0
  return (progress) => {
    if (performance.now() - last < TELL_EVERY_MS) return
    last = performance.now()
    tell({ id, kind: 'progress', progress })
  }
}
