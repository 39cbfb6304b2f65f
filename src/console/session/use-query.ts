import { useCallback, useEffect, useState } from 'preact/hooks'
import { type Failure, failureOf } from '../file/failure.ts'
import type { Session } from './session.ts'
import { useStore } from './store.ts'

/** The state of a query. */
export interface Asked<Data> {
  readonly data: Data | undefined
  readonly failure: Failure | undefined
  readonly isLoading: boolean
  reload(): void
}

/** The last answer, and its question. */
interface Answered<Data> extends Omit<Asked<Data>, 'reload'> {
  readonly question: string | undefined
}

/**
 * Queries the gateway, again whenever the token, the document or a variable changes. An answer is kept until the same question is answered
 * anew; it is never shown for another question.
 */
export function useQuery<Data>(session: Session, document: string | undefined, variables: Record<string, unknown> = {}): Asked<Data> {
  const token = useStore(session.token)
  const [turn, setTurn] = useState(0)
  const text = JSON.stringify(variables)
  const question = document && `${document} ${text}`
  const unanswered = { question, data: undefined, failure: undefined, isLoading: true }
  const [state, setState] = useState<Answered<Data>>(unanswered)
  const known = state.question === question ? state : unanswered
  useEffect(() => {
    if (document === undefined) return
    const controller = new AbortController()
    setState({ ...known, failure: undefined, isLoading: true })
    session
      .client()
      .query<Data>(document, JSON.parse(text), controller.signal)
      .then(
        (data) => controller.signal.aborted || setState({ question, data, failure: undefined, isLoading: false }),
        (error) => controller.signal.aborted || setState({ ...known, failure: failureOf(error), isLoading: false }),
      )
    return () => controller.abort()
  }, [session, token, question, turn])
  return { ...known, reload: useCallback(() => setTurn((last) => last + 1), []) }
}
