/** How the cells of a column are converted: the gateway's column types, and JSON for custom attributes with several values. */
export type CellType = 'STRING' | 'INTEGER' | 'FLOAT' | 'BOOLEAN' | 'DATE' | 'TIMESTAMP' | 'JSON'

/** What matching headers and converting cells need to know about a declared column. */
export interface Column {
  readonly field: string
  readonly column: string
  readonly type: Exclude<CellType, 'JSON'>
  readonly presence: 'REQUIRED' | 'NULLABLE' | 'OPTIONAL'
}

/** A custom attribute of a table, with the upstream's name for its type. */
export interface Attribute {
  readonly name: string
  readonly dataType: string
}

/** The columns and attributes of a table. */
export interface TableShape<C extends Column = Column> {
  readonly columns: readonly C[]
  /** The known attributes; others can be named as `extra.NAME`. */
  readonly attributes?: readonly Attribute[]
}

/** The cell type for the upstream's type of an attribute; unknown types are text. */
export function cellTypeOf(dataType: string): CellType {
  if (/^(?:int|bigint|smallint|long)/i.test(dataType)) return 'INTEGER'
  if (/^(?:float|double|real|numeric|decimal|number)/i.test(dataType)) return 'FLOAT'
  if (/^bool/i.test(dataType)) return 'BOOLEAN'
  if (/^(?:timestamp|datetime)/i.test(dataType)) return 'TIMESTAMP'
  if (/^date/i.test(dataType)) return 'DATE'
  return /^(?:json|super)/i.test(dataType) ? 'JSON' : 'STRING'
}
