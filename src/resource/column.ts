/** The traits of a column type. */
interface TypeTraits {
  /** What it holds, as a sentence. */
  readonly description: string
  /** A valid value. */
  readonly sample: string | number | boolean
  /** Which rules a declaration may add: bounds of numbers, or those of texts. */
  readonly rules: 'bounds' | 'text' | 'none'
  /** The pattern of its values on the wire, or that the module decides. */
  readonly pattern: string | typeof OF_MODULE | undefined
  /** The upstream's names of the type, in lower case, without lengths. */
  readonly upstreamWords: readonly string[]
}

const OF_MODULE = Symbol('the pattern of the module')

/**
 * The column types. Code that depends on the type uses these traits, or has a table over all types, so that a new type is a compile
 * error until every table has it; `test/column-types.test.ts` sends rows of every type through all of them.
 */
const COLUMN_TYPES = {
  string: {
    description: 'Text.',
    sample: 'A',
    rules: 'text',
    pattern: undefined,
    upstreamWords: ['string', 'varchar', 'character varying', 'char', 'text', 'json', 'super'],
  },
  integer: {
    description: 'A whole number within plus or minus 2^53-1.',
    sample: 1,
    rules: 'bounds',
    pattern: undefined,
    upstreamWords: ['integer', 'int', 'bigint', 'smallint', 'long', 'int4', 'int8'],
  },
  float: {
    description: 'A finite number.',
    sample: 1,
    rules: 'bounds',
    pattern: undefined,
    upstreamWords: ['float', 'double', 'double precision', 'real', 'numeric', 'decimal', 'number', 'float8'],
  },
  boolean: { description: 'true or false.', sample: true, rules: 'none', pattern: undefined, upstreamWords: ['boolean', 'bool'] },
  date: { description: 'A calendar day, YYYY-MM-DD.', sample: '2025-01-28', rules: 'none', pattern: 'YYYY-MM-DD', upstreamWords: ['date'] },
  timestamp: {
    description: 'A timestamp, RFC 3339 or YYYY-MM-DD HH:MM:SS in UTC.',
    sample: '2025-01-28T14:30:00Z',
    rules: 'none',
    pattern: OF_MODULE,
    upstreamWords: ['timestamp', 'datetime', 'timestamptz', 'timestamp without time zone', 'timestamp with time zone'],
  },
} as const satisfies Record<string, TypeTraits>

/** The type of a column. */
export type ColumnType = keyof typeof COLUMN_TYPES

/** All types, in the order declared. */
export const COLUMN_TYPE_NAMES = Object.keys(COLUMN_TYPES) as readonly ColumnType[]

/** The traits of a type. */
export function traitsOf(type: ColumnType): TypeTraits {
  return COLUMN_TYPES[type]
}

/** Whether values of a type are written in the pattern of their module. */
export function isInModulePattern(type: ColumnType): boolean {
  return traitsOf(type).pattern === OF_MODULE
}

/**
 * `required`: the key is sent and its value is not null. `nullable`: the key is always on the wire, null is allowed and
 * filled in where the caller left it out. `optional`: the key may be left out.
 */
export type Presence = 'required' | 'nullable' | 'optional'

/** One column as it is written in a resource file. */
export interface ColumnDeclaration {
  readonly type: ColumnType
  readonly presence: Presence
  readonly description: string
  /** Smallest allowed number, inclusive. */
  readonly min?: number
  /** Largest allowed number, inclusive. */
  readonly max?: number
  /** The closed list of allowed texts. */
  readonly allowed?: readonly string[]
  /** Longest allowed text in characters; 65,535 where nothing is said. */
  readonly maxLength?: number
  /** The text must itself be a JSON document. */
  readonly content?: 'json'
  /** Type or presence is only the best reading of the public description; the name is certain. */
  readonly inferred?: boolean
}

/** One column of a loaded resource: its declaration plus what follows from its place. */
export interface Column extends ColumnDeclaration {
  /** The upstream's name, lower case with underscores. */
  readonly name: string
  /** The GraphQL name, camelCase. */
  readonly field: string
  /** Part of the primary key. */
  readonly isKey: boolean
}

/** Longest text the upstream's string type holds, in characters. */
export const MAX_TEXT_LENGTH = 65_535
