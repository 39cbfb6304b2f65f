import { exampleRow } from '../../src/resource/define-resource.ts'
import type { Scenario } from '../support/recording/run.ts'
import type { Answering, Reply } from '../support/recording/upstream.ts'
import { resourceNamed } from '../support/rows.ts'
import { item } from './rows.ts'

const DECLARED = resourceNamed('Products').columns.map(({ name, type }) => ({ columnName: name.toUpperCase(), dataType: type }))

/** Attributes of every type, in the spellings of several editions. */
const CUSTOM = [
  { columnName: 'LIFE', dataType: 'integer', validations: [{ type: 'required' }, { type: 'nonNull' }] },
  { columnName: 'COLOUR', dataType: 'varchar(5)' },
  { columnName: 'PRICE', dataType: 'numeric(5,2)' },
  { columnName: 'SEEN', dataType: 'timestamp' },
  { columnName: 'DAY', dataType: 'date' },
  { columnName: 'ORGANIC', dataType: 'boolean' },
  { columnName: 'PAPERS', dataType: 'json' },
  { columnName: 'SHAPE', dataType: 'geometry' },
  { columnName: 'WEIGHT', dataType: 'float', validations: [{ type: 'optional' }] },
]
const table = (columns: readonly object[], name = 'INV_PRODUCTS_OOTB') => ({ body: { tables: [{ name, columns }] } })

/** What each caller's schema is, call by call; the last holds on. */
const SCHEMAS: Readonly<Record<string, readonly Reply[]>> = {
  ann: [table([...DECLARED, ...CUSTOM])],
  bob: [{ status: 500, body: {} }, table([...DECLARED, ...CUSTOM])],
  cay: [table(DECLARED), table([...DECLARED, { columnName: 'NEW', dataType: 'string' }])],
  dan: [{ body: { tables: [] } }],
  eve: [{ ends: 'never' }],
  fay: [{ status: 403, body: {} }],
  gil: [{ body: 'not json' }],
}

function schemas(): Answering {
  const asked = new Map<string, number>()
  return ({ method, headers, rows }) => {
    if (method === 'POST') return { body: { accepted: rows.length, failed: [] } }
    const caller = String(headers.authorization).replace('token-', '')
    const nth = asked.get(caller) ?? 0
    asked.set(caller, nth + 1)
    const replies = SCHEMAS[caller] ?? [{ status: 404, body: {} }]
    return replies[Math.min(nth, replies.length - 1)] as Reply
  }
}

const VALUES: readonly Record<string, unknown>[] = [
  { LIFE: 1 },
  { life: 1, COLOUR: 'red' },
  { LIFE: 1.5, COLOUR: 'purple' },
  { LIFE: null },
  { COLOUR: 'red' },
  { LIFE: 1, PRICE: 123.45 },
  { LIFE: 1, PRICE: 1_234.5 },
  { LIFE: 1, PRICE: '123.456' },
  { LIFE: 1, PRICE: 'a' },
  { LIFE: 1, SEEN: '2025-01-15T08:00:00Z', DAY: '2025-02-30' },
  { LIFE: 1, SEEN: 'today', DAY: '2025-02-28', ORGANIC: true },
  { LIFE: 1, ORGANIC: 'yes', PAPERS: { a: [1, { b: null }] } },
  { LIFE: 1, PAPERS: '{"a":1}', SHAPE: 'any', WEIGHT: 1e300 },
  { LIFE: 1, PAPERS: '{', WEIGHT: 'x' },
  { LIFE: 1, Life: 2 },
  { LIFE: 1, PACK_SIZE: 3 },
  { LIFE: 1, COLOR: 'red', __proto__x: 1, 'a b': 1 },
  { LIFE: 1, constructor: 1 },
]

/** Custom attributes, as each tenant has them. */
export const attributes: Scenario = {
  name: 'attributes',
  title: "Custom attributes: the tenant's tables are read once, kept for a while, and read again before an attribute is refused.",
  about: `
Ann has attributes of every type. Bob's schema fails once, and is asked for again half a minute later; an attribute that Cay sends was added since it was
read; Dan's table is missing, Eve's schema does not come within 3 s, Fay may not read hers, and Gil's is no JSON. Rows go without what cannot be checked.`,
  settings: { SCHEMA_MAX_AGE_MS: '100000' },
  upstream: schemas,
  async play({ ingest, query, pass, say }) {
    const rows = (extras: readonly unknown[]) => extras.map((extra, nth) => item(`P${nth}`, { extra }))
    await ingest('ann', 'upsertProducts', rows(VALUES))
    await ingest('ann', 'upsertProducts', [item('A'), item('B', { extra: null }), item('C', { extra: [] }), item('D', { extra: {} })])
    await ingest('ann', 'upsertProducts', rows([{ LIFE: 1, NOPE: 1 }]))
    await ingest('ann', 'upsertProducts', [{ ...exampleRow(resourceNamed('Products')), extra: { LIFE: 2 } }])
    for (const caller of ['bob', 'cay', 'dan', 'eve', 'fay', 'gil']) await ingest(caller, 'upsertProducts', rows([{ NEW: 'a', LIFE: 'x' }]))
    await pass(29_000)
    await ingest('bob', 'upsertProducts', rows([{ LIFE: 'x' }]))
    await pass(2_000)
    await ingest('bob', 'upsertProducts', rows([{ LIFE: 'x' }]))
    say('as old as it may be')
    await pass(50_000)
    await ingest('ann', 'upsertProducts', rows([{ LIFE: 1 }]))
    await pass(60_000)
    await ingest('ann', 'upsertProducts', rows([{ LIFE: 1 }]))
    for (const caller of ['ann', 'dan', 'fay', 'gil'])
      await query(
        caller,
        '{ solutionSchema(solution: "INV_OOTB") { name columns { name dataType presence isKey } } schemaDrift(solution: "INV_OOTB") { differences { kind object column declared found } } }',
      )
  },
}
