import { type Attribute, attributeFaults, withWireDefault } from '../../../src/lifecycle/attribute.ts'
import { declarationLine, findDrift, isSameObject, typeOf } from '../../../src/lifecycle/drift.ts'
import { attributesOf } from '../../../src/lifecycle/find-attributes.ts'
import { createSolutionDirectory } from '../../../src/lifecycle/solution-directory.ts'
import { tableConflicts, tableDefinitions } from '../../../src/lifecycle/table-definition.ts'
import type { ColumnDeclaration } from '../../../src/resource/column.ts'
import { defineResource, type Resource } from '../../../src/resource/define-resource.ts'
import { exampleSolutions } from '../../../src/resource/module.ts'
import { camelCase, pascalCase, sentenceCase } from '../../../src/resource/names.ts'
import { faultsWithAttributes, requiredOf, writeAttributes } from '../../../src/rows/attributes.ts'
import { writeAttribute, writeDefinition } from '../../../src/upstream/definition-wire.ts'
import { findList, readSolution, readTable } from '../../../src/upstream/read-schema.ts'
import { exactNumber } from '../../../src/util/exact-number.ts'
import { secret } from '../../../src/util/secret.ts'
import type { Table } from './table.ts'

const FORMATS = ['YYYY-MM-DD HH:MM:SS', 'ISO-8601 UTC'] as const
const DIALECTS = [
  { attributeNameKey: 'columnName', timestampType: 'timestamp' },
  { attributeNameKey: 'attributeName', timestampType: 'datetime' },
] as const

function resourceOf(module: string, primaryKey: readonly string[], columns: Record<string, Partial<ColumnDeclaration>>): Resource {
  const declared = Object.entries(columns).map(([name, column]) => [
    name,
    { type: 'string', presence: 'optional', description: 'A column.', ...column },
  ])
  const example = Object.fromEntries(Object.keys(columns).map((name) => [name, 'A']))
  return defineResource({
    object: 'PARTS',
    module,
    description: 'Parts.',
    primaryKey,
    columns: Object.fromEntries(declared),
    example,
  } as never)
}

const KEY: Partial<ColumnDeclaration> = { presence: 'required' }
const parts = resourceOf('one', ['id'], {
  id: KEY,
  size: { type: 'integer', presence: 'required' },
  price: { type: 'float', presence: 'nullable', min: 0 },
  made_at: { type: 'timestamp' },
  sold_on: { type: 'date' },
  is_new: { type: 'boolean' },
  papers: { content: 'json' },
  label: { maxLength: 40 },
})
const twin = resourceOf('two', ['id'], {
  id: KEY,
  size: { type: 'integer' },
  label: { maxLength: 90, presence: 'nullable' },
  only_here: { presence: 'required' },
})
const other = resourceOf('two', ['id', 'size'], { id: KEY, size: { type: 'float', presence: 'required' } })
const strict = resourceOf('iso', ['id'], { id: KEY, made_at: { type: 'timestamp', presence: 'required' } })
const papers = resourceOf('two', ['id'], { id: KEY, papers: {} })
const modules = {
  one: { title: 'One', timestampFormat: FORMATS[0], exampleSolution: { name: 'S', prefix: 'P_', suffix: '_Z' } },
  two: { title: 'Two', timestampFormat: FORMATS[0], exampleSolution: { name: 'S', prefix: 'P_', suffix: '_Z' } },
  iso: { title: 'Iso', timestampFormat: FORMATS[1], exampleSolution: { name: 'I', prefix: '', suffix: '' } },
}
const solution = { name: 'S', modules: ['one', 'two'], prefix: 'P_', suffix: '_Z' }

