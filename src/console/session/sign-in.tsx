import { useState } from 'preact/hooks'
import { createClient } from '../../client/index.ts'
import { type Failure, failureOf } from '../file/failure.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { SOLUTIONS } from './queries.ts'
import type { Session } from './session.ts'

// The token may still be good: if it is not, sending rows will tell.
const NOT_OF_THE_TOKEN = ['FORBIDDEN', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNREADABLE', 'UPSTREAM_REFUSED', 'OVERLOADED', 'RATE_LIMITED']

interface SignInProps {
  readonly session: Session
  readonly onDone: () => void
  /** Undefined if there is no token to stay with. */
  readonly onLeave?: () => void
}

/** Asks for a token and tries it; it stays in this tab, and is sent only to the gateway. */
export function SignIn({ session, onDone, onLeave }: SignInProps) {
  const [text, setText] = useState('')
  const { failure, isTrying, enter } = useTrial(session, onDone)
  const given = text.trim()
  return (
    <form
      class="card sign-in stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (given !== '') void enter(given)
      }}
    >
      <h1>Who are you?</h1>
      <p class="muted">
        Rows are sent on behalf of your access token. It stays in this tab, goes to the gateway only, and is forgotten when you close the
        tab.
      </p>
      {failure && <FailureNotice failure={failure} />}
      <label class="field">
        <span>Access token</span>
        <input
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          aria-invalid={failure !== undefined}
        />
      </label>
      <div class="actions">
        <button type="submit" class="button button-primary" disabled={isTrying || given === ''}>
          {isTrying ? 'Trying it …' : 'Go on'}
        </button>
        <OtherWays session={session} isTrying={isTrying} onToken={enter} {...(onLeave && { onLeave })} />
      </div>
    </form>
  )
}

interface OtherWaysProps {
  readonly session: Session
  readonly isTrying: boolean
  readonly onToken: (token: string) => Promise<void>
  readonly onLeave?: () => void
}

function OtherWays({ session, isTrying, onToken, onLeave }: OtherWaysProps) {
  const { token } = session.facts
  return (
    <>
      {token !== undefined && (
        <button type="button" class="button" disabled={isTrying} onClick={() => onToken(token)}>
          Use the sandbox's token
        </button>
      )}
      {onLeave && (
        <button type="button" class="button button-quiet" onClick={onLeave}>
          Keep the present one
        </button>
      )}
      {onLeave && (
        <button type="button" class="button button-quiet" onClick={session.signOut}>
          Forget it
        </button>
      )}
    </>
  )
}

/** Tries a token before it is kept. */
function useTrial(session: Session, onDone: () => void) {
  const [failure, setFailure] = useState<Failure | undefined>(undefined)
  const [isTrying, setTrying] = useState(false)
  const enter = async (token: string): Promise<void> => {
    setTrying(true)
    const url = new URL(session.facts.endpoint, location.origin)
    const found = await createClient({ url, token })
      .query(SOLUTIONS)
      .then(
        () => undefined,
        (error: unknown) => failureOf(error),
      )
    setTrying(false)
    if (found !== undefined && !NOT_OF_THE_TOKEN.includes(found.code)) return setFailure(found)
    session.signIn(token)
    onDone()
  }
  return { failure, isTrying, enter }
}
