import { createHash } from 'node:crypto'
import type { RowList } from '../rows/raw-rows.ts'

/** Takes in the text of rows while others read them. */
export interface RowsDigest {
  /** The same lists, each taken in before it is handed on. */
  read(lists: Iterable<RowList>): Iterable<RowList>
  /** SHA-256 of all rows read: the same however they came and were cut into lists, another where a digit or their order differs. */
  text(): string
}

/** The digest of no row yet. */
export function createRowsDigest(): RowsDigest {
  const digest = createHash('sha256')
  return {
    *read(lists) {
      for (const list of lists) {
        const text = JSON.stringify(list.readAgain?.() ?? list.rows).slice(1, -1)
        if (text !== '') digest.update(text).update(',')
        yield list
      }
    },
    text: () => digest.digest('hex'),
  }
}
