import { ClientError } from './client-error.ts'

/** Ends a run before its time; the first reason counts. */
export interface Stop {
  /** Aborted when the run has stopped, with the reason as its own. */
  readonly signal: AbortSignal
  /** Resolves then. */
  readonly promise: Promise<undefined>
  /** Stops the run, where there is a reason. */
  because(reason: unknown): void
  /** Listens to the caller's signal no longer. */
  end(): void
}

/** A run that goes on until there is a reason, or its caller aborts. */
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

/** Calls back when the signal is aborted, at once where it is; gives what takes that back. */
function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal?.aborted) callback()
  signal?.addEventListener('abort', callback)
  return () => signal?.removeEventListener('abort', callback)
}

/** Resolves after so many milliseconds, or as soon as the signal is aborted: with false then. */
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
