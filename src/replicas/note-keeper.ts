import { setTimeout as pass } from 'node:timers/promises'
import type { Note, NoteKind, NoteStore, StoredNote } from './note-store.ts'

/** Writes notes now and then, never on the way of a row, and hears what others have written. */
export interface NoteKeeper {
  /** Has a note written soon. */
  note(note: Note): void
  /** Asked for notes each time before some are written. */
  collect(collector: () => readonly Note[]): void
  /** Told of each note of a kind that was written before, or by others since. */
  hear(kind: NoteKind, listener: (note: StoredNote) => void): void
  /** Called each time after notes were written. */
  afterWriting(act: () => Promise<void>): void
  /** Begins, and reads what is there; resolves when it is read or, where the store fails or is slow, without it. */
  start(): Promise<void>
  /** Writes what is left. */
  close(): Promise<void>
}

const WRITE_EVERY_MS = 1_000
/** How long the start of the process waits for what is there. */
const PATIENCE_MS = 3_000
const SWEEP_EVERY_MS = 60_000
/** Notes written later than this by a server that is slow to commit them are not heard of. */
const OVERLAP_MS = 10_000
/** While the store fails; beyond them the oldest are let go of. */
const MAX_PENDING = 10_000
const MAX_HEARD = 10_000

const HOUR_MS = 3_600_000
const KEPT_MS: Readonly<Record<NoteKind, number>> = {
  minute: 25 * HOUR_MS,
  // As long as somebody may come back to a solution that only the store knows.
  solution: 400 * 24 * HOUR_MS,
  schema: HOUR_MS,
  replica: HOUR_MS,
}

/** Notes over a store; what cannot be written or read is told to `onFailed`, and tried again the next time. */
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

  /** One at a time: a store that is slow is not asked twice. */
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
      await Promise.race([work(incoming.read), pass(PATIENCE_MS, undefined, { ref: false })])
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      await working
      await work(outgoing.write)
    },
  }
}

/** Notes that are to be written, the latest of each. */
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
        // What has come meanwhile is newer.
        for (const note of notes) if (!pending.has(keyOf(note))) put(note)
        throw error
      }
    },
  }
}

/** Notes that were written before, or by others. */
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
    /** What was written since it was read last; at first, all there is. */
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
