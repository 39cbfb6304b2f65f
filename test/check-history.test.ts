import { describe, expect, test } from 'vitest'
import type { Cells, Destination, HistoryEvent, Told } from './fire/history.ts'
import { LAWS, violations } from './fire/history-laws.ts'
import { putTogether } from './fire/read-history.ts'

type At = HistoryEvent & { readonly at: number }

const HOME: Destination = { tenant: 'one', object: 'N_PRODUCTS', solution: 'NORTH', operation: 'UPSERT', dryRun: false }
const APPEND = { operation: 'APPEND' }
const SETTINGS: At = { at: 0, event: 'settings', requestsPerSecond: 2, concurrency: 2, attemptTimeoutMs: 500, faultsPercent: 0 }

const row = (id: string, key = 'K1', digits = '1.50'): Cells => ({ product_id: `"${key}"`, updated_at: '"x"', source_id: id, digits })
const sent = (at: number, mutation: string, rows: readonly Cells[], other: Partial<Destination> = {}): At => ({
  at,
  event: 'sent',
  mutation,
  rows,
  ...HOME,
  ...other,
})
const outcome = (index: number, status: Told['status'], key = 'K1'): Told => ({
  index,
  status,
  key: { product_id: `"${key}"`, updated_at: '"x"' },
})
const told = (at: number, mutation: string, ...rows: readonly Told[]): At => {
  const count = (status: string) => rows.filter((one) => one.status === status).length
  return { at, event: 'told', mutation, rows, counts: [count('ACCEPTED'), count('REJECTED'), count('UNCONFIRMED')] }
}
const received = (at: number, request: number, rows: readonly Cells[], other: Partial<Destination> = {}): At[] => [
  { at, event: 'arrived', request, tenant: other.tenant ?? 'one', id: '', lateMs: 0 },
  { at, event: 'received', request, rows, fault: 'none', ...HOME, ...other },
]
const applied = (at: number, request: number, ...rows: readonly number[]): At => ({ at, event: 'applied', request, rows })
const answered = (at: number, request: number, status = 200, refused: readonly number[] = []): At[] => [
  { at, event: 'answered', request, status, refused },
  { at, event: 'ended', request, lateMs: 0 },
]
const ended = (at: number, request: number): At => ({ at, event: 'ended', request, lateMs: 0 })

/** The laws that a history breaks. */
function broken(...events: readonly (At | At[])[]): string[] {
  const run = putTogether([SETTINGS, ...events].flat().map((event) => JSON.stringify(event)))
  return Object.keys(LAWS).filter((law) => violations(run).some((found) => found.startsWith(`${law}: `)))
}

/** A mutation of one row, its request and its answer; each part may be changed. */
function oneRow(
  change: { sentTo?: Partial<Destination>; arrivesAs?: Cells[]; arrivesAt?: Partial<Destination>; status?: Told['status'] } = {},
) {
  return [
    sent(1, 'm', [row('a')], change.sentTo),
    received(2, 1, change.arrivesAs ?? [row('a')], { ...change.sentTo, ...change.arrivesAt }),
    answered(4, 1),
    told(5, 'm', outcome(0, change.status ?? 'ACCEPTED')),
  ]
}

