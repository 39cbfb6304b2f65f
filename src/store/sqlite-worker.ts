import { parentPort, workerData } from 'node:worker_threads'
import type { SqliteCommand, SqliteReply } from './sqlite.ts'
import { openDatabase, type SqliteDatabase } from './sqlite-database.ts'

// Runs in a thread, since a commit waits for the disk and would block the gateway's event loop.
const file: string = workerData
let database: SqliteDatabase | undefined
let waiting: SqliteCommand[] = []

// Opening is tried again with each call: another process that is about to stop may still hold the file.
function opened(): SqliteDatabase {
  database ??= openDatabase(file)
  return database
}

function call({ name, args }: SqliteCommand): unknown {
  if (name === 'close') return database?.close()
  const method = opened()[name] as (...args: readonly unknown[]) => unknown
  return method(...args)
}

function runAlone(command: SqliteCommand): SqliteReply {
  const { id } = command
  try {
    return { id, value: call(command) }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

/** Runs all commands in one commit; undefined, with nothing changed, where that fails. */
function runTogether(commands: readonly SqliteCommand[]): readonly SqliteReply[] | undefined {
  if (commands.length === 1 || commands.some(({ name }) => name === 'close')) return undefined
  try {
    return opened().inOneCommit(() => commands.map((command) => ({ id: command.id, value: call(command) })))
  } catch {
    return undefined
  }
}

/** Runs the commands that came during the last commit; where one of them fails, each is run by itself. */
function runAll(): void {
  const commands = waiting
  waiting = []
  parentPort?.postMessage(JSON.stringify(runTogether(commands) ?? commands.map(runAlone)))
}

parentPort?.on('message', (text: string) => {
  if (waiting.length === 0) setImmediate(runAll)
  waiting.push(...(JSON.parse(text) as readonly SqliteCommand[]))
})
