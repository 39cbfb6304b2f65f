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

/** Faults in the order in which they strike, one per ingest request. */
export interface Faults {
  add(fault: Fault): void
  next(): Fault | undefined
}

/** Creates an empty queue of faults. */
export function createFaults(): Faults {
  const queue: Fault[] = []
  return { add: (fault) => void queue.push(fault), next: () => queue.shift() }
}
