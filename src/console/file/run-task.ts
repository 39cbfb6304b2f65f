import { createClient } from '../../client/index.ts'
import type { Running, TaskName, Tasks } from './messages.ts'
import { once, openFile } from './read-rows.ts'
import { scanFile } from './scan.ts'
import { sendRows } from './send-rows.ts'
import type { ReadOptions, SourceRow } from './source-row.ts'

/** The implementation of each task, by name. */
export const RUN_TASK: {
  readonly [Name in TaskName]: (input: Tasks[Name]['input'], running: Running<Name>) => Promise<Tasks[Name]['result']>
} = {
  scan: ({ file, read }, { signal, onProgress }) => scanFile(file, read, onProgress, signal),
  trial: ({ gate, plan, rows }, running) => sendRows(createClient(gate), plan, once(rows), { ...running, dryRun: true }),
  send: ({ gate, plan, file, read, key }, running) =>
    sendRows(createClient(gate), plan, rowsOf(file, read, plan.headers), { ...running, key }),
  resend: ({ gate, plan, rows, key }, running) => sendRows(createClient(gate), plan, once(rows), { ...running, key }),
}

async function* rowsOf(file: File, read: ReadOptions, headers: readonly string[]): AsyncGenerator<readonly SourceRow[]> {
  const { rows } = await openFile(file, { ...read, headers, onRead: () => {}, onBytes: () => {} })
  yield* rows
}
