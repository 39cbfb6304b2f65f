import { isObject } from './row-text.ts'

/**
 * Converts a row with the upstream's column names, in any case, to a row of the API: names that are not declared columns are custom
 * attributes, and go into `extra`. Values that are not objects are passed on for the gateway to reject.
 */
export function fromUpstream(row: unknown, fields: ReadonlyMap<string, string>): unknown {
  if (!isObject(row)) return row
  const renamed: Record<string, unknown> = {}
  // Without a prototype, so that a column named __proto__ is an ordinary name.
  const extra: Record<string, unknown> = Object.create(null)
  for (const [column, value] of Object.entries(row)) {
    const field = fields.get(column) ?? fields.get(column.toLowerCase())
    // A duplicate column, in different case, goes into `extra`, where it is rejected: neither value is dropped.
    if (field === undefined || field in renamed) extra[column] = value
    else renamed[field] = value
  }
  return Object.keys(extra).length === 0 ? renamed : Object.assign(renamed, { extra })
}