describe('a history in which all is well breaks no law', () => {
  test('accepted, refused, lost and sent again, refused whole and sent again, declined', () => {
    const later = row('c', 'K1', '2.0')
    expect(
      broken(
        sent(1, 'm', [row('a'), row('b', 'K2')]),
        received(2, 1, [row('a'), row('b', 'K2')]),
        applied(3, 1, 0),
        answered(4, 1, 207, [1]),
        told(5, 'm', outcome(0, 'ACCEPTED'), outcome(1, 'REJECTED', 'K2')),
        sent(6, 'n', [later]),
        received(7, 2, [later]),
        ended(8, 2),
        received(1_008, 3, [later]),
        applied(1_009, 3, 0),
        answered(1_010, 3),
        told(1_011, 'n', outcome(0, 'ACCEPTED')),
        sent(3_000, 'o', [row('d')], APPEND),
        received(3_001, 4, [row('d')], APPEND),
        answered(3_002, 4, 429),
        received(3_003, 5, [row('d')], APPEND),
        applied(3_004, 5, 0),
        ended(3_005, 5),
        told(3_006, 'o', outcome(0, 'UNCONFIRMED')),
        sent(5_000, 'p', [row('e')]),
        { at: 5_001, event: 'declined', mutation: 'p', code: 'OVERLOADED' },
      ),
    ).toEqual([])
  })

  test('an unconfirmed row may be what its key holds, also where it is written after an accepted one that was sent before it', () => {
    expect(
      broken(
        sent(1, 'm', [row('a')]),
        received(2, 1, [row('a')]),
        applied(3, 1, 0),
        answered(4, 1),
        told(5, 'm', outcome(0, 'ACCEPTED')),
        sent(6, 'n', [row('b')]),
        received(7, 2, [row('b')]),
        ended(8, 2),
        told(9, 'n', outcome(0, 'UNCONFIRMED')),
        applied(10, 2, 0),
      ),
    ).toEqual([])
  })

  test('what was noted late breaks none: an end that came before the next request, a refusal that nobody waited for', () => {
    expect(
      broken(
        sent(1, 'm', [row('a'), row('b')]),
        received(2, 1, [row('a')]),
        received(110, 2, [row('b')]),
        { at: 112, event: 'ended', request: 1, lateMs: 200 },
        answered(180, 2, 429),
        told(200, 'm', outcome(0, 'UNCONFIRMED'), outcome(1, 'UNCONFIRMED')),
      ),
    ).toEqual([])
  })

  test('a row is in doubt where a request was cut before anybody could see whose rows it holds', () => {
    const arrived: At = { at: 2, event: 'arrived', request: 1, tenant: 'one', id: 'm~12345678', lateMs: 0 }
    expect(broken(sent(1, 'm', [row('a')]), arrived, ended(3, 1), told(4, 'm', outcome(0, 'UNCONFIRMED')))).toEqual([])
  })
})

const accepted = (...more: (At | At[])[]) => broken(...oneRow(), applied(3, 1, 0), ...more)

