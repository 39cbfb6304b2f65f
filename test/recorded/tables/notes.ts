import { createEvents } from '../../../src/ingest/events.ts'
import type { SchemaCache } from '../../../src/lifecycle/schema-cache.ts'
import { createSolutionDirectory } from '../../../src/lifecycle/solution-directory.ts'
import type { Ledger } from '../../../src/quality/ledger.ts'
import { readMinute, readSolution } from '../../../src/replicas/note-bodies.ts'
import { createNoteKeeper } from '../../../src/replicas/note-keeper.ts'
import type { Note, NoteStore, StoredNote } from '../../../src/replicas/note-store.ts'
import { watchPresence } from '../../../src/replicas/presence.ts'
import { createSharedQuality } from '../../../src/replicas/shared-quality.ts'
import { shareSchemas, shareSolutions } from '../../../src/replicas/shared-schemas.ts'
import { secret } from '../../../src/util/secret.ts'
import { type Chance, createChance } from '../../support/random.ts'
import { takeClock } from '../../support/virtual-clock.ts'
import { inTurn, type Table } from './table.ts'

const named = ({ kind, tenantId, name, writer, body }: Note) =>
  `${kind} ${tenantId} ${name} ${writer} ${/^[0-9a-f-]{36}$/.test(body) ? 'own' : body}`

/** A store that fails now and then, and into which others write as well. */
function storeOf(chance: Chance, isShared: boolean, say: (what: string) => void): NoteStore & { put(note: Note): void } {
  const notes = new Map<string, StoredNote>()
  const put = (note: Note) =>
    void notes.set(JSON.stringify([note.kind, note.tenantId, note.name, note.writer]), {
      ...note,
      notedAt: Math.round(performance.now()) + 1,
    })
  const asked = async <Answer>(what: string, answer: () => Answer): Promise<Answer> => {
    const fails = chance.percent(12)
    say(`${what}${fails ? ': fails' : ''}`)
    if (fails) throw new Error(what)
    return answer()
  }
  const within = (ms: number) => [...notes.values()].filter(({ notedAt }) => notedAt > performance.now() - ms)
  return {
    isShared,
    put,
    write: (all) => asked(`write ${all.map(named).join(', ')}`, () => all.forEach(put)),
    ofTenant: (kind, tenantId) =>
      asked(`of ${kind} ${tenantId}`, () => [...notes.values()].filter((note) => note.kind === kind && note.tenantId === tenantId)),
    recent: (kinds, ms) =>
      asked(`recent ${kinds.join(' ')} ${Math.round(ms)}`, () => within(ms).filter(({ kind }) => kinds.includes(kind))),
    namedOtherwise: (kind, tenantIds, name, ms) =>
      asked(`others than ${name} for ${tenantIds.join(' ')} ${ms}`, () =>
        within(ms)
          .filter((note) => note.kind === kind && tenantIds.includes(note.tenantId) && note.name !== name)
          .map(({ tenantId }) => tenantId),
      ),
    sweep: (kind, ms) => asked(`sweep ${kind} ${ms}`, () => {}),
  }
}

const ISSUES = [
  { code: 'MISSING_FIELD', field: 'a', count: 2 },
  { code: 'FROM_THE_FUTURE', count: 1 },
]
const MINUTE = {
  solution: 's',
  resource: 'R',
  start: 60_000,
  mutations: 1,
  rows: { ACCEPTED: 1, REJECTED: 2, UNCONFIRMED: 3 },
  issues: ISSUES,
}

