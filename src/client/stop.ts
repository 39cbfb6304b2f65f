import { aborted } from './transport.ts'

/** Ends a run before its time; the first reason counts. */
export interface Stop {
  /** Aborted when the run has stopped. */
  readonly signal: AbortSignal
  /** Resolves then. */
  readonly promise: Promise<undefined>
  /** Stops the run, where there is a reason. */
  because(reason: unknown): void
  /** Why it stopped; undefined where it did not. */
  reason(): unknown
  /** Listens to the caller's signal no longer. */
  end(): void
}

/** A run that goes on until there is a reason, or its caller aborts. */
export function createStop(caller: AbortSignal | undefined): Stop {
  const controller = new AbortController()
  const { signal } = controller
  let first: unknown
  const because = (reason: unknown) => {
    if (reason === undefined || signal.aborted) return
    first = reason
    controller.abort()
  }
  const onAbort = () => because(caller && aborted(caller))
  const promise = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined))
  })
  if (caller?.aborted) onAbort()
  caller?.addEventListener('abort', onAbort)
  return { signal, promise, because, reason: () => first, end: () => caller?.removeEventListener('abort', onAbort) }
}
