import type { Outcome } from './outcome.ts'

/** The journal of one mutation's rows, by their indexes in it: asked before rows leave, and told their outcomes. */
export interface SendJournal {
  /**
   * Records, before an attempt, that rows are about to leave; they may not where it resolves with false or rejects. It answers
   * within seconds, since the rows hold a permit that others wait for.
   */
  intend(rows: readonly number[]): Promise<boolean>
  /** Records that these rows were certainly not taken. */
  withdraw(rows: readonly number[]): Promise<void>
  /** Records one outcome for each of the rows, over all attempts. */
  tell(rows: readonly number[], outcomes: readonly Outcome[]): Promise<void>
}

/** A row with its journal. */
export interface JournaledRow {
  readonly journal: SendJournal
  /** In its mutation. */
  readonly index: number
}
