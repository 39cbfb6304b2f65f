/** What a column may hold; every reader keeps a table over these, so a new type is a compile error until answered. */
export type ColumnType = 'string' | 'integer' | 'float' | 'boolean' | 'date' | 'timestamp'

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
  /** The name is certain; type or presence is the best reading of the public description. */
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
