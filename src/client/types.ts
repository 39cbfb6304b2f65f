import type { ResourceName, RowInputs } from './rows.d.ts'

/** The address of the gateway, and the caller's token. */
export interface ClientOptions {
  /** The GraphQL endpoint, such as `https://rowgate.example/graphql`. */
  readonly url: string | URL
  /** Sent as `Authorization`; a function is called before the first request, and again when the gateway answers 401. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** The `fetch` to use; default: the runtime's own. */
  readonly fetch?: typeof fetch
}

/** Sends rows to one gateway. */
export interface Client {
  /** Inserts rows, or updates those with the same primary key. Starts at once; use `done` or `outcomes()` for the result. */
  upsert<R extends ResourceName, C extends ColumnNames = 'fields'>(
    resource: R,
    rows: Rows<RowOf<R, C>>,
    options?: SendOptions<C>,
  ): Run<RowOf<R, C>>
  /** Inserts rows, and writes none twice however often it is repeated with the same `key`. */
  append<R extends ResourceName, C extends ColumnNames = 'fields'>(
    resource: R,
    rows: Rows<RowOf<R, C>>,
    options?: SendOptions<C>,
  ): Run<RowOf<R, C>>
  /** Sends any other GraphQL request; resolves with its data, and rejects with a `ClientError` where there is an error. */
  query<T>(document: string, variables?: Record<string, unknown>, signal?: AbortSignal): Promise<T>
}

/** Rows to send: a list, or an iterable that yields them one by one. */
export type Rows<R> = readonly R[] | Iterable<R> | AsyncIterable<R>

/** How columns are named in rows: by the fields of the GraphQL API, or by the upstream's column names. */
export type ColumnNames = 'fields' | 'upstream'

/** A row with the upstream's column names; any other names are custom attributes. */
export type UpstreamRow = Readonly<Record<string, unknown>>

/** The type of a resource's rows. */
export type RowOf<R extends ResourceName, C extends ColumnNames> = C extends 'upstream' ? UpstreamRow : RowInputs[R]

/** How rows are sent. */
export interface SendOptions<C extends ColumnNames = ColumnNames> {
  /** The solution to write to; may be omitted where only one has the resource. */
  readonly solution?: string | undefined
  /**
   * The idempotency key of the run: with the same rows in the same order it can be repeated without writing a row twice. Without a
   * key, only requests that are lost during the run are repeated, and a second run is a new one.
   */
  readonly key?: string | undefined
  /** Have the upstream validate the rows and write nothing. */
  readonly dryRun?: boolean | undefined
  /** `upstream` where rows have the upstream's column names; default: `fields`. */
  readonly columns?: C | undefined
  /** Requests in flight at once; default: 4. */
  readonly parallel?: number | undefined
  /** The run stops with `MAX_REJECTED` when more rows than this are rejected. */
  readonly maxRejected?: number | undefined
  /** Stops the run with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
  /** Called after each step with the progress of the run. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** The progress of a run. */
export interface Progress {
  /** Rows read so far. */
  readonly rows: number
  /** Rows that have their outcome. */
  readonly settled: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  /** Rows that were settled under the key by an earlier run. */
  readonly replayed: number
  readonly requests: number
  /** Requests that were repetitions. */
  readonly retries: number
  /** Set when a request starts to wait before it is repeated: how long, in milliseconds. */
  readonly waitingMs?: number
}

/** A run that has started. */
export interface Run<Row> {
  /**
   * The outcome of every row, in the order of the rows; throws at the end what `done` rejects with. Call it at most once, and right
   * away: outcomes without a reader are dropped. The run waits for its reader.
   */
  outcomes(): AsyncIterable<Outcome<Row>>
  /**
   * Resolves when every row has its outcome, whatever that is. Rejects with a `ClientError` where the run stopped early; the error's
   * `summary` has the results up to then.
   */
  readonly done: Promise<Summary<Row>>
}

/** What became of one row. */
export interface Outcome<Row> {
  /** The index of the row among the given rows, from 0. */
  readonly index: number
  /** The row as it was given. */
  readonly row: Row
  /** The idempotency key of the request that carried it; null in a dry run. */
  readonly key: string | null
  readonly status: 'accepted' | 'rejected' | 'unconfirmed'
  /** True where that whole request was answered from the record of an earlier run. */
  readonly replayed: boolean
  /** True where the same row may succeed later, or be sent again without being written twice. */
  readonly retryable: boolean
  /** Why it was rejected or is unconfirmed; empty where it was accepted. */
  readonly issues: readonly Issue[]
}

/** An issue with a row. */
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

/** How often an issue occurred, and where first. */
export interface IssueCount {
  readonly code: string
  readonly field: string | null
  readonly count: number
  /** The indexes of the first ten rows with it, in the order in which they were settled. */
  readonly firstIndexes: readonly number[]
  /** The message of the first of them. */
  readonly message: string
}

/** The result of a run. */
export interface Summary<Row> {
  /** Rows read. */
  readonly rows: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  readonly replayed: number
  /** Issues by code and field, most frequent first; at most 100. */
  readonly issueSummary: readonly IssueCount[]
  /** Rejected rows with their issues, in the order of the rows; at most 10,000. */
  readonly rejectedRows: readonly Outcome<Row>[]
  /** Warnings of the gateway about what it could not check before sending rows. */
  readonly warnings: readonly string[]
  /** The code of the error that stopped the run; only in the `summary` of that error. */
  readonly stoppedBy?: string
}
