/** What the next ingest request meets instead of a plain answer. */
export type Fault =
  /** Answered with this status; nothing is stored. */
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  /** The connection is reset before the request is read. */
  | { readonly kind: 'resetBefore' }
  /** The rows are stored, then the connection is reset. */
  | { readonly kind: 'resetAfter' }
  /** The rows are stored, the answer breaks off half way. */
  | { readonly kind: 'truncate' }
  /** The rows are stored, the answer's counts contradict its list. */
  | { readonly kind: 'miscount' }

/** Faults in the order they will strike, one per ingest request. */
export interface Faults {
  add(fault: Fault): void
  next(): Fault | undefined
}

/** An empty queue of faults. */
export function createFaults(): Faults {
  const queue: Fault[] = []
  return { add: (fault) => void queue.push(fault), next: () => queue.shift() }
}