const TYPE_WORDS = [
  ...[
    'string',
    'VARCHAR(40)',
    'varchar (40)',
    'varchar',
    'character varying(7)',
    'json',
    'SUPER',
    'jsonb',
    'integer',
    'BIGINT',
    'int8',
    'long',
  ],
  ...[
    'float',
    'double precision',
    'numeric',
    'numeric(10)',
    'NUMERIC(10,2)',
    ' decimal ( 10 , 2 ) ',
    'decimal(100)',
    'number',
    'numeric(1,2,3)',
  ],
  ...['boolean', 'date', 'timestamp', 'timestamptz', 'timestamp without time zone', 'datetime', 'geometry', ''],
]

/** Columns as an upstream lists them, beside those of other types. */
const COLUMNS: readonly unknown[] = [
  ...[
    'bare',
    '',
    7,
    null,
    {},
    { name: 'N' },
    { columnName: 'N', type: 'int' },
    { attribute_name: 'N', data_type: 'int' },
    { column: 'N' },
    { name: '' },
  ],
  ...[
    { presence: 'REQUIRED' },
    { presence: 'non_null' },
    { presence: 'optional' },
    { presence: 'nullable' },
    { presence: 'other' },
    { required: true },
    { required: false },
  ],
  ...[
    { isRequired: 'true' },
    { nonNull: true },
    { notNull: true },
    { notNull: false },
    { nullable: false },
    { nullable: true },
    { isNullable: false },
  ],
  ...[
    { defaultValue: '' },
    { default: 0 },
    { columnDefault: null },
    { maxLength: 5 },
    { maxLength: '5' },
    { maxLength: 5.5 },
    { dataType: 'varchar(9)', maxLength: 5 },
  ],
  ...[
    { primaryKey: true },
    { isPrimaryKey: false },
    { isKey: 'yes' },
    { precision: 5, scale: 2 },
    { numericPrecision: '5' },
    { scale: 1.5 },
  ],
  ...[
    ['required'],
    ['nonNull', 'required'],
    [{ type: 'required' }, { type: 'maxLength', value: 6 }],
    [{ name: 'max_length', length: '7' }],
  ].map((validations) => ({ validations })),
  ...[[{ type: 'NULLABLE' }], { required: true, maxLength: 8 }, { nullable: false }, 'required', null].map((constraints) => ({
    constraints,
  })),
].map((column) =>
  typeof column === 'object' && column !== null && !/name|column"/i.test(JSON.stringify(column)) && Object.keys(column).length > 0
    ? { name: 'N', ...column }
    : column,
)

const TABLES_LISTED: readonly unknown[] = [
  ...[
    'x',
    null,
    {},
    { name: 'T' },
    { name: 'T', columns: [] },
    { columns: ['a'] },
    { tableName: 'T', attributes: ['a'] },
    { object: 'T', fields: { a: 'int' } },
  ],
  ...[
    { name: 'T', columns: { a: { type: 'int' } } },
    { name: 'T', columns: { a: 1 } },
    { table: 'T', data: { columns: ['a'] } },
    { objectName: 7, columns: ['a'] },
  ],
  ...['primaryKey', 'primary_keys', 'keys', 'keyColumns'].map((name) => ({
    name: 'T',
    columns: ['A', 'b', { name: 'c', isKey: true }],
    [name]: ['a', 'B'],
  })),
]

const SOLUTIONS: readonly unknown[] = [
  ...[
    'S',
    {},
    { name: 'S' },
    { solutionName: 'S', name: 'X', prefix: 'P_', suffix: '', targetSchemaName: 'STAGE' },
    { name: 'S', tableCount: 3 },
  ],
  ...[
    { name: 'S', tables: ['a', 'b'] },
    { name: 'S', objects: ['a'] },
    { name: 'S', tableCount: 'many' },
    { name: 'S', table_count: '4', tables: [] },
    { name: 7 },
  ],
]

const LISTS: readonly unknown[] = [
  ...[
    [],
    ['a'],
    {},
    { tables: [] },
    { tables: {} },
    { tables: { a: 'int', b: [], c: {} } },
    { tables: { a: 1 } },
    { tables: 'x', objects: ['a'] },
  ],
  ...[
    { data: ['a'] },
    { data: { tables: ['a'] } },
    { result: { data: { tables: ['a'] } } },
    { data: { result: { response: { tables: ['a'] } } } },
  ],
  ...[{ data: 'x', items: ['a'] }, { data: {}, content: { tables: ['b'] } }, { DATA: { Tables: ['a'] } }, null, 'x'],
]

