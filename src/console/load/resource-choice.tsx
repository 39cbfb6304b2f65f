import { SelectField } from '../parts/fields.tsx'
import { percent } from '../parts/number-text.ts'
import type { Resource } from '../session/resource.ts'
import type { Load } from './create-load.ts'
import type { Choice, Loaded } from './load-state.ts'

interface ResourceChoiceProps {
  readonly load: Load
  readonly loaded: Loaded
  readonly choice: Choice | undefined
  readonly resources: readonly Resource[]
}

const BEST = 3

/** The choice of resource, operation and solution. */
export function ResourceChoice({ load, loaded, choice, resources }: ResourceChoiceProps) {
  const best = loaded.guesses.slice(0, BEST)
  const modules = Map.groupBy(resources, ({ moduleTitle }) => moduleTitle)
  const pick = (name: string) => {
    const resource = resources.find((one) => one.name === name)
    if (resource) load.choose({ resource })
  }
  return (
    <div class="card choices">
      <label class="field">
        <span>The rows are</span>
        <select value={choice?.resource.name ?? ''} onChange={(event) => pick(event.currentTarget.value)}>
          {choice === undefined && <option value="">Choose …</option>}
          {best.length > 0 && (
            <optgroup label="Best fit">
              {best.map(({ resource, score }) => (
                <option key={resource.name} value={resource.name}>
                  {resource.title} ({resource.module}, fits {percent(score)})
                </option>
              ))}
            </optgroup>
          )}
          {[...modules].map(([title, members]) => (
            <optgroup key={title} label={title}>
              {members
                .filter((resource) => !best.some((guess) => guess.resource === resource))
                .map((resource) => (
                  <option key={resource.name} value={resource.name}>
                    {resource.title}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
        {choice && <small class="muted">{choice.resource.description}</small>}
      </label>
      {choice && choice.resource.solutions.length > 1 && (
        <SelectField
          title="Solution"
          value={choice.solution}
          options={choice.resource.solutions}
          onChange={(solution) => load.choose({ solution })}
        />
      )}
      {choice && <OperationChoice load={load} choice={choice} />}
    </div>
  )
}

function OperationChoice({ load, choice }: { load: Load; choice: Choice }) {
  const { operation, resource, isNew } = choice
  return (
    <fieldset class="field">
      <legend>If a row is already there</legend>
      <div class="radios">
        <label class={`radio ${operation === 'upsert' ? 'is-on' : ''}`}>
          <input type="radio" name="operation" checked={operation === 'upsert'} onChange={() => load.choose({ operation: 'upsert' })} />
          <span>
            <strong>Update it</strong>
            <small>Rows with the same {resource.primaryKey.join(', ')} are replaced. Loading a file twice does no harm.</small>
          </span>
        </label>
        <label class={`radio ${operation === 'append' ? 'is-on' : ''}`}>
          <input type="radio" name="operation" checked={operation === 'append'} onChange={() => load.choose({ operation: 'append' })} />
          <span>
            <strong>Only add</strong>
            <small>Every row is added once. The same file is recognised, and not written a second time.</small>
          </span>
        </label>
      </div>
      {operation === 'append' && (
        <label class="tick">
          <input type="checkbox" checked={isNew} onChange={(event) => load.choose({ isNew: event.currentTarget.checked })} />
          <span>Load it again as new, even if these very rows were added before</span>
        </label>
      )}
    </fieldset>
  )
}
