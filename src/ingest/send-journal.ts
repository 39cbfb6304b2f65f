import type { Outcome } from './outcome.ts'

/** Keeps account of the rows of one mutation, which go by their indexes in it: is asked before they leave, and told what became of them. */
export interface SendJournal {
  /** Before an attempt: whether the rows may leave. Where it rejects they do not. */
  intend(rows: readonly number[]): Promise<boolean>
  /** What was intended of these rows was certainly not taken. */
  withdraw(rows: readonly number[]): Promise<void>
  /** One outcome for each of the rows, all attempts included. */
  tell(rows: readonly number[], outcomes: readonly Outcome[]): Promise<void>
}

/** A row of which a journal is kept. */
export interface JournaledRow {
  readonly journal: SendJournal
  /** In its mutation. */
  readonly index: number
}
