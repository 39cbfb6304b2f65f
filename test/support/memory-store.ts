import {
  type IdempotencyStore,
  LEASE_MS,
  type Opened,
  type OpenRequest,
  type StoredRecord,
  type Write,
} from '../../src/idempotency/store-port.ts'

interface MemoryRecord extends Omit<StoredRecord, 'state' | 'entries'> {
  readonly owner: number | undefined
  readonly isSettled: boolean
  readonly unconfirmed: number
  readonly journal: readonly { readonly name: string; readonly entry: string }[]
}

/** A database in memory that several stores share, each an owner as a process would be: the plain twin of the others, for simulations. */
export interface MemoryDatabase {
  store(): IdempotencyStore
}

/** An empty database with a clock of its own. */
export function createMemoryDatabase(now: () => number = Date.now): MemoryDatabase {
  const records = new Map<string, MemoryRecord>()
  const beats = new Map<number, number>()
  let owners = 0

  const isAlive = (owner: number | undefined) => owner !== undefined && (beats.get(owner) ?? Number.NEGATIVE_INFINITY) > now() - LEASE_MS
  const textsOf = ({ journal }: MemoryRecord) => journal.map(({ entry }) => entry)

  function open(me: number, { id, reopens, ...request }: OpenRequest): Opened {
    const record = records.get(id)
    const mine = { owner: me, openedAt: now(), version: request.version }
    if (record === undefined) {
      records.set(id, { ...request, ...mine, epoch: 1, createdAt: now(), isSettled: false, unconfirmed: 0, journal: [] })
      return { kind: 'created', epoch: 1 }
    }
    if (record.version > request.version) return { kind: 'newerVersion' }
    if (record.fingerprint !== request.fingerprint) return { kind: 'reused' }
    if (record.isSettled && !reopens) return { kind: 'settled', entries: textsOf(record) }
    if (record.owner !== me && isAlive(record.owner)) return { kind: 'running' }
    records.set(id, { ...record, ...mine, epoch: record.epoch + 1, isSettled: false })
    return { kind: 'resumed', epoch: record.epoch + 1, entries: textsOf(record) }
  }

  function write(me: number, one: Write): boolean {
    const record = records.get(one.claim.id)
    const isLast = record?.epoch === one.claim.epoch
    const mayWrite = one.kind === 'fact' || (isLast && (one.kind === 'rejection' || record.owner === me))
    if (record === undefined || !mayWrite) return false
    const { id } = one.claim
    if (one.kind === 'forget' && record.epoch === 1 && record.journal.length === 0) return records.delete(id)
    const { unconfirmed } = { ...record, ...one }
    const journal =
      'entry' in one ? withEntry(one.kind === 'settle' ? unknownTo(record.journal, one) : record.journal, one) : record.journal
    const isEnd = one.kind === 'settle' || one.kind === 'release' || one.kind === 'forget'
    const owner = isEnd ? undefined : record.owner
    records.set(id, { ...record, journal, owner, isSettled: record.isSettled || one.kind === 'settle', unconfirmed })
    return true
  }

  return {
    store() {
      const me = ++owners
      return {
        open: async (requests) => requests.map((request) => open(me, request)),
        write: async (writes) => writes.map((one) => write(me, one)),
        async read(id) {
          const record = records.get(id)
          if (record === undefined) return undefined
          const { fingerprint, rowCount, operation, version, epoch, createdAt, openedAt } = record
          const state = record.isSettled ? 'SETTLED' : isAlive(record.owner) ? 'RUNNING' : 'INTERRUPTED'
          return { fingerprint, rowCount, operation, version, state, epoch, createdAt, openedAt, entries: textsOf(record) }
        },
        beat: async () => void beats.set(me, now()),
        async sweep(olderThanMs, limit) {
          const isOld = ({ openedAt, owner }: MemoryRecord) => openedAt < now() - olderThanMs && !isAlive(owner)
          const old = [...records].filter(([, record]) => isOld(record)).slice(0, limit)
          for (const [id] of old) records.delete(id)
          return old.length
        },
        async stats() {
          const all = [...records.values()]
          const open = all.filter(({ isSettled }) => !isSettled).map(({ createdAt }) => createdAt)
          const unconfirmedRows = all.reduce((sum, { unconfirmed }) => sum + unconfirmed, 0)
          return { records: all.length, oldestOpenMs: open.length === 0 ? undefined : now() - Math.min(...open), unconfirmedRows }
        },
        async close() {
          beats.delete(me)
          for (const [id, record] of records) if (record.owner === me) records.set(id, { ...record, owner: undefined })
        },
      }
    },
  }
}

function withEntry(journal: MemoryRecord['journal'], { claim, number, entry }: Extract<Write, { entry: string }>): MemoryRecord['journal'] {
  const name = `${claim.epoch}/${number}`
  return journal.some((one) => one.name === name) ? journal : [...journal, { name, entry }]
}

/** What a claim that settles its record has not read, nor written itself. */
function unknownTo(journal: MemoryRecord['journal'], { claim, known }: Extract<Write, { kind: 'settle' }>): MemoryRecord['journal'] {
  return journal.filter(({ name }) => !name.startsWith(`${claim.epoch}/`)).slice(known)
}
