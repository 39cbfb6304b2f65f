import { basename } from 'node:path'
import type { Client } from '../../client/index.ts'
import { ImportFailure } from './failure.ts'
import { wordRows, wordTime } from './report/progress.ts'
import type { LoadRecord } from './state-file.ts'

/** What is about to be appended. */
interface Appending {
  readonly client: Client
  readonly path: string
  readonly sha256: string
  readonly key: string
  /** The earlier load of this file to the same table, whatever its content was then. */
  readonly earlier: LoadRecord | undefined
  readonly retentionSeconds: number
  readonly signal: AbortSignal
}

const AGAIN = 'If all of it is to be appended, again or for another reason: --again NAME makes it a load of its own.'

/** Declines to append rows that may be in the table already, where neither the state file nor the gateway can tell which are. */
export async function guardAppend({ client, path, sha256, key, earlier, retentionSeconds, signal }: Appending): Promise<void> {
  if (earlier === undefined || !earlier.mayBeWritten) return
  if (earlier.sha256 !== sha256) throw changed(path, earlier)
  if (!earlier.isTold) return
  const isOld = Date.now() - Date.parse(earlier.startedAt) > retentionSeconds * 1_000
  if (isOld)
    throw forgotten(earlier, `That is more than ${wordTime(retentionSeconds)} ago, and the gateway keeps what became of rows no longer`)
  const { ingestRequest } = await client.query<{ ingestRequest: object | null }>(REMEMBERED, { key: `${key}:0` }, signal)
  if (ingestRequest === null) throw forgotten(earlier, 'The gateway knows nothing of that: it was another token, or its records were lost')
}

const REMEMBERED = 'query ImportRemembered($key: String!) { ingestRequest(idempotencyKey: $key) { state } }'

function changed(path: string, earlier: LoadRecord): ImportFailure {
  return new ImportFailure(
    {
      code: 'CHANGED_SINCE_LOADED',
      message: `A file of this name with other content was appended ${when(earlier)}. Appending all of this one would write the rows twice that are in both.`,
    },
    `If you have corrected rejected rows: do so in the file of rejected rows (${basename(path)} has its beside it), and load that. ${AGAIN}`,
  )
}

function forgotten(earlier: LoadRecord, why: string): ImportFailure {
  return new ImportFailure(
    {
      code: 'LOAD_FORGOTTEN',
      message: `This content was appended ${when(earlier)}. ${why}, so all rows would be written again.`,
    },
    `${leftToDo(earlier)} ${AGAIN}`,
  )
}

function leftToDo({ finishedAt, settledLine }: LoadRecord): string {
  if (finishedAt !== null) return 'It was loaded to its end then: nothing is left to do but what is in its file of rejected rows.'
  return `What was left to do begins behind line ${settledLine}: put the header and the lines from there on into a file of its own, look up in the table which of the first of them are there, and load that file.`
}

function when({ startedAt, finishedAt, accepted, settledLine, again }: LoadRecord): string {
  const name = again === null ? '' : ` as ${again}`
  const end = finishedAt === null ? `, to line ${settledLine} at least` : ''
  return `on ${startedAt.slice(0, 16).replace('T', ' ')} UTC${name}${end} (${wordRows(accepted)} accepted)`
}
