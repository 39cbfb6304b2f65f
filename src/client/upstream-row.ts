import { isObject } from './row-text.ts'

/**
 * A row with the upstream's column names, in any case, as the row of the API that says the same: what is no declared column is a
 * custom attribute, and goes into `extra`. What is no object is left to the gateway to refuse.
 */
export function fromUpstream(row: unknown, fields: ReadonlyMap<string, string>): unknown {
  if (!isObject(row)) return row
  const renamed: Record<string, unknown> = {}
  // Without a prototype, so that a column called __proto__ is a name like any other.
  const extra: Record<string, unknown> = Object.create(null)
  for (const [column, value] of Object.entries(row)) {
    const field = fields.get(column) ?? fields.get(column.toLowerCase())
    // A column that comes twice, in different case, is refused in `extra`; neither value is dropped.
    if (field === undefined || field in renamed) extra[column] = value
    else renamed[field] = value
  }
  return Object.keys(extra).length === 0 ? renamed : Object.assign(renamed, { extra })
}
