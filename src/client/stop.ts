import { ClientError } from './client-error.ts'

/** Stops a run early; the first reason counts. */
export interface Stop {
  /** Aborted, with the reason, when the run is stopped. */
  readonly signal: AbortSignal
  /** Resolves then. */
  readonly promise: Promise<undefined>
  /** Stops the run, if there is a reason. */
  because(reason: unknown): void
  /** Stops listening to the caller's signal. */
  end(): void
}

/** A stop for a run, linked to the caller's signal. */
export function createStop(caller: AbortSignal | undefined): Stop {
  const controller = new AbortController()
  const { signal } = controller
  const because = (reason: unknown) => {
    if (reason !== undefined) controller.abort(reason)
  }
  const promise = new Promise<undefined>((resolve) => void onAbort(signal, () => resolve(undefined)))
  const end = onAbort(caller, () => because(new ClientError('ABORTED', 'The caller stopped it.', { cause: caller?.reason })))
  return { signal, promise, because, end }
}

/** Calls back when the signal is aborted, at once if it already is; returns a function that cancels this. */
function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal?.aborted) callback()
  signal?.addEventListener('abort', callback)
  return () => signal?.removeEventListener('abort', callback)
}

/** Resolves with true after `ms`, or with false as soon as the signal is aborted. */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let forget: (() => void) | undefined
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
    forget = onAbort(signal, resolve)
  })
  clearTimeout(timer)
  forget?.()
  return !signal?.aborted
}
