/** How an edition of the upstream spells what others spell differently. */
export interface SchemaDialect {
  /** The key of an attribute's name when it is added. */
  readonly attributeNameKey: 'columnName' | 'attributeName'
  /** The word for the type of a timestamp. */
  readonly timestampType: 'timestamp' | 'datetime'
}
