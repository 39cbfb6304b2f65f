import { contract } from '../../../schema/index.ts'
import { COLUMN_TYPE_NAMES } from '../../../src/resource/column.ts'
import { findResource } from '../../../src/resource/contract.ts'
import { declares, defineResource, exampleRow } from '../../../src/resource/define-resource.ts'
import { misspeltSettings } from '../../../src/util/setting-names.ts'
import type { Table } from './table.ts'

const column = (changes: object = {}) => ({ type: 'string', presence: 'optional', description: 'A column.', ...changes })
const KEY = column({ presence: 'required' })
const good = {
  object: 'PARTS',
  module: 'one',
  description: 'Parts.',
  primaryKey: ['id'],
  columns: { id: KEY, pack_size: column({ type: 'integer' }) },
  example: { id: 'A', pack_size: 1 },
}
const withColumn = (changes: object, name = 'more') => ({ ...good, columns: { ...good.columns, [name]: column(changes) } })

const DECLARATIONS: readonly object[] = [
  ...[
    good,
    { ...good, title: 'All parts', graphqlName: 'AllParts', complete: false, references: { pack_size: 'sizes.size' } },
    { ...good, complete: true },
  ],
  ...['parts', 'Parts', '1PARTS', 'PARTS_2', 'PARTS-2', '', 'A'].map((object) => ({ ...good, object })),
  ...[[], ['none'], ['pack_size'], ['id', 'pack_size'], ['id', 'id']].map((primaryKey) => ({ ...good, primaryKey })),
  ...[{ references: { none: 'x' } }, { example: { none: 1 } }, { example: {} }].map((changes) => ({ ...good, ...changes })),
  ...['Size', '1size', 'a-b', 'a_b', 'a__b', 'to_string', 'constructor', 'value_of', 'extra', 'pack__size', '_a'].map((name) =>
    withColumn({}, name),
  ),
  ...COLUMN_TYPE_NAMES.flatMap((type) =>
    [{ min: 0 }, { max: 0 }, { allowed: ['a'] }, { maxLength: 5 }, { content: 'json' }].map((rule) => withColumn({ type, ...rule })),
  ),
]

function declared(declaration: object): string {
  try {
    const resource = defineResource(declaration as never)
    const { columns, fields, keyColumns, ...rest } = resource
    const of = columns.map(({ name, field, isKey }) => `${name} ${field}${isKey ? ' key' : ''}`)
    const known = ['ID', 'id', 'Pack_Size', 'packSize', 'none', 'extra'].filter((name) => declares(resource, name))
    return `${JSON.stringify(rest)} ${of.join(', ')}; ${keyColumns.map(({ name }) => name)}; ${[...fields]}; ${JSON.stringify(exampleRow(resource))}; declares ${known}`
  } catch (error) {
    return (error as Error).message
  }
}

const KNOWN = ['MAX_BODY_BYTES', 'MAX_BATCH_ROWS', 'LOG_LEVEL', 'HTTP_PROXY', 'NODE_ENV', 'PORT', 'RATE_LIMIT_ROWS', 'SERVICE_TOKEN_FILE']
const NAMES = [
  ...[
    'MAX_BODY_BYTE',
    'MAX_BODY',
    'MAX_',
    'max_body_bytes',
    'MAX_SOMETHING_QUITE_ELSE',
    'RATE_LIMIT',
    'RATELIMIT_ROWS',
    'HTTP_PROXYS',
    'HTTPS_PROXY',
    'NODE_ENVS',
    'PROT',
    'PORTS',
    'SERVICE_TOKEN',
  ],
  ...[
    'SERVICE_TOKEN_FIL',
    'SERVICE_TOKEN_FI',
    'SERVICE_TOKEN_F',
    'SERVICE_TOKE_FILES',
    'SERVICE_TOKX_FXLX',
    'LOGLEVEL',
    'LOG_LEVELS',
    'XLOG_LEVEL',
    'XXLOG_LEVE',
    `MAX_${'X'.repeat(70)}`,
    'MAX_BATCH_ROWS_',
  ],
]

/** What may be declared, and what names are taken for. */
export const declarations: Table = {
  name: 'declarations',
  title: 'Declarations of resources: what each comes to, or what is wrong with it; and what misspelt names were meant to be.',
  about: 'A good one is followed by its columns, keys, fields, example, and which names it declares.',
  lines: () => [
    ...DECLARATIONS.map((declaration) => `${JSON.stringify(declaration)}\n  ${declared(declaration)}`),
    ...['Products', 'products', 'Product', 'Supplier', 'Zzzzzzzzz'].map((name) => {
      const found = findResource(contract.resources, name)
      return `${name}: ${'fault' in found ? found.fault.replace(/Known: .*/, 'Known: ...') : found.graphqlName}`
    }),
    ...NAMES.map((name) => `${name}: ${misspeltSettings({ [name]: 'x', MAX_BODY_BYTES: '1', MAX_UNSET: undefined }, KNOWN).join(' | ')}`),
  ],
}
