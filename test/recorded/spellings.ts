import type { Scenario } from '../support/recording/run.ts'

const table = (columns: readonly unknown[], name = 'INV_SUPPLIERS_OOTB') => ({ tables: [{ name, columns }] })
const DECLARED = [
  { columnName: 'SUPPLIER_ID', dataType: 'string', primaryKey: true },
  { columnName: 'SUPPLIER_NAME', dataType: 'string' },
  { columnName: 'UPDATED_AT', dataType: 'timestamp', primaryKey: true },
]

/** Schemas as editions of the upstream may spell them. */
const SCHEMAS: readonly unknown[] = [
  ...[
    {},
    [],
    'x',
    null,
    { tables: null },
    { tables: [] },
    { tables: {} },
    { tables: [7] },
    { tables: [{}] },
    { tables: [{ name: 'A' }] },
    { data: table(DECLARED) },
    table(DECLARED).tables,
    { schema: JSON.stringify(table(DECLARED).tables) },
  ],
  ...[
    table(DECLARED, 'SUPPLIERS'),
    table(DECLARED, 'suppliers'),
    table(DECLARED, 'inv_suppliers_ootb'),
    table(DECLARED, 'STAGE.INV_SUPPLIERS_OOTB'),
    { tables: [{ tableName: 'INV_SUPPLIERS_OOTB', attributes: DECLARED }] },
    { objects: [{ objectName: 'INV_SUPPLIERS_OOTB', fields: DECLARED }] },
  ],
  ...[
    'string',
    'STRING',
    'varchar(10)',
    'character varying',
    'text',
    'integer',
    'int',
    'bigint',
    'smallint',
    'int8',
    'float',
    'double precision',
    'real',
    'numeric',
    'numeric(5,2)',
    'decimal(5)',
    'numeric(a)',
    'boolean',
    'bool',
    'date',
    'timestamp',
    'timestamp without time zone',
    'timestamptz',
    'datetime',
    'json',
    'super',
    'geometry',
    '',
    7,
  ].map((dataType) => table([...DECLARED.slice(0, 1), { columnName: 'SUPPLIER_NAME', dataType }])),
  ...[
    { name: 'SUPPLIER_NAME', type: 'string' },
    { attributeName: 'SUPPLIER_NAME', data_type: 'string', presence: 'required' },
    { column_name: 'SUPPLIER_NAME', dataType: 'string', nullable: false },
    { columnName: 'SUPPLIER_NAME', dataType: 'string', isKey: true },
    { columnName: 'SUPPLIER_NAME', dataType: 'string', validations: ['required', 'nonNull'] },
  ].map((column) => table([...DECLARED.slice(0, 1), column])),
  ...[
    [{ type: 'optional' }],
    [{ type: 'required' }],
    [{ type: 'required' }, { type: 'nonNull' }],
    [{ type: 'REQUIRED' }],
    [{ name: 'nonNull' }],
    [{ type: 'maxLength', value: 5 }],
    [{ type: 'required' }, { type: 'optional' }],
    'required',
    [7],
  ].map((validations) =>
    table([
      { columnName: 'SUPPLIER_NAME', dataType: 'string', validations },
      { columnName: 'MORE', dataType: 'string', validations },
    ]),
  ),
]

const SOLUTIONS: readonly unknown[] = [
  [],
  {},
  'x',
  { solutions: 7 },
  ['INV_OOTB'],
  [{ solutionName: 'A' }],
  { solutions: [{ name: 'A', prefix: 'P_', suffix: '_S', targetSchemaName: 'T', tableCount: 3 }] },
  { data: { solutions: [{ solution_name: 'A', table_count: '4', tables: ['X'] }] } },
  [{ solutionName: '' }],
  [{ solutionName: 'A' }, { solutionName: 'A' }],
  [{}],
  [null],
  { items: [{ solutionName: 'A', tables: [1, 2] }] },
]

const ROLLOUTS: readonly unknown[] = [
  {},
  [],
  'x',
  { successfulObjects: [] },
  { successfulObjects: ['INV_SUPPLIERS_OOTB'], failedObjects: [] },
  {
    successfulObjects: ['SUPPLIERS', { name: 'INV_SALES_OOTB' }, { objectName: 'STOCK' }, 7, {}],
    failedObjects: [
      'INV_PRICING_OOTB',
      { name: 'LOCATIONS', message: 'no' },
      { object: 'FORECAST', error: { message: 'denied', code: 'X' } },
    ],
  },
  { data: { successful_objects: ['a'], failed_objects: null } },
  { failedObjects: [{ name: 'OTHER', message: 'x'.repeat(400) }], successfulObjects: null },
  { successfulObjects: ['INV_SUPPLIERS_OOTB'], failedObjects: ['INV_SUPPLIERS_OOTB'] },
]

/** The schema endpoints of the upstream in other words. */
export const spellings: Scenario = {
  name: 'spellings',
  title: 'Schemas, solutions and rollouts as editions of the upstream spell them: what is read of each, and what is told instead.',
  about: `
Ann asks once for each answer that the upstream may give. A schema is told as the differences from what is declared of the suppliers.`,
  settings: {
    SCHEMA_MAX_AGE_MS: '0',
    SOLUTIONS: JSON.stringify([{ name: 'INV_OOTB', modules: ['inventory'], prefix: 'INV_', suffix: '_OOTB' }]),
  },
  upstream: () => {
    const left: Record<string, unknown[]> = { schema: [...SCHEMAS], solutions: [...SOLUTIONS], rollout: [...ROLLOUTS] }
    return ({ path }) => {
      const kind = path.endsWith('/solutions') ? 'solutions' : path.endsWith('/rollout') ? 'rollout' : 'schema'
      const body = left[kind]?.shift()
      return { body: typeof body === 'string' ? body : JSON.stringify(body) }
    }
  },
  async play({ query }) {
    for (const _ of SCHEMAS)
      await query('ann', '{ schemaDrift(solution: "INV_OOTB") { differences { kind object column declared found declaration } } }')
    for (const _ of SOLUTIONS) await query('ann', '{ solutions { solutionName prefix suffix targetSchemaName tableCount } }')
    for (const _ of ROLLOUTS)
      await query(
        'ann',
        'mutation { rollout(input: { solutionName: "INV_OOTB", appName: "a", appVersion: "1.0.0", targetSchemaName: "T" }) { complete missing objects { __typename ... on RolledOutObject { object } ... on FailedObject { object message } } } }',
      )
  },
}
