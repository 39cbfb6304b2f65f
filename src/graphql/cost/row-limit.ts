import { GatewayError } from '../../errors.ts'
import type { RowList } from '../../rows/raw-rows.ts'

const NO_ROWS: RowList = { rows: [] }

/** The lists as long as they have so many rows at most; further ones are read without their rows and counted, and at the end it throws `TOO_MANY_ROWS`. */
export function* atMostRows(limit: number, lists: Iterable<RowList>): Iterable<RowList> {
  let actual = 0
  for (const list of lists) {
    actual += list.rows.length
    yield actual <= limit ? list : NO_ROWS
  }
  if (actual > limit)
    throw new GatewayError('TOO_MANY_ROWS', `rows: at most ${limit} rows are taken at once; split the request`, { limit, actual })
}
