import type { Outcome } from '../ingest/outcome.ts'

/** Who wrote an entry: the claim by its epoch, and a number that only grows within the claim. No two entries of a record share both. */
export interface EntryStamp {
  readonly epoch: number
  readonly number: number
}

/** One line of a record's journal, on rows by their indexes. */
export type Entry = EntryStamp &
  (
    | { readonly kind: 'intent'; readonly rows: readonly number[] }
    /** Whatever was intended before under the same epoch was certainly not taken. */
    | { readonly kind: 'withdrawn'; readonly rows: readonly number[] }
    /** One outcome for each of the rows; a rejection also withdraws what was intended before under the same epoch. */
    | { readonly kind: 'verdicts'; readonly rows: readonly number[]; readonly outcomes: readonly Outcome[] }
    /** The final outcome of every row of the record, in place of all entries before. */
    | { readonly kind: 'settled'; readonly outcomes: readonly Outcome[] }
  )