/** A replica over a store, while rows are sent, solutions learnt and schemas changed, here and elsewhere. */
async function replica(seed: number, isShared: boolean): Promise<string> {
  const clock = takeClock()
  try {
    const chance = createChance(seed)
    const seen: string[] = []
    const say = (what: string) => void seen.push(`${Math.round(performance.now())} ${what}`)
    const store = storeOf(chance, isShared, say)
    const keeper = createNoteKeeper(store, (error) => say(`failed: ${(error as Error).message.split(' ')[0]}`))
    const events = createEvents()
    watchPresence({
      events,
      notes: store,
      keeper,
      replicaId: 'me',
      onTogether: (tenants) => tenants.length > 0 && say(`together ${tenants.join(' ')}`),
    })
    const changed = new Set<number>()
    const ledger: Pick<Ledger, 'minutes' | 'takeChanged'> = {
      minutes: () => [],
      takeChanged() {
        const taken = [...changed].map((start) => [{ ...MINUTE, start, issues: new Map() }, 'A'] as const)
        changed.clear()
        return taken
      },
    }
    const reader = createSharedQuality({ ledger: ledger as Ledger, notes: store, keeper, writer: 'me' })
    const schemas = shareSchemas({ forget: ({ id }, name) => say(`forgets ${id} ${name}`) } as SchemaCache, keeper)
    const directory = shareSolutions(createSolutionDirectory([]), keeper)
    const tenantOf = (id: string) => ({ id, credential: secret('t') })
    const solutionOf = (name: string) => ({ name, modules: [], prefix: `${Math.round(performance.now())}`, suffix: '' })
    if (chance.percent(50)) store.put({ kind: 'solution', tenantId: 'A', name: 'old', writer: '', body: JSON.stringify(solutionOf('old')) })
    await keeper.start()
    const acts: Record<string, (tenant: string) => unknown> = {
      sends: (tenant) => events.emit('batch:sent', { batch: { destination: { tenant: { id: tenant } } } } as never),
      counts: () => changed.add(Math.round(performance.now())),
      learns: (tenant) => directory.learn(tenantOf(tenant), solutionOf(chance.pick(['s', 't']))),
      changes: (tenant) => schemas.forget(tenantOf(tenant), 's'),
      'other sends': (tenant) => store.put({ kind: 'replica', tenantId: tenant, name: 'you', writer: '', body: '' }),
      'other learns': (tenant) =>
        store.put({ kind: 'solution', tenantId: tenant, name: 'u', writer: '', body: chance.pick(['{', JSON.stringify(solutionOf('u'))]) }),
      'other changes': (tenant) => store.put({ kind: 'schema', tenantId: tenant, name: 's', writer: '', body: 'you' }),
      'other counts': (tenant) => store.put({ kind: 'minute', tenantId: tenant, name: '1', writer: 'you', body: JSON.stringify(MINUTE) }),
      asks: async (tenant) => {
        const minutes = await reader.minutes({
          tenantId: tenant,
          solution: chance.pick(['s', 's', 't']),
          since: 0,
          until: chance.pick([60_000, 60_001]),
        })
        say(
          `is told ${minutes.map(({ start, rows, issues }) => `${start} ${Object.values(rows).join('/')} ${[...issues.keys()].join(', ')}`).join('; ')}`,
        )
      },
    }
    for (let nth = 0; nth < 40; nth++) {
      const [act, tenant] = [chance.pick(Object.keys(acts)), chance.pick(['A', 'B'])]
      say(`${act} ${tenant}`)
      await acts[act]?.(tenant)
      await clock.pass(chance.pick([1, 400, 999, 1_000, 5_000, 11_000]))
    }
    say(
      `knows ${['A', 'B']
        .flatMap((id) => ['s', 't', 'u', 'old'].map((name) => `${id}${name} ${JSON.stringify(directory.find(tenantOf(id), name))}`))
        .filter((text) => !text.includes('fault'))
        .join(', ')}`,
    )
    directory.learn(tenantOf('A'), solutionOf('last'))
    await keeper.close()
    return [`replica ${seed} ${isShared ? 'beside others' : 'alone'}`, ...seen].join('\n  ')
  } finally {
    clock.restore()
  }
}

const BODIES: readonly unknown[] = [
  ...[
    MINUTE,
    { ...MINUTE, issues: [] },
    { ...MINUTE, mutations: -1 },
    { ...MINUTE, start: 1.5 },
    { ...MINUTE, rows: { ACCEPTED: 1, REJECTED: 0 } },
    { ...MINUTE, solution: 7 },
  ],
  ...[
    { ...MINUTE, issues: [{ code: 7, count: 1 }] },
    { ...MINUTE, issues: [{ code: 'X', count: -1 }] },
    { ...MINUTE, more: 1 },
    { ...MINUTE, issues: [{ code: 'TOO_LONG', field: null, count: 1 }] },
  ],
  ...[
    { name: 's', modules: ['a'], prefix: '', suffix: '' },
    { name: 's', modules: 'a', prefix: '', suffix: '' },
    { name: 's', modules: [] },
    null,
    'x',
    [],
  ],
]

/** What replicas tell each other. */
export const notes: Table = {
  name: 'notes',
  title: 'What replicas tell each other by a store that fails now and then, and what of it is read.',
  about: 'Each line begins with the time in milliseconds.',
  lines: async () => [
    ...(await inTurn([1, 2, 3, 4].flatMap((seed) => [() => replica(seed, true), ...(seed < 3 ? [() => replica(seed, false)] : [])]))),
    ...BODIES.map(
      (body) =>
        `${JSON.stringify(body)}: ${JSON.stringify(readMinute(JSON.stringify(body)))} ${JSON.stringify(readSolution(JSON.stringify(body)))}`,
    ),
  ],
}
