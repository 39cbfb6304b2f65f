import type { Progress } from '../../client/index.ts'
import type { Guess } from '../../tabular/guess-resources.ts'
import type { Target } from '../../tabular/header-names.ts'
import type { Failure } from '../file/failure.ts'
import type { Scan, ScanProgress } from '../file/scan.ts'
import type { FailedRow, SendResult } from '../file/send-rows.ts'
import type { ReadOptions, SourceRow } from '../file/source-row.ts'
import type { Resource } from '../session/resource.ts'

/** A file that was read once, and how. */
export interface Loaded {
  readonly file: File
  readonly read: ReadOptions
  readonly scan: Scan
  readonly guesses: readonly Guess<Resource>[]
}

/** The user's choices about a file. */
export interface Choice {
  readonly resource: Resource
  readonly targets: readonly Target[]
  readonly operation: 'upsert' | 'append'
  readonly solution: string | undefined
  /** Whether this is a new load of the same content rather than a repetition. */
  readonly isNew: boolean
  /** Distinguishes this load from others of the same content. */
  readonly nonce: string
}

/** A file, and the choices about it. */
export interface Chosen {
  readonly loaded: Loaded
  readonly choice: Choice
}

/** The totals so far, corrected rows included. */
export type Tally = Pick<SendResult, 'accepted' | 'rejected' | 'unconfirmed' | 'replayed'>

/** The steps from a file to its last corrected row, and what is known in each. */
export type LoadState =
  | { readonly step: 'file'; readonly failure?: Failure; readonly file?: File; readonly read?: ReadOptions }
  | { readonly step: 'reading'; readonly file: File; readonly progress: ScanProgress }
  | { readonly step: 'columns'; readonly loaded: Loaded; readonly choice: Choice | undefined; readonly failure?: Failure }
  | (Chosen & { readonly step: 'trying' })
  | (Chosen & { readonly step: 'tried'; readonly trial: SendResult })
  | (Chosen & { readonly step: 'sending'; readonly progress: Progress | undefined; readonly since: number })
  | (Chosen & {
      readonly step: 'sent'
      readonly result: SendResult
      readonly tally: Tally
      readonly open: readonly FailedRow[]
      /** Corrected rows by their number, not sent yet. */
      readonly edits: ReadonlyMap<number, SourceRow>
      /** Rows that were accepted after a correction, by their number. */
      readonly corrected: ReadonlySet<number>
      readonly isResending: boolean
      readonly failure?: Failure
      readonly seconds: number
      /** The token with which the file was sent. */
      readonly token: string | undefined
    })

/** The state in one step. */
export type StateOf<Step extends LoadState['step']> = Extract<LoadState, { step: Step }>