const listed = (columns: readonly object[], name = 'P_PARTS_Z') => [{ name, columns: columns as never }]
const plain = parts.columns.map(({ name, type, isKey, presence }) => ({ name: name.toUpperCase(), dataType: type, isKey, presence }))
const changed = (name: string, changes: object) => plain.map((column) => (column.name === name ? { ...column, ...changes } : column))
const DRIFTS: readonly (readonly object[])[] = [
  ...[plain, [], plain.slice(1), plain.filter(({ name }) => name !== 'LABEL'), plain.filter(({ name }) => name !== 'PRICE')],
  ...[{ presence: 'required' }, { presence: 'optional' }, { isKey: true }, { dataType: 'varchar(40)' }, { dataType: 'bigint' }].flatMap(
    (changes) => [changed('SIZE', changes), changed('LABEL', changes), changed('ID', changes), changed('PRICE', changes)],
  ),
  ...[{}, { dataType: 'int', presence: 'required' }, { presence: 'required', hasDefault: true }, { dataType: 'odd' }].map((more) => [
    ...plain,
    { name: 'NEW', ...more },
  ]),
  ...[[...plain, { name: 'only_here' }]],
]

const ATTRIBUTES: readonly Attribute[] = [
  ...['A', '_A1', '1A', 'a', 'A'.repeat(127), 'A'.repeat(128), '', 'SIZE', '__PROTO__', 'A-B'].map((name) => ({
    name,
    type: 'STRING' as const,
  })),
  ...[
    { nonNull: true },
    { required: true, nonNull: true },
    { minLength: 2, maxLength: 1 },
    { minLength: 2, maxLength: 2 },
    { minLength: 0 },
    { precision: 3 },
  ],
  ...['', 'a', 'ab', 'abc', '\u{1f600}\u{1f600}'].map((defaultValue) => ({ minLength: 1, maxLength: 2, defaultValue })),
  ...['x'.repeat(65_535), 'x'.repeat(65_536)].map((defaultValue) => ({ defaultValue })),
  ...[{ maxLength: 3 }, { precision: 1 }, { scale: 0 }].map((more) => ({ type: 'INTEGER' as const, ...more })),
  ...['0', '-0', '01', '-7', '1.0', '9007199254740991', '9007199254740992', ''].map((defaultValue) => ({
    type: 'INTEGER' as const,
    defaultValue,
  })),
  ...['1', '.5', '1e3', 'NaN', '1'.repeat(38), '1'.repeat(39)].map((defaultValue) => ({ type: 'FLOAT' as const, defaultValue })),
  ...[
    { precision: 0 },
    { precision: 1 },
    { precision: 38 },
    { precision: 39 },
    { scale: -1 },
    { scale: 0 },
    { scale: 37 },
    { scale: 38 },
  ].map((digits) => ({ type: 'NUMERIC' as const, ...digits })),
  ...[
    { precision: 4, scale: 3 },
    { precision: 4, scale: 4 },
  ].map((digits) => ({ type: 'NUMERIC' as const, ...digits })),
  ...['12.34', '123.4', '1.234', '12', '1'.repeat(38)].map((defaultValue) => ({
    type: 'NUMERIC' as const,
    precision: 4,
    scale: 2,
    defaultValue,
  })),
  ...['1234', '12345', '0.1234'].map((defaultValue) => ({ type: 'NUMERIC' as const, precision: 4, defaultValue })),
  ...['true', 'false', 'TRUE'].map((defaultValue) => ({ type: 'BOOLEAN' as const, defaultValue })),
  ...['2025-01-31', '2025-02-30'].map((defaultValue) => ({ type: 'DATE' as const, defaultValue })),
  ...['2025-01-31T10:00:00+02:00', '2025-01-31 10:00:00.5', 'now'].map((defaultValue) => ({ type: 'TIMESTAMP' as const, defaultValue })),
  ...['{"a":1}', '{'].map((defaultValue) => ({ type: 'JSON' as const, defaultValue, required: true })),
].map((changes) => ({ name: 'NEW', type: 'STRING', required: false, nonNull: false, ...changes }))