/** A law, in which way it is broken, and the laws that are broken then. */
const BROKEN: readonly [string, string, () => string[]][] = [
  ['every row has one outcome, at its own index', 'a mutation without an answer', () => broken(sent(1, 'm', [row('a')]))],
  ['every row has one outcome, at its own index', 'two answers', () => accepted(told(6, 'm', outcome(0, 'ACCEPTED')))],
  [
    'every row has one outcome, at its own index',
    'outcomes that are exchanged',
    () => broken(sent(1, 'm', [row('a'), row('b', 'K2')]), told(2, 'm', outcome(0, 'REJECTED', 'K2'), outcome(1, 'REJECTED'))),
  ],
  [
    'every row has one outcome, at its own index',
    'a row that is left out',
    () => broken(sent(1, 'm', [row('a'), row('b', 'K2')]), told(2, 'm', outcome(0, 'REJECTED'))),
  ],
  [
    'every row has one outcome, at its own index',
    'a row that nobody sent',
    () => accepted(received(2_000, 2, [row('z', 'K9')]), ended(2_001, 2)),
  ],
  ['accepted means applied', 'an accepted row that was not written', () => broken(...oneRow())],
  ['rejected means not applied', 'a rejected row that was written', () => broken(...oneRow({ status: 'REJECTED' }), applied(3, 1, 0))],
  [
    'rejected means not applied',
    'a row written after its mutation was declined',
    () =>
      broken(
        sent(1, 'm', [row('a')]),
        { at: 2, event: 'declined', mutation: 'm', code: 'OVERLOADED' },
        received(3, 1, [row('a')]),
        applied(4, 1, 0),
        answered(5, 1),
      ),
  ],
  [
    'a row arrives with the very values it was sent with',
    'a digit that is lost',
    () => broken(...oneRow({ arrivesAs: [row('a', 'K1', '1.05')] }), applied(3, 1, 0)),
  ],
  [
    'an APPEND is applied once at most',
    'one that is written twice',
    () => broken(...oneRow({ sentTo: APPEND }), applied(3, 1, 0), applied(3, 1, 0)),
  ],
  [
    'an APPEND is sent again only after a certain refusal',
    'a repeat after a connection broke',
    () =>
      broken(
        sent(1, 'm', [row('a')], APPEND),
        received(2, 1, [row('a')], APPEND),
        ended(3, 1),
        received(4, 2, [row('a')], APPEND),
        applied(5, 2, 0),
        answered(6, 2),
        told(7, 'm', outcome(0, 'ACCEPTED')),
      ),
  ],
  ['a dry run is not applied', 'a write', () => broken(...oneRow({ sentTo: { dryRun: true } }), applied(3, 1, 0))],
  ...(['tenant', 'object', 'solution', 'operation'] as const).map((name): [string, string, () => string[]] => [
    'a request holds rows of one destination',
    `a row that arrives with another ${name}`,
    () => broken(...oneRow({ arrivesAt: { [name]: 'APPEND' } }), applied(3, 1, 0)),
  ]),
  [
    'a request holds rows of one destination',
    'a dry run sent in earnest',
    () => broken(...oneRow({ sentTo: { dryRun: true }, arrivesAt: { dryRun: false } })),
  ],
  [
    'a key holds the last accepted UPSERT, or an unconfirmed one after it',
    'an earlier write that is applied late',
    () =>
      accepted(
        sent(6, 'n', [row('b')]),
        received(7, 2, [row('b')]),
        applied(8, 2, 0),
        answered(9, 2),
        told(10, 'n', outcome(0, 'ACCEPTED')),
        applied(11, 1, 0),
      ),
  ],
  [
    'no two requests in flight share a key, and none has one twice',
    'two that meet',
    () => accepted(received(3, 2, [row('b')]), ended(6, 2), sent(1, 'n', [row('b')])),
  ],
  [
    'no two requests in flight share a key, and none has one twice',
    'one that has a key twice',
    () => broken(sent(1, 'm', [row('a'), row('b')]), received(2, 1, [row('a'), row('b')]), ended(3, 1)),
  ],
  [
    'no more requests are in flight than a tenant may have',
    'a third',
    () => broken(...[1, 2, 3].flatMap((nth) => received(nth, nth, [])), ...[1, 2, 3].map((nth) => ended(9, nth))),
  ],
  [
    'no second has more requests of a tenant than its rate',
    'a third within it',
    () => broken(...[1, 400, 1_000.9].flatMap((at, nth) => [...received(at, nth, []), ended(at, nth)])),
  ],
  [
    'a row is unconfirmed only where something is in doubt',
    'one of which all requests were refused',
    () =>
      broken(
        sent(1, 'm', [row('a')]),
        received(2, 1, [row('a')]),
        answered(3, 1, 207, [0]),
        received(1_002, 2, [row('a')]),
        answered(1_003, 2, 429),
        told(1_004, 'm', outcome(0, 'UNCONFIRMED')),
      ),
  ],
  [
    'a row is unconfirmed only where something is in doubt',
    'one that never left',
    () => broken(sent(1, 'm', [row('a')]), told(2, 'm', outcome(0, 'UNCONFIRMED'))),
  ],
]

test.each(BROKEN)('%s: broken by %s', (law, _how, laws) => {
  expect(laws()).toContain(law)
})

test('every law has a history here that breaks it', () => {
  expect([...new Set(BROKEN.map(([law]) => law))].sort()).toEqual(Object.keys(LAWS).sort())
})
