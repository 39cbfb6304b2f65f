const wrapped = Symbol('rows')

/** The `rows` of one mutation on their way to the judge, wrapped so that nothing in between walks or copies the list. */
export interface SentRows {
  readonly [wrapped]: readonly unknown[]
}

/** Wraps what was sent as rows; one row stands for a list of one, as GraphQL has it. */
export function wrapRows(rows: unknown): SentRows {
  return { [wrapped]: Array.isArray(rows) ? rows : [rows] }
}

/** The rows that were wrapped; a plain list is taken as it is. */
export function unwrapRows(rows: unknown): readonly unknown[] {
  if (Array.isArray(rows)) return rows
  return typeof rows === 'object' && rows !== null && wrapped in rows ? (rows as SentRows)[wrapped] : [rows]
}

const clean = Symbol('clean')

/** Notes of a list of rows that all text in it is clean, so that nobody need look at one after the other. */
export function markClean(list: unknown): void {
  if (Array.isArray(list)) Object.assign(list, { [clean]: true })
}

/** Whether that was noted of a list. */
export function isMarkedClean(list: readonly unknown[]): boolean {
  return clean in list
}
