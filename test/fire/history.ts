import { closeSync, openSync, writeSync } from 'node:fs'

/** A row by its columns; each value is its own JSON text, so that no digit of it is lost. */
export type Cells = Readonly<Record<string, string>>

/** What rows must have in common to share an upstream request. */
export interface Destination {
  readonly tenant: string
  /** The upstream's full name of the table. */
  readonly object: string
  readonly solution: string
  readonly operation: string
  readonly dryRun: boolean
}

/** What a caller was told of one row. */
export interface Told {
  readonly index: number
  readonly status: 'ACCEPTED' | 'REJECTED' | 'UNCONFIRMED'
  /** The key by column, each value as JSON text. */
  readonly key: Cells
  /** The code of the first issue, or the reason why the row is unconfirmed. */
  readonly why?: string
}

/** One line of a history. A mutation is named by its caller, a request by the upstream's count. */
export type HistoryEvent =
  | {
      readonly event: 'settings'
      readonly requestsPerSecond: number
      readonly concurrency: number
      readonly attemptTimeoutMs: number
      readonly faultsPercent: number
    }
  | ({ readonly event: 'sent'; readonly mutation: string; readonly rows: readonly Cells[] } & Destination)
  | {
      readonly event: 'told'
      readonly mutation: string
      readonly counts: readonly [number, number, number]
      readonly rows: readonly Told[]
    }
  /** The mutation was declined whole, or its connection broke. */
  | { readonly event: 'declined'; readonly mutation: string; readonly code: string }
  /** A connection was closed before anything was read of it. */
  | { readonly event: 'dropped' }
  /**
   * The headers of a request were read, so many milliseconds at most after they came. Its id begins with the name of the
   * mutation whose rows it holds, where these are of one.
   */
  | { readonly event: 'arrived'; readonly request: number; readonly tenant: string; readonly id: string; readonly lateMs: number }
  | ({ readonly event: 'received'; readonly request: number; readonly rows: readonly Cells[]; readonly fault: string } & Destination)
  /** The rows at these places were written. */
  | { readonly event: 'applied'; readonly request: number; readonly rows: readonly number[] }
  /** An answer with this status was begun; `refused` are the places of the rows that it refuses. */
  | { readonly event: 'answered'; readonly request: number; readonly status: number; readonly refused?: readonly number[] }
  /** The gateway may know, since so many milliseconds at most, that the request is over: its answer is complete, or its connection is gone. */
  | { readonly event: 'ended'; readonly request: number; readonly lateMs: number }

/** Takes events down with the time, in milliseconds of a clock that all threads share. */
export interface History {
  note(event: HistoryEvent): void
  close(): void
}

const KEPT_BYTES = 65_536

/** Appends to a file, line by line; several threads may write to one, and their lines are in the order of time each. */
export function openHistory(file: string): History {
  const descriptor = openSync(file, 'a')
  let lines: string[] = []
  let bytes = 0
  const write = () => {
    // In one call, so that lines of two threads do not mix.
    if (lines.length > 0) writeSync(descriptor, lines.join(''))
    lines = []
    bytes = 0
  }
  return {
    note(event) {
      const line = `${JSON.stringify({ at: Number(process.hrtime.bigint()) / 1e6, ...event })}\n`
      lines.push(line)
      bytes += line.length
      if (bytes > KEPT_BYTES) write()
    },
    close() {
      write()
      closeSync(descriptor)
    },
  }
}
