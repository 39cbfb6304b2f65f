import type { ReadOptions } from '../file/source-row.ts'
import { createStore, type Store } from '../session/store.ts'
import { type Corrections, corrected } from './corrections.ts'
import { createTasks, type LoadParts } from './create-tasks.ts'
import type { Choice, LoadState } from './load-state.ts'
import { choiceOf } from './plan.ts'

/** The load of one file, from dropping it to the last corrected row. */
export interface Load extends Corrections {
  readonly state: Store<LoadState>
  drop(file: File, read?: ReadOptions): void
  choose(change: Partial<Choice>): void
  tryRows(): void
  send(): void
  backToColumns(): void
  cancel(): void
  startOver(): void
}

/** Creates a load that waits for its file. */
export function createLoad(parts: LoadParts): Load {
  const state = createStore<LoadState>({ step: 'file' })
  const tasks = createTasks(state, parts)
  return {
    state,
    drop: (file, options = {}) => void tasks.read(file, options),
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
      if (now.step === 'columns' && now.choice !== undefined) void tasks.tryRows({ loaded: now.loaded, choice: now.choice })
    },
    send() {
      const now = state.get()
      if (now.step !== 'tried' && now.step !== 'sent') return
      void tasks.send({ loaded: now.loaded, choice: now.choice }, now.step === 'sent' ? now.corrected : new Set())
    },
    backToColumns() {
      const now = state.get()
      if (now.step === 'tried') state.set({ step: 'columns', loaded: now.loaded, choice: now.choice })
    },
    cancel: tasks.cancel,
    startOver: () => state.set({ step: 'file' }),
    ...corrected(state, ({ loaded, choice }, rows) => tasks.resend({ loaded, choice }, rows)),
  }
}
