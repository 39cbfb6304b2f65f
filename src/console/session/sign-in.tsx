import { useState } from 'preact/hooks'
import { createClient } from '../../client/index.ts'
import { type Failure, failureOf } from '../file/failure.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { SOLUTIONS } from './queries.ts'
import type { Session } from './session.ts'

// The token may be good all the same: what is wrong then will be told where rows are sent.
const NOT_OF_THE_TOKEN = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNREADABLE', 'UPSTREAM_REFUSED', 'OVERLOADED']

/** Asks for a token, and tries it. It stays in this tab and is sent to the gateway only. */
export function SignIn({ session, onDone, onLeave }: { session: Session; onDone: () => void; onLeave?: () => void }) {
  const { facts } = session
  const [text, setText] = useState('')
  const [failure, setFailure] = useState<Failure | undefined>(undefined)
  const [isTrying, setTrying] = useState(false)

  async function enter(token: string): Promise<void> {
    setTrying(true)
    try {
      await createClient({ url: new URL(facts.endpoint, location.href), token }).query(SOLUTIONS)
    } catch (error) {
      const found = failureOf(error)
      if (!NOT_OF_THE_TOKEN.includes(found.code)) {
        setFailure(found)
        setTrying(false)
        return
      }
    }
    session.signIn(token)
    onDone()
  }
  return (
    <form
      class="card sign-in stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') void enter(text.trim())
      }}
    >
      <h1>Who are you?</h1>
      <p class="muted">
        Rows are sent on behalf of your access token for the data ingestion API. It stays in this tab, and is forgotten when you close it.
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
        <button type="submit" class="button button-primary" disabled={isTrying || text.trim() === ''}>
          {isTrying ? 'Trying it …' : 'Go on'}
        </button>
        {facts.token !== undefined && (
          <button type="button" class="button" disabled={isTrying} onClick={() => enter(facts.token ?? '')}>
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
      </div>
    </form>
  )
}
