import { MAX_KEPT } from '../file/send-rows.ts'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { count, counted, duration } from '../parts/number-text.ts'
import type { Session } from '../session/session.ts'
import { useStore } from '../session/store.ts'
import type { Load } from './create-load.ts'
import type { StateOf } from './load-state.ts'
import { Figure } from './progress-steps.tsx'
import { RejectedRows } from './rejected-rows.tsx'
import { StepHeading } from './steps.tsx'

/** What became of the rows, and those left to correct. */
export function SentStep({ load, state, session }: { load: Load; state: StateOf<'sent'>; session: Session }) {
  const { tally, result, loaded, open } = state
  const isAll = result.stopped === undefined
  return (
    <section class="stack">
      <StepHeading>{isAll && open.length === 0 ? 'All rows are in' : 'What became of the rows'}</StepHeading>
      <div class="card stack-small">
        <dl class="figures">
          <Figure tone="good" title="Accepted" value={tally.accepted} />
          <Figure tone="bad" title="Rejected" value={tally.rejected} />
          <Figure tone="warning" title="Unconfirmed" value={tally.unconfirmed} />
          {state.corrected.size > 0 && <Figure tone="plain" title="Corrected here" value={state.corrected.size} />}
        </dl>
        <p class="muted">
          {loaded.file.name}: {counted(loaded.scan.rows, 'row')}
          {isAll && `, sent in ${duration(state.seconds)}`}
        </p>
      </div>
      {tally.replayed > 0 && (
        <Notice tone="plain" title={`${counted(tally.replayed, 'row')} had been sent before.`}>
          <p>Their outcomes are from that time; they were not written again.</p>
        </Notice>
      )}
      {result.stopped && <Stopped load={load} state={state} session={session} />}
      {state.failure && <FailureNotice failure={state.failure} />}
      {open.length === 0 && isAll && (
        <Notice tone="good" title={`${counted(tally.accepted, 'row')} accepted, none left behind.`}>
          <p>You can follow them under Outcomes.</p>
        </Notice>
      )}
      {open.length > 0 && <RejectedRows load={load} state={state} />}
      {tally.rejected > MAX_KEPT && <p class="muted">Only the first {count(MAX_KEPT)} are kept here.</p>}
      <div class="actions">
        <button type="button" class={`button ${open.length === 0 && isAll ? 'button-primary' : ''}`} onClick={load.startOver}>
          Load another file
        </button>
      </div>
    </section>
  )
}

/** A run that ended early: rows with an answer are final, and repeating it continues from there. */
function Stopped({ load, state, session }: { load: Load; state: StateOf<'sent'>; session: Session }) {
  const token = useStore(session.token)
  const { result, choice, loaded } = state
  if (result.stopped === undefined) return null
  const isOther = choice.operation === 'append' && token !== state.token && result.accepted > 0
  return (
    <FailureNotice failure={result.stopped}>
      <p>
        {counted(result.rows, 'row')} of {count(loaded.scan.rows)} were answered for.
      </p>
      {isOther ? (
        <p>
          This was started with another token, and the gateway does not know one caller's rows by another's token: adding the file again
          could write rows twice. Remove the rows that are in from the file, or use “Update it”.
        </p>
      ) : (
        <button type="button" class="button" onClick={load.send}>
          Go on with the rest
        </button>
      )}
    </FailureNotice>
  )
}
