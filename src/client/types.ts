import type { ResourceName, RowInputs } from './rows.d.ts'

/** Where the gateway is, and who asks. */
export interface ClientOptions {
  /** The GraphQL endpoint, such as `https://rowgate.example/graphql`. */
  readonly url: string | URL
  /** What is sent as `Authorization`; a function is asked before the first request, and anew when the gateway says 401. */
  readonly token?: string | (() => string | Promise<string>)
  /** The `fetch` to use; the runtime's own where nothing is said. */
  readonly fetch?: typeof fetch
}

/** Sends rows to one gateway. */
export interface Client {
  /** Inserts rows, or updates those with the same primary key. It starts at once; `done` or `outcomes()` tells what became of it. */
  upsert<R extends ResourceName, C extends ColumnNames = 'fields'>(
    resource: R,
    rows: Rows<RowOf<R, C>>,
    options?: SendOptions<C>,
  ): Run<RowOf<R, C>>
  /** Inserts rows and writes none twice, however often it is asked again with the same `key`. */
  append<R extends ResourceName, C extends ColumnNames = 'fields'>(
    resource: R,
    rows: Rows<RowOf<R, C>>,
    options?: SendOptions<C>,
  ): Run<RowOf<R, C>>
  /** One GraphQL request, for everything that is no rows: its data; rejects with a `ClientError` where there is an error. */
  query<T>(document: string, variables?: Record<string, unknown>, signal?: AbortSignal): Promise<T>
}

/** Rows to send: a list, or whatever yields them one by one. */
export type Rows<R> = readonly R[] | Iterable<R> | AsyncIterable<R>

/** How the columns of rows are named: as the fields of the GraphQL API, or as the upstream names them. */
export type ColumnNames = 'fields' | 'upstream'

/** A row in the upstream's own names; names that are no declared column are custom attributes. */
export type UpstreamRow = Readonly<Record<string, unknown>>

/** What a row of a resource looks like. */
export type RowOf<R extends ResourceName, C extends ColumnNames> = C extends 'upstream' ? UpstreamRow : RowInputs[R]

/** How rows are sent. */
export interface SendOptions<C extends ColumnNames = ColumnNames> {
  /** The solution to write to; may be left out where only one has the resource. */
  readonly solution?: string | undefined
  /**
   * Names the run, so that it can be run again without writing a row twice: give the same rows in the same order. Where there is
   * none, the run can repeat what was lost on the way, and a second run is a new one.
   */
  readonly key?: string | undefined
  /** Have the upstream validate the rows and write nothing. */
  readonly dryRun?: boolean | undefined
  /** `upstream` where rows have the upstream's column names; `fields` where nothing is said. */
  readonly columns?: C | undefined
  /** Requests under way at once; 4 where nothing is said. */
  readonly parallel?: number | undefined
  /** The run stops with `MAX_REJECTED` when more rows than this are rejected. */
  readonly maxRejected?: number | undefined
  /** Stops the run with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
  /** Told after each step how far the run is. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** How far a run is. */
export interface Progress {
  /** Rows read so far. */
  readonly rows: number
  /** Rows that have their outcome. */
  readonly settled: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  /** Rows whose outcome stood already under the key when the run came to them. */
  readonly replayed: number
  readonly requests: number
  /** Requests that were repetitions. */
  readonly retries: number
  /** Told when a request begins to wait before it is repeated: how long. */
  readonly waitingMs?: number
}

/** Rows on their way. */
export interface Run<Row> {
  /**
   * The outcome of every row in the order of the rows; throws at the end what `done` rejects with. To be asked for once, at once:
   * what nobody reads is dropped. The run waits for its reader.
   */
  outcomes(): AsyncIterable<Outcome<Row>>
  /**
   * Resolves when every row has its outcome, whatever that is. Rejects with a `ClientError` where the run stopped before; what it
   * had come to is the error's `summary`.
   */
  readonly done: Promise<Summary<Row>>
}

/** What became of one row. */
export interface Outcome<Row> {
  /** The row's place among the rows given, from 0. */
  readonly index: number
  /** The row as it was given. */
  readonly row: Row
  /** The idempotency key of the request that it went with; null in a dry run. */
  readonly key: string | null
  readonly status: 'accepted' | 'rejected' | 'unconfirmed'
  /** True where all of that request was answered from the record of an earlier run. */
  readonly replayed: boolean
  /** True where the same row may succeed later, or be sent again without being written twice. */
  readonly retryable: boolean
  /** Why it was rejected or is unconfirmed; empty where it was accepted. */
  readonly issues: readonly Issue[]
}

/** One complaint about a row. */
export interface Issue {
  /** The field concerned, `extra.NAME` for a custom attribute; null where the whole row is meant. */
  readonly field: string | null
  /** The upstream's column; null where no one column is meant. */
  readonly column: string | null
  /** Stable code to act on: the gateway's, or one that the client finds itself, such as `NOT_JSON` where a value cannot be written. */
  readonly code: string
  readonly message: string
  readonly hint: string | null
  /** The upstream's own code, such as DI_E_10003. */
  readonly upstreamCode: string | null
}

/** How often one complaint was made, and where first. */
export interface IssueCount {
  readonly code: string
  readonly field: string | null
  readonly count: number
  /** Indexes of the first rows concerned that were settled, at most ten. */
  readonly firstIndexes: readonly number[]
  /** The words of the first of them. */
  readonly message: string
}

/** What a run came to. */
export interface Summary<Row> {
  /** Rows read. */
  readonly rows: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  readonly replayed: number
  /** Complaints by code and field, most frequent first; at most 100. */
  readonly issueSummary: readonly IssueCount[]
  /** Rejected rows with their issues, in the order of the rows; at most 10,000. */
  readonly rejectedRows: readonly Outcome<Row>[]
  /** What the gateway could not check before it sent rows, in its words. */
  readonly warnings: readonly string[]
  /** The code of the error by which the run stopped: only in the `summary` of that error. */
  readonly stoppedBy?: string
}
