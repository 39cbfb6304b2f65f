import { Worker } from 'node:worker_threads'
import { asStoreError, StoreError } from '../idempotency/store-error.ts'
import { openDatabase, type SqliteDatabase } from './sqlite-database.ts'
import type { Store } from './store.ts'

/** One call of the database in its thread. */
export interface SqliteCommand {
  readonly id: number
  readonly name: Exclude<keyof SqliteDatabase, 'inOneCommit'>
  readonly args: readonly unknown[]
}

/** The result of a call. */
export type SqliteReply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string })

/**
 * Records in a SQLite file, in a thread of its own, or in memory, in this thread. A single process holds the file, so that leases need
 * no clock: whoever opens it takes over all records. Where it cannot be opened, each call rejects and the next tries again.
 */
export function createSqliteStore(file: string): Store {
  const { ask, end } = file === ':memory:' ? askHere() : askThread(file)
  return {
    open: (requests) => ask('open', requests),
    write: (writes) => ask('write', writes),
    read: (id) => ask('read', id),
    beat: () => ask('beat'),
    sweep: (olderThanMs, limit) => ask('sweep', olderThanMs, limit),
    stats: () => ask('stats'),
    notes: {
      // The lock of the file keeps all others out.
      isShared: false,
      write: (notes) => ask('writeNotes', notes),
      ofTenant: (kind, tenantId) => ask('notesOfTenant', kind, tenantId),
      recent: (kinds, withinMs) => ask('recentNotes', kinds, withinMs),
      namedOtherwise: (...asked) => ask('notesNamedOtherwise', ...asked),
      sweep: (kind, olderThanMs) => ask('sweepNotes', kind, olderThanMs),
    },
    async close() {
      // A file that could not be opened needs no closing.
      await ask('close').catch(() => {})
      await end()
    },
  }
}

type Ask = <Name extends SqliteCommand['name']>(
  name: Name,
  ...args: Parameters<SqliteDatabase[Name]>
) => Promise<ReturnType<SqliteDatabase[Name]>>

interface Asked {
  readonly ask: Ask
  /** Gives back whatever answers. */
  end(): Promise<unknown>
}

/** In memory: there is no disk to wait for, so no thread is needed. */
function askHere(): Asked {
  const database = openDatabase(':memory:')
  const ask = async (name: SqliteCommand['name'], ...args: readonly unknown[]) => {
    try {
      return (database[name] as (...args: readonly unknown[]) => unknown)(...args)
    } catch (error) {
      throw asStoreError(error)
    }
  }
  return { ask: ask as Ask, end: async () => {} }
}

function askThread(file: string): Asked {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: file })
  return { ask: createAsk(worker), end: () => worker.terminate() }
}

/** Calls the thread, in order; once it has ended, all calls are rejected. */
function createAsk(worker: Worker): Ask {
  const waiting = new Map<number, { readonly resolve: (value: never) => void; readonly reject: (error: StoreError) => void }>()
  let outbox: SqliteCommand[] = []
  let lastId = 0
  let ended: StoreError | undefined

  function end(cause?: unknown): void {
    ended ??= new StoreError('The thread of the store has ended.', { cause })
    for (const { reject } of waiting.values()) reject(ended)
  }

  function settle(reply: SqliteReply): void {
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) asked?.reject(new StoreError(`The store failed: ${reply.error}`))
    else asked?.resolve(reply.value as never)
  }

  function post(): void {
    // As text, since cloning many small objects costs several times as much; batched, since each message wakes the thread.
    worker.postMessage(JSON.stringify(outbox))
    outbox = []
  }

  worker.on('message', (text: string) => {
    for (const reply of JSON.parse(text) as readonly SqliteReply[]) settle(reply)
  })
  worker.on('error', end)
  worker.on('exit', () => end())

  return (name, ...args) =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended)
      waiting.set(++lastId, { resolve, reject })
      if (outbox.push({ id: lastId, name, args }) === 1) queueMicrotask(post)
    })
}
