import { useState } from 'preact/hooks'
import { SelectField, TextField } from '../parts/fields.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { ADD_ATTRIBUTE, type AddAttributeAnswer } from '../session/queries.ts'
import type { SetupProps } from './rollout-form.tsx'
import { useAction } from './use-action.ts'

const TYPES = ['STRING', 'INTEGER', 'FLOAT', 'NUMERIC', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'JSON']

const MAX_PRECISION = 38

/** Adds a custom attribute to a table; validation rules can be set only by the mutation itself. */
export function AttributeForm({ session, solution, resources, onDone }: SetupProps) {
  const members = resources.filter((one) => one.solutions.includes(solution))
  const [resource, setResource] = useState<string | undefined>(undefined)
  const [name, setName] = useState('')
  const [type, setType] = useState('STRING')
  const [digits, setDigits] = useState<DecimalDigits>({ precision: 18, scale: 2 })
  const added = useAction<AddAttributeAnswer>()
  const chosen = resource ?? members[0]?.name
  if (chosen === undefined) return null
  const add = (event: Event) => {
    event.preventDefault()
    void added.run(async () => {
      const variables = { resource: chosen, solution, name, type, ...(type === 'NUMERIC' && digits) }
      const answer = await session.client().query<AddAttributeAnswer>(ADD_ATTRIBUTE, variables)
      onDone()
      return answer
    })
  }
  return (
    <details>
      <summary>Add a column of your own</summary>
      <form class="inline-form stack-small" onSubmit={add}>
        <div class="fields-inline">
          <SelectField title="Table" value={chosen} options={members.map((one) => [one.name, one.title])} onChange={setResource} />
          <TextField title="Name" value={name} onChange={(text) => setName(text.toUpperCase().replace(/[^A-Z0-9_]/g, '_'))} />
          <SelectField title="Holds" value={type} options={TYPES} onChange={setType} />
          {type === 'NUMERIC' && <Digits digits={digits} onChange={setDigits} />}
          <button type="submit" class="button" disabled={name === '' || added.isRunning}>
            {added.isRunning ? 'Adding …' : 'Add it'}
          </button>
        </div>
        {added.failure && <FailureNotice failure={added.failure} />}
        {added.result && (
          <Notice tone="good" title={`${added.result.addAttribute.object} has ${added.result.addAttribute.name} now.`}>
            <p>Files may now have a column of this name.</p>
          </Notice>
        )}
      </form>
    </details>
  )
}

interface DecimalDigits {
  /** Total digits. */
  readonly precision: number
  /** Digits after the point. */
  readonly scale: number
}

function Digits({ digits: { precision, scale }, onChange }: { digits: DecimalDigits; onChange: (digits: DecimalDigits) => void }) {
  const numbers = (least: number, most: number) => Array.from({ length: most - least + 1 }, (_, at) => String(least + at))
  const setPrecision = (chosen: number) => onChange({ precision: chosen, scale: Math.min(scale, chosen - 1) })
  return (
    <>
      <SelectField
        title="Total digits"
        value={String(precision)}
        options={numbers(1, MAX_PRECISION)}
        onChange={(chosen) => setPrecision(Number(chosen))}
      />
      <SelectField
        title="Decimal places"
        value={String(scale)}
        options={numbers(0, precision - 1)}
        onChange={(chosen) => onChange({ precision, scale: Number(chosen) })}
      />
    </>
  )
}
