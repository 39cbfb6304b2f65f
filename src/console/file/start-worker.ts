import type { Failure } from './failure.ts'
import type { FromWorker, Running, TaskName, Tasks } from './messages.ts'

/** Runs tasks in a web worker, so that the page stays responsive. */
export interface FileWorker {
  /** Rejects with a `TaskError`. */
  run<Name extends TaskName>(task: Name, input: Tasks[Name]['input'], running: Running<Name>): Promise<Tasks[Name]['result']>
}

/** A failed task, in words for people. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

interface Waiting {
  readonly onProgress: (progress: never) => void
  readonly resolve: (result: never) => void
  readonly reject: (error: TaskError) => void
}

const LOST: Failure = { code: 'DEFECT', message: 'The part of this page that reads files has stopped.', remedy: 'Reload the page.' }

/** Starts the worker of the page. */
export function startWorker(): FileWorker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const waiting = new Map<number, Waiting>()
  let ids = 0
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    const task = waiting.get(data.id)
    if (data.kind === 'progress') return task?.onProgress(data.progress as never)
    waiting.delete(data.id)
    if (data.kind === 'result') task?.resolve(data.result as never)
    else task?.reject(new TaskError(data.failure))
  })
  worker.addEventListener('error', () => {
    for (const task of waiting.values()) task.reject(new TaskError(LOST))
    waiting.clear()
  })
  return {
    run: (task, input, { signal, onProgress }) =>
      new Promise((resolve, reject) => {
        const id = ++ids
        waiting.set(id, { onProgress, resolve, reject })
        signal.addEventListener('abort', () => worker.postMessage({ id, cancel: true }))
        worker.postMessage({ id, task, input })
      }),
  }
}
