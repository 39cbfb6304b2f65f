import { hashText } from '../file/content-hash.ts'
import type { Failure } from '../file/failure.ts'
import { guessResources, matchHeaders } from '../file/headers.ts'
import type { Plan, SendResult } from '../file/send-rows.ts'
import type { ReadOptions } from '../file/source-row.ts'
import { type FileWorker, TaskError } from '../file/start-worker.ts'
import type { Resource } from '../session/resource.ts'
import type { Session } from '../session/session.ts'
import { createStore, type Store } from '../session/store.ts'
import { broughtTogether, type Corrections, corrected } from './corrections.ts'
import type { Choice, Loaded, LoadState, StateOf } from './load-state.ts'

/** The way of one file, from where it was dropped to its last corrected row. */
export interface Load extends Corrections {
  readonly state: Store<LoadState>
  drop(file: File, read?: ReadOptions): void
  choose(change: Partial<Choice>): void
  tryRows(): void
  send(): void
  backTo(step: 'columns' | 'tried'): void
  cancel(): void
  startOver(): void
}

/** What a load works with. */
export interface LoadParts {
  readonly worker: FileWorker
  readonly session: Session
  readonly resources: readonly Resource[]
}

/** A load that waits for its file. */
export function createLoad({ worker, session, resources }: LoadParts): Load {
  const state = createStore<LoadState>({ step: 'file' })
  let controller = new AbortController()
  const fresh = () => {
    controller = new AbortController()
    return controller.signal
  }

  async function read(file: File, read: ReadOptions): Promise<void> {
    state.set({ step: 'reading', file, progress: { bytes: 0, rows: 0 } })
    const signal = fresh()
    try {
      const onProgress = (progress: { bytes: number; rows: number }) => state.set({ step: 'reading', file, progress })
      const scan = await worker.run('scan', { file, read }, { signal, onProgress })
      const guesses = guessResources(scan.headers, file.name, resources)
      const [best] = guesses
      state.set({ step: 'columns', loaded: { file, read, scan, guesses }, choice: best && choiceOf(best.resource, scan.headers) })
    } catch (error) {
      if (signal.aborted) state.set({ step: 'file' })
      else state.set({ step: 'file', file, read, failure: failureIn(error) })
    }
  }

  async function tryRows({ loaded, choice }: { loaded: Loaded; choice: Choice }): Promise<void> {
    state.set({ step: 'trying', loaded, choice })
    const signal = fresh()
    const input = { gate: session.gate(), plan: planOf(loaded, choice), rows: loaded.scan.firstRows }
    const trial = await resultOf(worker.run('trial', input, { signal, onProgress: () => {} }))
    if (signal.aborted) state.set({ step: 'columns', loaded, choice })
    else if (trial.stopped && trial.rows === 0) state.set({ step: 'columns', loaded, choice, failure: trial.stopped })
    else state.set({ step: 'tried', loaded, choice, trial })
  }

  async function send({ loaded, choice }: { loaded: Loaded; choice: Choice }, known: ReadonlySet<number>): Promise<void> {
    const since = performance.now()
    const token = session.token.get()
    state.set({ step: 'sending', loaded, choice, progress: undefined, since })
    const input = { gate: session.gate(), plan: planOf(loaded, choice), file: loaded.file, read: loaded.read, key: keyOf(loaded, choice) }
    const result = await resultOf(
      worker.run('send', input, {
        signal: fresh(),
        onProgress: (progress) => state.set({ step: 'sending', loaded, choice, progress, since }),
      }),
    )
    const sent = { step: 'sent', loaded, choice, result, edits: new Map(), isResending: false, token } as const
    state.set({ ...sent, ...broughtTogether(result, known), seconds: (performance.now() - since) / 1_000 })
  }

  return {
    state,
    drop: (file, options = {}) => void read(file, options),
    choose(change) {
      const now = state.get()
      if (now.step !== 'columns') return
      const { choice, loaded } = now
      const resource = change.resource ?? choice?.resource
      if (resource === undefined) return
      const base = choice !== undefined && resource === choice.resource ? choice : choiceOf(resource, loaded.scan.headers)
      state.set({ step: 'columns', loaded, choice: { ...base, ...change } })
    },
    tryRows() {
      const now = state.get()
      if ('choice' in now && now.choice !== undefined) void tryRows({ loaded: now.loaded, choice: now.choice })
    },
    send() {
      const now = state.get()
      if (now.step === 'tried') void send(now, new Set())
      if (now.step === 'sent') void send(now, now.corrected)
    },
    backTo(step) {
      const now = state.get()
      if (!('loaded' in now) || now.choice === undefined || step === 'tried') return
      state.set({ step: 'columns', loaded: now.loaded, choice: now.choice })
    },
    cancel: () => controller.abort(),
    startOver: () => state.set({ step: 'file' }),
    ...corrected(state, {
      resend: async ({ loaded, choice }: StateOf<'sent'>, rows) => {
        const plan = planOf(loaded, choice)
        const key = `${keyOf(loaded, choice)}:${hashText(JSON.stringify(rows))}`
        return resultOf(worker.run('resend', { gate: session.gate(), plan, rows, key }, { signal: fresh(), onProgress: () => {} }))
      },
    }),
  }
}

function choiceOf(resource: Resource, headers: readonly string[]): Choice {
  const targets = matchHeaders(headers, resource).map(({ target }) => target)
  return {
    resource,
    targets,
    operation: 'upsert',
    solution: resource.solutions[0],
    isNew: false,
    nonce: crypto.getRandomValues(new Uint32Array(2)).join(''),
  }
}

function planOf({ scan }: Loaded, { resource, targets, operation, solution }: Choice): Plan {
  return { resource, targets, operation, solution, headers: scan.headers }
}

/**
 * The same content, loaded in the same way, is the same APPEND however often it is asked for; rows of an UPSERT are meant to be
 * written again by whoever loads them again.
 */
function keyOf({ scan, read }: Loaded, { resource, targets, operation, solution, isNew, nonce }: Choice): string {
  const what = hashText(JSON.stringify([scan.hash, scan.rows, read, resource.name, targets, operation, solution]))
  return operation === 'append' && !isNew ? `console-${what}` : `console-${what}-${nonce}`
}

/** A run that came to nothing is one that was stopped before its first row. */
async function resultOf(run: Promise<SendResult>): Promise<SendResult> {
  try {
    return await run
  } catch (error) {
    return { rows: 0, accepted: 0, rejected: 0, unconfirmed: 0, replayed: 0, failed: [], stopped: failureIn(error) }
  }
}

function failureIn(error: unknown): Failure {
  if (error instanceof TaskError) return error.failure
  return { code: 'DEFECT', message: 'Something went wrong on this page.', remedy: 'Load the page anew.' }
}
