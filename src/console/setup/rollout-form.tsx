import { useState } from 'preact/hooks'
import { SelectField, TextField } from '../parts/fields.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { counted } from '../parts/number-text.ts'
import { ROLLOUT, type RolloutAnswer, SAVE_SCHEMA, type SaveSchemaAnswer } from '../session/queries.ts'
import type { Resource } from '../session/resource.ts'
import type { Session } from '../session/session.ts'
import { useAction } from './use-action.ts'

/** What setting up a solution takes. */
export interface SetupProps {
  readonly session: Session
  readonly solution: string
  readonly resources: readonly Resource[]
  readonly onDone: () => void
}

interface Wish {
  readonly appName: string
  readonly appVersion: string
  readonly targetSchemaName: string
  /** Only this module of the solution; empty for all. */
  readonly module: string
}

/** Saves the tables of a solution, and rolls them out: two buttons, since saving alone is useful, too. */
export function RolloutForm({ session, solution, resources, onDone }: SetupProps) {
  const [wish, setWish] = useState<Wish>({ appName: solution, appVersion: '1.0.0', targetSchemaName: 'STAGE', module: '' })
  const saved = useAction<SaveSchemaAnswer>()
  const rolledOut = useAction<RolloutAnswer>()
  const modules = [...new Set(resources.filter((one) => one.solutions.includes(solution)).map(({ module }) => module))]
  const { appName, appVersion, targetSchemaName, module } = wish
  const save = () =>
    saved.run(() =>
      session
        .client()
        .query<SaveSchemaAnswer>(SAVE_SCHEMA, { appName, appVersion, ...(module === '' ? { solution } : { modules: [module] }) }),
    )
  const rollOut = () =>
    rolledOut.run(async () => {
      const input = { solutionName: solution, appName, appVersion, targetSchemaName, ...(module !== '' && { modules: [module] }) }
      const answer = await session.client().query<RolloutAnswer>(ROLLOUT, { input })
      onDone()
      return answer
    })
  const isBusy = saved.isRunning || rolledOut.isRunning
  return (
    <div class="inline-form stack-small">
      <div class="fields-inline">
        <TextField title="Application" value={appName} onChange={(text) => setWish({ ...wish, appName: text })} />
        <TextField title="Version" value={appVersion} onChange={(text) => setWish({ ...wish, appVersion: text })} />
        <TextField title="Database schema" value={targetSchemaName} onChange={(text) => setWish({ ...wish, targetSchemaName: text })} />
        {modules.length > 1 && (
          <SelectField
            title="Tables of"
            value={module}
            options={[['', 'all modules'], ...modules]}
            onChange={(name) => setWish({ ...wish, module: name })}
          />
        )}
      </div>
      <div class="actions">
        <button type="button" class="button" disabled={isBusy} onClick={save}>
          {saved.isRunning ? 'Saving …' : '1. Save the schema'}
        </button>
        <button type="button" class="button button-primary" disabled={isBusy} onClick={rollOut}>
          {rolledOut.isRunning ? 'Rolling out …' : '2. Roll out the tables'}
        </button>
      </div>
      {saved.failure && <FailureNotice failure={saved.failure} />}
      {saved.result && <Notice tone="good" title={`The schema of ${counted(saved.result.saveSchema.tables.length, 'table')} is saved.`} />}
      {rolledOut.failure && <FailureNotice failure={rolledOut.failure} />}
      {rolledOut.result && <RolloutReport {...rolledOut.result.rollout} />}
    </div>
  )
}

function RolloutReport({ complete, missing, objects }: RolloutAnswer['rollout']) {
  const failed = objects.filter(({ message }) => message !== undefined)
  if (complete) return <Notice tone="good" title={`${counted(objects.length, 'table')} rolled out.`} />
  return (
    <Notice tone="warning" title="The rollout is not complete.">
      <ul class="details-list">
        {failed.map(({ object, message }) => (
          <li key={object}>
            <code>{object}</code>: {message}
          </li>
        ))}
        {missing.map((object) => (
          <li key={object}>
            <code>{object}</code> is not in the upstream's answer.
          </li>
        ))}
      </ul>
    </Notice>
  )
}
