import { createHash, hash } from 'node:crypto'
import type { Operation } from '../ingest/outcome.ts'
import type { RowList } from '../rows/judge.ts'

/** SHA-256 over what a request is about and the digest of its rows as sent. */
export function fingerprint(
  { resource, operation, solution }: { readonly resource: string; readonly operation: Operation; readonly solution: string },
  rows: string,
): string {
  return hash('sha256', JSON.stringify([resource, operation, solution]) + rows)
}

/** A digest that takes in the text of rows while they are read. */
export function createRowsDigest() {
  const digest = createHash('sha256')
  return {
    /** The same lists, each taken in before it is handed on. */
    *read(lists: Iterable<RowList>): Iterable<RowList> {
      for (const list of lists) {
        const text = JSON.stringify(list.readAgain?.() ?? list.rows).slice(1, -1)
        if (text !== '') digest.update(text).update(',')
        yield list
      }
    },
    /** SHA-256 of all rows read: the same however they came and were cut into lists, another where a digit or their order differs. */
    text: (): string => digest.digest('hex'),
  }
}
