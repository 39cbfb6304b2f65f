import { inTime } from '../util/in-time.ts'
import type { Note, NoteKind, NoteStore, StoredNote } from './note-store.ts'

/** Exchanges notes with other replicas through the store, in the background, never while a row waits. */
export interface NoteKeeper {
  /** Queues a note to be written soon. */
  note(note: Note): void
  /** Registers a source of notes, asked before each write. */
  collect(collector: () => readonly Note[]): void
  /** Registers a listener for notes of a kind, stored before the start or written since, by any replica. */
  hear(kind: NoteKind, listener: (note: StoredNote) => void): void
  /** Registers an action to run after each write. */
  afterWriting(act: () => Promise<void>): void
  /** Starts, and reads the stored notes; goes on without them where the store fails or is slow. */
  start(): Promise<void>
  /** Stops, and writes the remaining notes. */
  close(): Promise<void>
}

const WRITE_EVERY_MS = 1_000
/** How long the start of the process waits for stored notes. */
const STORE_TIMEOUT_MS = 3_000
const SWEEP_EVERY_MS = 60_000
/** How far each read looks back beyond the last: notes that take longer than this to be committed are missed. */
const OVERLAP_MS = 10_000
/** The most notes kept while the store fails; beyond that the oldest are dropped. */
const MAX_PENDING = 10_000
const MAX_HEARD = 10_000

const HOUR_MS = 3_600_000
const KEPT_MS: Readonly<Record<NoteKind, number>> = {
  minute: 25 * HOUR_MS,
  // Long enough for somebody to come back to a solution that only the store knows.
  solution: 400 * 24 * HOUR_MS,
  schema: HOUR_MS,
  replica: HOUR_MS,
}

/** A keeper of notes in a store; failures are passed to `onFailed`, and tried again in the next turn. */
export function createNoteKeeper(store: NoteStore, onFailed: (error: unknown) => void): NoteKeeper {
  const outgoing = createOutgoing(store)
  const incoming = createIncoming(store)
  const after: (() => Promise<void>)[] = []
  const timers: NodeJS.Timeout[] = []
  let working: Promise<void> | undefined

  async function turn(): Promise<void> {
    await outgoing.write()
    if (store.isShared || !incoming.hasRead()) await incoming.read()
    for (const act of after) await act()
  }

  async function sweep(): Promise<void> {
    for (const [kind, keptMs] of Object.entries(KEPT_MS)) await store.sweep(kind as NoteKind, keptMs)
  }

  /** One turn at a time: a slow store is not asked twice. */
  function work(act: () => Promise<void>): Promise<void> {
    working ??= act()
      .catch(onFailed)
      .finally(() => {
        working = undefined
      })
    return working
  }

  const every = (ms: number, act: () => Promise<void>) => timers.push(setInterval(() => void work(act), ms).unref())
  return {
    note: outgoing.put,
    collect: outgoing.collect,
    hear: incoming.hear,
    afterWriting: (act) => void after.push(act),
    async start() {
      every(WRITE_EVERY_MS, turn)
      every(SWEEP_EVERY_MS, sweep)
      await inTime(work(incoming.read), STORE_TIMEOUT_MS)
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      await working
      await work(outgoing.write)
    },
  }
}

/** Notes that are to be written, the latest version of each. */
function createOutgoing(store: NoteStore) {
  const pending = new Map<string, Note>()
  const collectors: (() => readonly Note[])[] = []

  function put(note: Note): void {
    const key = keyOf(note)
    pending.delete(key)
    pending.set(key, note)
    forgetOldest(pending, MAX_PENDING)
  }

  return {
    put,
    collect: (collector: () => readonly Note[]): void => void collectors.push(collector),
    async write(): Promise<void> {
      for (const collector of collectors) collector().forEach(put)
      if (pending.size === 0) return
      const notes = [...pending.values()]
      pending.clear()
      try {
        await store.write(notes)
      } catch (error) {
        // A note that was queued meanwhile is newer.
        for (const note of notes) if (!pending.has(keyOf(note))) put(note)
        throw error
      }
    },
  }
}

/** Notes read from the store. */
function createIncoming(store: NoteStore) {
  const listeners = new Map<NoteKind, ((note: StoredNote) => void)[]>()
  const heard = new Map<string, number>()
  let readAt: number | undefined

  function tell(note: StoredNote): void {
    const key = keyOf(note)
    if ((heard.get(key) ?? 0) >= note.notedAt) return
    heard.delete(key)
    heard.set(key, note.notedAt)
    forgetOldest(heard, MAX_HEARD)
    for (const listener of listeners.get(note.kind) ?? []) listener(note)
  }

  return {
    hasRead: () => readAt !== undefined,
    hear: (kind: NoteKind, listener: (note: StoredNote) => void): void =>
      void listeners.set(kind, [...(listeners.get(kind) ?? []), listener]),
    /** Reads the notes written since the last read; the first time, all. */
    async read(): Promise<void> {
      const now = performance.now()
      const withinMs = readAt === undefined ? KEPT_MS.solution : now - readAt + OVERLAP_MS
      const notes = await store.recent([...listeners.keys()], withinMs)
      readAt = now
      notes.forEach(tell)
    },
  }
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  for (const [oldest] of map) {
    if (map.size <= most) return
    map.delete(oldest)
  }
}

function keyOf({ kind, tenantId, name, writer }: Note): string {
  return JSON.stringify([kind, tenantId, name, writer])
}
