import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { REMEMBERED_MS } from '../src/quality/ledger.ts'
import { createNoteKeeper } from '../src/replicas/note-keeper.ts'
import type { Note, NoteStore, StoredNote } from '../src/replicas/note-store.ts'
import { createPostgresStore } from '../src/store/postgres.ts'
import { createSqliteStore } from '../src/store/sqlite.ts'
import { startPostgres } from './support/postgres.ts'

const folder = await mkdtemp(join(tmpdir(), 'rowgate-notes-'))
const postgres = await startPostgres()
const sqlite = createSqliteStore(join(folder, 'store.sqlite'))
const shared = postgres && createPostgresStore(await postgres.create('notes'))
afterAll(async () => {
  await sqlite.close()
  await shared?.close()
  await postgres?.remove()
  await rm(folder, { recursive: true, force: true })
})

const note = (changes: Partial<Note> = {}): Note => ({ kind: 'minute', tenantId: 'T', name: 'a', writer: 'w', body: '{}', ...changes })
const HOUR_MS = 3_600_000

describe.each([['SQLite', sqlite.notes] as const, ...(shared ? [['PostgreSQL', shared.notes] as const] : [])])(
  'notes in %s',
  (_, notes) => {
    test('a note is read as it was written, and a later one of the same names and writer takes its place', async () => {
      await notes.write([note({ body: '1' }), note({ writer: 'v', body: '2' }), note({ tenantId: 'U' })])
      await notes.write([note({ body: '3' })])
      const found = await notes.ofTenant('minute', 'T')
      expect(found.map(({ notedAt, ...rest }) => rest).sort((a, b) => a.body.localeCompare(b.body))).toEqual([
        note({ writer: 'v', body: '2' }),
        note({ body: '3' }),
      ])
      for (const { notedAt } of found) expect(Math.abs(Date.now() - notedAt)).toBeLessThan(60_000)
      const latest = async () => {
        await notes.write([note({ body: '3' })])
        return (await notes.ofTenant('minute', 'T')).at(-1)
      }
      const first = (await latest())?.notedAt ?? 0
      await expect.poll(async () => (await latest())?.notedAt).toBeGreaterThan(first)
      expect(await notes.ofTenant('solution', 'T')).toEqual([])
      await expect
        .poll(async () => {
          for (const name of ['r1', 'r2', 'r3']) await notes.write([note({ kind: 'replica', tenantId: 'Z', name })])
          return new Set((await notes.recent(['replica'], HOUR_MS)).map(({ notedAt }) => notedAt)).size
        })
        .toBe(3)
      for (const found of [await notes.recent(['replica'], HOUR_MS), await notes.ofTenant('replica', 'Z')])
        expect(found.map(({ name }) => name)).toEqual(['r1', 'r2', 'r3'])
    })

    test('recent ones of some kinds are found, in the order of time, and old ones swept by kind', async () => {
      await notes.write([note({ kind: 'solution', name: 's1' })])
      await notes.write([note({ kind: 'schema', name: 's2' })])
      const names = async (withinMs: number) => (await notes.recent(['solution', 'schema'], withinMs)).map(({ name }) => name)
      expect((await names(HOUR_MS)).sort()).toEqual(['s1', 's2'])
      expect(await names(-HOUR_MS)).toEqual([])
      await notes.sweep('schema', HOUR_MS)
      expect((await names(HOUR_MS)).sort()).toEqual(['s1', 's2'])
      await notes.sweep('schema', -HOUR_MS)
      expect(await names(HOUR_MS)).toEqual(['s1'])
    })

    test('tenants that others have noted by another name are found', async () => {
      const seen = (tenantId: string, name: string) => note({ kind: 'replica', tenantId, name, writer: '' })
      await notes.write([seen('A', 'r1'), seen('B', 'r1'), seen('B', 'r2'), seen('C', 'r2')])
      expect([...(await notes.namedOtherwise('replica', ['A', 'B', 'D'], 'r1', HOUR_MS))]).toEqual(['B'])
      expect(await notes.namedOtherwise('replica', ['A', 'B', 'C'], 'r1', -HOUR_MS)).toEqual([])
    })
  },
)

/** A store of notes in memory, which fails when it is told to. */
function fakeStore(isShared = true) {
  const written: (readonly Note[])[] = []
  const there: StoredNote[] = []
  const store: NoteStore & { isDown: boolean } = {
    isShared,
    isDown: false,
    async write(notes) {
      if (store.isDown) throw new Error('down')
      written.push(notes)
    },
    ofTenant: async () => [],
    async recent(kinds, withinMs) {
      if (store.isDown) throw new Error('down')
      return there.filter(({ kind, notedAt }) => kinds.includes(kind) && notedAt > Date.now() - withinMs)
    },
    namedOtherwise: async () => [],
    sweep: async () => {},
  }
  return { store, written, there }
}

