import type { Progress } from '../../client/index.ts'
import type { Failure } from './failure.ts'
import type { Scan, ScanProgress } from './scan.ts'
import type { Plan, SendResult } from './send-rows.ts'
import type { ReadOptions, SourceRow } from './source-row.ts'

/** The gateway's address and the token, for the worker. */
export interface Gate {
  readonly url: string
  readonly token: string | undefined
}

/** The tasks of the worker: input, progress and result of each. */
export interface Tasks {
  readonly scan: { readonly input: { file: File; read: ReadOptions }; readonly progress: ScanProgress; readonly result: Scan }
  readonly trial: {
    readonly input: { gate: Gate; plan: Plan; rows: readonly SourceRow[] }
    readonly progress: Progress
    readonly result: SendResult
  }
  readonly send: {
    readonly input: { gate: Gate; plan: Plan; file: File; read: ReadOptions; key: string }
    readonly progress: Progress
    readonly result: SendResult
  }
  readonly resend: {
    readonly input: { gate: Gate; plan: Plan; rows: readonly SourceRow[]; key: string }
    readonly progress: Progress
    readonly result: SendResult
  }
}

/** The name of a task. */
export type TaskName = keyof Tasks

/** What a task is given besides its input. */
export interface Running<Name extends TaskName> {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Tasks[Name]['progress']) => void
}

/** A message to the worker. */
export type ToWorker =
  | { readonly id: number; readonly cancel: true }
  | { [Name in TaskName]: { readonly id: number; readonly task: Name; readonly input: Tasks[Name]['input'] } }[TaskName]

/** A message from the worker. */
export type FromWorker =
  | { readonly id: number; readonly kind: 'progress'; readonly progress: unknown }
  | { readonly id: number; readonly kind: 'result'; readonly result: unknown }
  | { readonly id: number; readonly kind: 'failure'; readonly failure: Failure }