const EXTRAS: readonly unknown[] = [
  ...[
    undefined,
    {},
    'x',
    { N: null },
    { n: 'ab' },
    { N: 'abcdef' },
    { n: 7 },
    { n: 1.5 },
    { N: '1.25' },
    { N: '123456789.5' },
    { n: true },
    { n: exactNumber('1.10') },
  ],
  ...[{ n: '2025-01-31' }, { n: '2025-01-31T10:00:00Z' }, { n: '{' }, { M: 1 }, { n_: 'x' }, { 'bad name': 1, n: 'x' }],
]

const short = (value: unknown) =>
  JSON.stringify(value)
    ?.replace(/(.)\1{36,}/g, (run, of) => `${of} x ${run.length}`)
    .slice(0, 200) ?? 'undefined'

/** What becomes of what rows carry, beside attributes that a table has by these columns. */
function carriedBy(column: unknown): string[] {
  const table = readTable({ name: 'P_PARTS_Z', columns: [column] })
  const attributes = attributesOf(table === undefined ? [] : [table], solution, parts, [parts, twin])
  if (attributes === undefined) return ['  none']
  const known = `  ${short([...attributes.values()])}`
  const judged = EXTRAS.map((extra) => {
    const faults = faultsWithAttributes(undefined, extra, attributes, requiredOf(attributes), { timestampFormat: FORMATS[1] })
    const wire = {}
    if (faults === undefined) writeAttributes(wire, extra, attributes, { timestampFormat: FORMATS[1], keyCase: 'upper' })
    return faults?.map(({ code, field }) => `${code} ${field}`).join(', ') ?? (Object.keys(wire).length === 0 ? '' : JSON.stringify(wire))
  })
  return [known, `  ${judged.flatMap((one, at) => (one === '' ? [] : [`${at} ${one}`])).join('; ')}`]
}

function choices(): string[] {
  const tenant = { id: 'T', credential: secret('t') }
  const configured = [
    solution,
    { name: 'I', modules: ['iso'], prefix: '', suffix: '' },
    { name: 'Q', modules: ['two'], prefix: 'Q_', suffix: '' },
  ]
  const directory = createSolutionDirectory(configured)
  const chosen = [parts, twin, strict, resourceOf('none', ['id'], { id: KEY })]
  const all = () =>
    chosen.flatMap((resource) =>
      [undefined, null, 'S', 'I', 'Q', 'OWN', 'X'].flatMap((name) =>
        [undefined, new Set(['S']), new Set<string>()].map((among) => {
          const found = directory.findFor(tenant, resource, name, among)
          return `${resource.module} ${name} among ${among && [...among]}: ${'fault' in found ? found.fault : `${found.prefix}${found.name}${found.suffix}`}`
        }),
      ),
    )
  const asConfigured = () =>
    ['S', 'OWN', 'X'].map(
      (name) => `${name} as configured: ${directory.isAsConfigured(tenant, name)}, found: ${short(directory.find(tenant, name))}`,
    )
  const before = [...all(), ...asConfigured()]
  for (const own of [
    { ...solution, prefix: 'MY_' },
    { ...solution, name: 'OWN', modules: ['two'] },
  ])
    directory.learn(tenant, own)
  const [same, elsewhere] = [directory.find(tenant, 'S'), directory.find({ ...tenant, id: 'U' }, 'S')]
  for (let nth = 0; nth < 99; nth++) directory.learn(tenant, { ...solution, name: `N${nth}` })
  const left = ['OWN', 'S', 'N0', 'N98'].map((name) => `${name}: ${'fault' in directory.find(tenant, name) ? 'gone' : 'there'}`)
  return [...before, 'learnt', ...all(), ...asConfigured(), short(same), short(elsewhere), ...left]
}