describe('the keeper of notes', () => {
  const SECOND = 1_000

  test('writes once a second what has come, the latest of each, again what the store did not take, and the rest as it ends', async () => {
    vi.useFakeTimers({ now: 1_000_000 })
    const { store, written } = fakeStore()
    const keeper = createNoteKeeper(store, () => {})
    await keeper.start()
    store.isDown = true
    keeper.note(note({ body: '1' }))
    await vi.advanceTimersByTimeAsync(SECOND)
    keeper.note(note({ body: '2' }))
    keeper.note(note({ name: 'b' }))
    store.isDown = false
    await vi.advanceTimersByTimeAsync(SECOND)
    expect(written).toEqual([[note({ body: '2' }), note({ name: 'b' })]])
    keeper.collect(() => [note({ name: 'c' })])
    await keeper.close()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
    expect(written[1]).toEqual([note({ name: 'c' })])
  })

  test('hears all there is at the start, then what is new, each once, also after a store that was away', async () => {
    vi.useFakeTimers({ now: 1_750_000_000_000 })
    const { store, there } = fakeStore()
    const heard: string[] = []
    const keeper = createNoteKeeper(store, () => {})
    keeper.hear('solution', ({ name }) => heard.push(name))
    const add = (name: string) => there.push({ ...note({ kind: 'solution', name }), notedAt: Date.now() })
    add('old')
    there[0] = { ...(there[0] as StoredNote), notedAt: Date.now() - 300 * 24 * HOUR_MS }
    await keeper.start()
    add('new')
    await vi.advanceTimersByTimeAsync(5 * SECOND)
    expect(heard).toEqual(['old', 'new'])
    store.isDown = true
    add('meanwhile')
    await vi.advanceTimersByTimeAsync(60 * SECOND)
    store.isDown = false
    await vi.advanceTimersByTimeAsync(SECOND)
    expect(heard).toEqual(['old', 'new', 'meanwhile'])
    await keeper.close()
    vi.useRealTimers()
  })

  test('sweeps what nobody asks for any more: minutes after a day, solutions after a year', async () => {
    vi.useFakeTimers()
    const { store } = fakeStore()
    const swept = new Map<string, number>()
    store.sweep = async (kind, olderThanMs) => void swept.set(kind, olderThanMs)
    const keeper = createNoteKeeper(store, () => {})
    await keeper.start()
    await vi.advanceTimersByTimeAsync(60 * SECOND)
    await keeper.close()
    vi.useRealTimers()
    expect([...swept].map(([kind, ms]) => [kind, ms / HOUR_MS])).toEqual([
      ['minute', 25],
      ['solution', 400 * 24],
      ['schema', 1],
      ['replica', 1],
    ])
    expect(swept.get('minute')).toBeGreaterThan(REMEMBERED_MS)
  })

  test('reads what is there as soon as it can where that was not possible at the start', async () => {
    vi.useFakeTimers()
    const { store, there } = fakeStore(false)
    const heard: string[] = []
    const keeper = createNoteKeeper(store, () => {})
    keeper.hear('solution', ({ name }) => heard.push(name))
    there.push({ ...note({ kind: 'solution' }), notedAt: Date.now() })
    store.isDown = true
    await keeper.start()
    store.isDown = false
    await vi.advanceTimersByTimeAsync(3 * SECOND)
    await keeper.close()
    vi.useRealTimers()
    expect(heard).toEqual(['a'])
  })

  test('puts no older note in the place of one that has come while the store was failing', async () => {
    vi.useFakeTimers()
    const { store, written } = fakeStore()
    const failing = Promise.withResolvers<void>()
    const { write } = store
    store.write = () => failing.promise
    const keeper = createNoteKeeper(store, () => {})
    await keeper.start()
    keeper.note(note({ body: '1' }))
    await vi.advanceTimersByTimeAsync(SECOND)
    keeper.note(note({ body: '2' }))
    failing.reject(new Error('slow, and then down'))
    store.write = write
    await vi.advanceTimersByTimeAsync(SECOND)
    await keeper.close()
    vi.useRealTimers()
    expect(written.flat()).toEqual([note({ body: '2' })])
  })

  test('does not look for what is new where nobody else writes', async () => {
    vi.useFakeTimers()
    const { store, there } = fakeStore(false)
    const heard: string[] = []
    const keeper = createNoteKeeper(store, () => {})
    keeper.hear('solution', ({ name }) => heard.push(name))
    await keeper.start()
    there.push({ ...note({ kind: 'solution' }), notedAt: Date.now() })
    await vi.advanceTimersByTimeAsync(5 * SECOND)
    await keeper.close()
    vi.useRealTimers()
    expect(heard).toEqual([])
  })
})
