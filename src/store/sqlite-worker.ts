import { parentPort, workerData } from 'node:worker_threads'
import type { SqliteCommand, SqliteReply, SqliteWorkerOptions } from './sqlite.ts'
import { openDatabase, type SqliteDatabase } from './sqlite-database.ts'

// A commit waits for the disk, which would hold the event loop of the gateway up.
const { file } = workerData as SqliteWorkerOptions
let database: SqliteDatabase | undefined

function run({ id, name, args }: SqliteCommand): SqliteReply {
  try {
    if (name === 'close') return { id, value: database?.close() }
    // What could not be opened is tried again each time: the file may have been held by a process that was about to stop.
    database ??= openDatabase(file)
    const method = database[name] as (...args: readonly unknown[]) => unknown
    return { id, value: method(...args) }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', (command: SqliteCommand) => parentPort?.postMessage(run(command)))
