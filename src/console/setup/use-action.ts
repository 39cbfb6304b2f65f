import { useState } from 'preact/hooks'
import { type Failure, failureOf } from '../file/failure.ts'

/** An action behind a button: running, failed or done. */
interface Action<Result> {
  readonly isRunning: boolean
  readonly failure: Failure | undefined
  readonly result: Result | undefined
  run(act: () => Promise<Result>): Promise<void>
}

/** An action that has not been started yet. */
export function useAction<Result>(): Action<Result> {
  const [state, setState] = useState<Omit<Action<Result>, 'run'>>({ isRunning: false, failure: undefined, result: undefined })
  return {
    ...state,
    async run(act) {
      setState({ isRunning: true, failure: undefined, result: undefined })
      try {
        setState({ isRunning: false, failure: undefined, result: await act() })
      } catch (error) {
        setState({ isRunning: false, failure: failureOf(error), result: undefined })
      }
    },
  }
}