/** Tables as upstreams list them, and as they are asked for. */
export const schemas: Table = {
  name: 'schemas',
  title:
    'Tables: how they are read, held against what is declared, and asked for; what attributes may be, and what rows may carry of them.',
  about: 'Below each column is what is known of it as an attribute, and what is said of each extra, by its number, or how it is written.',
  lines: () => [
    ...EXTRAS.map((extra, at) => `extra ${at}: ${short(extra)}`),
    ...TYPE_WORDS.flatMap((dataType) => [
      `${dataType}: ${typeOf(dataType)}`,
      ...carriedBy({ name: 'N', dataType, precision: 6 }).slice(0, 2),
    ]),
    ...COLUMNS.flatMap((column) => {
      try {
        return [`${short(column)}: ${short(readTable({ name: 'T', columns: [column] }))}`, ...carriedBy(column)]
      } catch (error) {
        return [`${short(column)}: ${(error as Error).message}`]
      }
    }),
    ...carriedBy({ name: 'only_here', required: true }),
    ...carriedBy({ name: 'SIZE', required: true }),
    ...TABLES_LISTED.map((table) => `${short(table)}: ${short(readTable(table))}`),
    ...SOLUTIONS.map((item) => `${short(item)}: ${short(readSolution(item))}`),
    ...LISTS.map((list) => `${short(list)}: ${short(findList(list, ['tables', 'objects']))}`),
    ...DRIFTS.map((columns) =>
      findDrift(solution, [parts, twin, strict], listed(columns))
        .map(
          (difference) => `${Object.values(difference).join(' | ')}${declarationLine(difference) ? ` ${declarationLine(difference)}` : ''}`,
        )
        .join('\n  '),
    ),
    `not rolled out: ${findDrift({ ...solution, modules: ['two'] }, [parts, twin], listed(plain, 'OTHER')).map(({ kind, object }) => `${kind} ${object}`)}`,
    ...[solution, { ...solution, prefix: 'p_', suffix: '_z' }].flatMap((by) =>
      ['PARTS', 'parts', 'p_parts_z', 'P_PARTS_Z', 'P_PARTS', 'PARTS_Z', 'X'].map((name) => {
        const object = `${by.prefix}PARTS${by.suffix}`
        return `${name} is ${object}: ${isSameObject(name, object, by)}`
      }),
    ),
    ...ATTRIBUTES.map(
      (attribute) =>
        `${short(attribute)}: ${FORMATS.map((format) => attributeFaults(attribute, parts, format).join(', ') || short(withWireDefault(attribute, format).defaultValue)).join(' / ')}`,
    ),
    ...[12, 14, 13, ...ATTRIBUTES.keys()]
      .slice(0, 60)
      .map((at) =>
        DIALECTS.map((dialect, nth) => short(writeAttribute(ATTRIBUTES[at] as Attribute, FORMATS[nth] as never, dialect))).join(' '),
      ),
    ...[[parts], [parts, twin], [twin, parts], [strict], [papers, parts], [parts, twin, strict]].flatMap((resources) =>
      DIALECTS.map((dialect) => writeDefinition(tableDefinitions(resources, modules), dialect)),
    ),
    ...[
      [parts, twin],
      [parts, other],
      [parts, strict],
      [papers, parts],
      [parts, twin, other, strict],
    ].map((resources) =>
      short(
        tableConflicts(resources, modules).map(({ object, why, resources: [one, two] }) => `${one.module} ${two.module} ${object} ${why}`),
      ),
    ),
    short(exampleSolutions(modules)),
    ...['product_id', 'A__B_2', '_A', 'ABC', 'a_1_b'].map(
      (name) => `${name}: ${camelCase(name)} ${pascalCase(name)} ${sentenceCase(name)}`,
    ),
    ...choices(),
  ],
}
