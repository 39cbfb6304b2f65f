/** What a column holds, as far as cells are concerned: the gateway's words, and JSON for what holds several values. */
export type CellType = 'STRING' | 'INTEGER' | 'FLOAT' | 'BOOLEAN' | 'DATE' | 'TIMESTAMP' | 'JSON'

/** What must be known of a declared column to match headers with it and to convert cells for it. */
export interface Column {
  readonly field: string
  readonly column: string
  readonly type: Exclude<CellType, 'JSON'>
  readonly presence: 'REQUIRED' | 'NULLABLE' | 'OPTIONAL'
}

/** A custom attribute of a table, with the upstream's word for its type. */
export interface Attribute {
  readonly name: string
  readonly dataType: string
}

/** What rows of a table may carry. */
export interface TableShape<C extends Column = Column> {
  readonly columns: readonly C[]
  /** Those that are known; others may be named as `extra.NAME`. */
  readonly attributes?: readonly Attribute[]
}

/** The type of cells that the upstream's word for the type of an attribute asks for; what is not known stays text. */
export function cellTypeOf(dataType: string): CellType {
  if (/^(?:int|bigint|smallint|long)/i.test(dataType)) return 'INTEGER'
  if (/^(?:float|double|real|numeric|decimal|number)/i.test(dataType)) return 'FLOAT'
  if (/^bool/i.test(dataType)) return 'BOOLEAN'
  if (/^(?:timestamp|datetime)/i.test(dataType)) return 'TIMESTAMP'
  if (/^date/i.test(dataType)) return 'DATE'
  return /^(?:json|super)/i.test(dataType) ? 'JSON' : 'STRING'
}
