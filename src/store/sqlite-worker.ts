import { parentPort, workerData } from 'node:worker_threads'
import type { SqliteCommand, SqliteReply } from './sqlite.ts'
import { openDatabase, type SqliteDatabase } from './sqlite-database.ts'

// A commit waits for the disk, which would hold the event loop of the gateway up.
const file: string = workerData
let database: SqliteDatabase | undefined
let waiting: SqliteCommand[] = []

// What could not be opened is tried again each time: the file may have been held by a process that was about to stop.
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

/** All in one commit; undefined where that is not possible, and nothing has changed. */
function runTogether(commands: readonly SqliteCommand[]): readonly SqliteReply[] | undefined {
  if (commands.length === 1 || commands.some(({ name }) => name === 'close')) return undefined
  try {
    return opened().inOneCommit(() => commands.map((command) => ({ id: command.id, value: call(command) })))
  } catch {
    return undefined
  }
}

/** Runs what came while the last commit waited for the disk; where one of them fails, each fails or not by itself. */
function runAll(): void {
  const commands = waiting
  waiting = []
  parentPort?.postMessage(JSON.stringify(runTogether(commands) ?? commands.map(runAlone)))
}

parentPort?.on('message', (text: string) => {
  if (waiting.length === 0) setImmediate(runAll)
  waiting.push(...(JSON.parse(text) as readonly SqliteCommand[]))
})
