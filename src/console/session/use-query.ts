import { useCallback, useEffect, useState } from 'preact/hooks'
import { type Failure, failureOf } from '../file/failure.ts'
import type { Session } from './session.ts'
import { useStore } from './store.ts'

/** A query as it stands. */
export interface Asked<Data> {
  readonly data: Data | undefined
  readonly failure: Failure | undefined
  readonly isLoading: boolean
  reload(): void
}

/** Asks the gateway, and again when the token, the document or a variable changes; what was known stays until the answer is there. */
export function useQuery<Data>(session: Session, document: string | undefined, variables: Record<string, unknown> = {}): Asked<Data> {
  const token = useStore(session.token)
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<Omit<Asked<Data>, 'reload'>>({ data: undefined, failure: undefined, isLoading: true })
  const text = JSON.stringify(variables)
  useEffect(() => {
    if (document === undefined) return
    const controller = new AbortController()
    setState(({ data }) => ({ data, failure: undefined, isLoading: true }))
    session
      .client()
      .query<Data>(document, JSON.parse(text), controller.signal)
      .then(
        (data) => setState({ data, failure: undefined, isLoading: false }),
        (error) => controller.signal.aborted || setState(({ data }) => ({ data, failure: failureOf(error), isLoading: false })),
      )
    return () => controller.abort()
  }, [session, token, document, text, turn])
  return { ...state, reload: useCallback(() => setTurn((last) => last + 1), []) }
}
