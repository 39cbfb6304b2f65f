/** What happens to the next ingest request instead of a plain answer. */
export type Fault =
  /** Answered with this status; nothing is stored. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  /** The connection is reset before the request is read. */
  | { readonly kind: 'resetBefore' }
  /** The rows are stored, then the connection is reset. */
  | { readonly kind: 'resetAfter' }
  /** The rows are stored, then the answer breaks off half-way. */
  | { readonly kind: 'truncate' }
  /** The rows are stored, but the counts in the answer contradict its list. */
  | { readonly kind: 'miscount' }
