import type { Progress } from '../../client/index.ts'
import { guessResources } from '../../tabular/guess-resources.ts'
import { hashText } from '../file/content-hash.ts'
import type { Failure } from '../file/failure.ts'
import type { ScanProgress } from '../file/scan.ts'
import type { SendResult } from '../file/send-rows.ts'
import type { ReadOptions, SourceRow } from '../file/source-row.ts'
import { type FileWorker, TaskError } from '../file/start-worker.ts'
import type { Resource } from '../session/resource.ts'
import type { Session } from '../session/session.ts'
import type { Store } from '../session/store.ts'
import { broughtTogether } from './corrections.ts'
import type { Chosen, LoadState } from './load-state.ts'
import { choiceOf, keyOf, planOf } from './plan.ts'

/** What a load works with. */
export interface LoadParts {
  readonly worker: FileWorker
  readonly session: Session
  readonly resources: readonly Resource[]
}

/** The long-running tasks, one at a time: each updates the state of the load, and none rejects. */
export function createTasks(state: Store<LoadState>, { worker, session, resources }: LoadParts) {
  let controller = new AbortController()
  const fresh = () => {
    controller = new AbortController()
    return controller.signal
  }
  const inputOf = ({ loaded, choice }: Chosen) => ({ gate: session.gate(), plan: planOf(loaded, choice), key: keyOf(loaded, choice) })
  return {
    async read(file: File, read: ReadOptions): Promise<void> {
      const onProgress = (progress: ScanProgress) => state.set({ step: 'reading', file, progress })
      onProgress({ bytes: 0, rows: 0 })
      const signal = fresh()
      try {
        const scan = await worker.run('scan', { file, read }, { signal, onProgress })
        const guesses = guessResources(scan.headers, file.name, resources)
        const [best] = guesses
        state.set({ step: 'columns', loaded: { file, read, scan, guesses }, choice: best && choiceOf(best.resource, scan.headers) })
      } catch (error) {
        state.set(signal.aborted ? { step: 'file' } : { step: 'file', file, read, failure: failureIn(error) })
      }
    },
    async tryRows(chosen: Chosen): Promise<void> {
      state.set({ step: 'trying', ...chosen })
      const signal = fresh()
      const input = { ...inputOf(chosen), rows: chosen.loaded.scan.firstRows }
      const trial = await resultOf(worker.run('trial', input, { signal, onProgress: () => {} }))
      if (signal.aborted) state.set({ step: 'columns', ...chosen })
      else if (trial.stopped && trial.rows === 0) state.set({ step: 'columns', ...chosen, failure: trial.stopped })
      else state.set({ step: 'tried', ...chosen, trial })
    },
    /** Sends the whole file; rows accepted after an earlier correction are known by their numbers. */
    async send(chosen: Chosen, corrected: ReadonlySet<number>): Promise<void> {
      const since = performance.now()
      const token = session.token.get()
      const onProgress = (progress?: Progress) => state.set({ step: 'sending', ...chosen, progress, since })
      onProgress()
      const { file, read } = chosen.loaded
      const result = await resultOf(worker.run('send', { ...inputOf(chosen), file, read }, { signal: fresh(), onProgress }))
      const sent = { step: 'sent', ...chosen, result, edits: new Map(), isResending: false, token } as const
      state.set({ ...sent, ...broughtTogether(result, corrected), seconds: (performance.now() - since) / 1_000 })
    },
    resend(chosen: Chosen, rows: readonly SourceRow[]): Promise<SendResult> {
      const input = inputOf(chosen)
      // The same rows are the same request; with another correction they are a different one.
      const key = `${input.key}:${hashText(JSON.stringify(rows))}`
      return resultOf(worker.run('resend', { ...input, key, rows }, { signal: fresh(), onProgress: () => {} }))
    },
    /** Aborts the task under way. */
    cancel: () => controller.abort(),
  }
}

/** Treats a failed run as one that was stopped before its first row. */
async function resultOf(run: Promise<SendResult>): Promise<SendResult> {
  try {
    return await run
  } catch (error) {
    return { rows: 0, accepted: 0, rejected: 0, unconfirmed: 0, replayed: 0, failed: [], stopped: failureIn(error) }
  }
}

function failureIn(error: unknown): Failure {
  if (error instanceof TaskError) return error.failure
  return { code: 'DEFECT', message: 'Something went wrong on this page.', remedy: 'Reload the page.' }
}
