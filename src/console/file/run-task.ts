import { createClient } from '../../client/index.ts'
import type { Gate, TaskName, Tasks } from './messages.ts'
import { openFile } from './read-rows.ts'
import { scanFile } from './scan.ts'
import { sendRows } from './send-rows.ts'
import type { ReadOptions, SourceRow } from './source-row.ts'

/** What a task is given besides its input. */
export interface Running<Name extends TaskName> {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Tasks[Name]['progress']) => void
}

/** The implementation of each task, by name. */
export const RUN_TASK: {
  readonly [Name in TaskName]: (input: Tasks[Name]['input'], running: Running<Name>) => Promise<Tasks[Name]['result']>
} = {
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
