import { useState } from 'preact/hooks'
import { SelectField } from '../parts/fields.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { ONBOARDING, type OnboardingAnswer, type OnboardingStep } from '../session/queries.ts'
import type { Resource } from '../session/resource.ts'
import type { Session } from '../session/session.ts'
import { useQuery } from '../session/use-query.ts'
import { useSolutions } from '../session/use-solutions.ts'
import { AttributeForm } from './attribute-form.tsx'
import { RolloutForm, type SetupProps } from './rollout-form.tsx'

/** The steps from a token to accepted rows, each with its status and what to do next. */
export function SetupPage({ session, resources }: { session: Session; resources: readonly Resource[] }) {
  const solutions = useSolutions(session, resources)
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const solution = chosen ?? solutions[0]
  const asked = useQuery<OnboardingAnswer>(session, solution && ONBOARDING, { solution })
  const steps = asked.data?.onboarding.steps ?? []
  const next = steps.find(({ status }) => status !== 'DONE')
  return (
    <>
      <div class="page-head">
        <h1>Set-up</h1>
        <div class="fields-inline">
          <SelectField title="Solution" value={solution} options={solutions} onChange={setChosen} />
          <button type="button" class="button" disabled={asked.isLoading} onClick={asked.reload}>
            {asked.isLoading ? 'Checking …' : 'Check again'}
          </button>
        </div>
      </div>
      <section class="stack">
        {asked.failure && <FailureNotice failure={asked.failure} />}
        {asked.data === undefined && asked.isLoading && <p class="loading">Checking every step …</p>}
        {asked.data?.onboarding.done && (
          <Notice tone="good" title="Everything is set up, and rows are coming in.">
            <p>There is nothing left to do here.</p>
          </Notice>
        )}
        <ol class="checklist" aria-busy={asked.isLoading}>
          {steps.map((step) => (
            <ChecklistStep key={step.id} step={step} isNext={step === next}>
              {solution !== undefined && (
                <StepAction key={solution} step={step} solution={solution} session={session} resources={resources} onDone={asked.reload} />
              )}
            </ChecklistStep>
          ))}
        </ol>
      </section>
    </>
  )
}

const STATUSES: Readonly<Record<OnboardingStep['status'], { readonly icon: IconName; readonly words: string }>> = {
  DONE: { icon: 'check', words: 'Done' },
  TODO: { icon: 'circle', words: 'To do' },
  FAILED: { icon: 'cross', words: 'Something is wrong' },
  UNKNOWN: { icon: 'question', words: 'Could not be checked' },
}

function ChecklistStep({ step, isNext, children }: { step: OnboardingStep; isNext: boolean; children: preact.ComponentChildren }) {
  const { icon, words } = STATUSES[step.status]
  return (
    <li class={`card check check-${step.status.toLowerCase()} ${isNext ? 'is-next' : ''}`}>
      <span class="check-mark">
        <Icon name={icon} />
      </span>
      <div class="stack-small">
        <p class="check-title">
          {step.title}
          <span class="visually-hidden">: {words}</span>
        </p>
        <p class="muted">{step.checked}</p>
        {step.next !== null && (
          <p>
            <strong>Next: </strong>
            {step.next}
          </p>
        )}
        {step.details.length > 0 && (
          <details>
            <summary>Details ({step.details.length})</summary>
            <ul class="details-list">
              {step.details.map((detail) => (
                <li key={detail}>{detail}</li>
              ))}
            </ul>
          </details>
        )}
        {children}
      </div>
    </li>
  )
}

/** The action available for a step. */
function StepAction({ step, ...setup }: SetupProps & { readonly step: OnboardingStep }) {
  const isOpen = step.status !== 'DONE'
  if (step.id === 'TABLES' && isOpen) return <RolloutForm {...setup} />
  // Nothing can be added to missing tables.
  if (step.id === 'COLUMNS' && step.status !== 'UNKNOWN') return <AttributeForm {...setup} />
  if (step.id === 'FIRST_ROWS' && isOpen)
    return (
      <a class="button button-primary" href="#load">
        Load a file
      </a>
    )
  if (step.id === 'OUTCOMES' && isOpen && step.details.length > 0)
    return (
      <a class="button" href="#outcomes">
        Look at the outcomes
      </a>
    )
  return null
}
