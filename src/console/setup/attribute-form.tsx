import { useState } from 'preact/hooks'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { ADD_ATTRIBUTE, type AddAttributeAnswer } from '../session/queries.ts'
import type { Resource } from '../session/resource.ts'
import type { Session } from '../session/session.ts'
import { TextField } from './rollout-form.tsx'
import { useAction } from './use-action.ts'

const TYPES = ['STRING', 'INTEGER', 'FLOAT', 'NUMERIC', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'JSON'] as const

interface AttributeFormProps {
  readonly session: Session
  readonly solution: string
  readonly resources: readonly Resource[]
  readonly onDone: () => void
}

/** Adds a custom attribute to a table; validation rules can be set only by the mutation itself. */
export function AttributeForm({ session, solution, resources, onDone }: AttributeFormProps) {
  const members = resources.filter((one) => one.solutions.includes(solution))
  const [resource, setResource] = useState<string | undefined>(undefined)
  const [name, setName] = useState('')
  const [type, setType] = useState<(typeof TYPES)[number]>('STRING')
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
          <label class="field">
            <span>Table</span>
            <select value={chosen} onChange={(event) => setResource(event.currentTarget.value)}>
              {members.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.title}
                </option>
              ))}
            </select>
          </label>
          <TextField title="Name" value={name} onChange={(text) => setName(text.toUpperCase().replace(/[^A-Z0-9_]/g, '_'))} />
          <label class="field">
            <span>Holds</span>
            <select value={type} onChange={(event) => setType(event.currentTarget.value as (typeof TYPES)[number])}>
              {TYPES.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          {type === 'NUMERIC' && <Digits digits={digits} onChange={setDigits} />}
          <button type="submit" class="button" disabled={name === '' || added.isRunning}>
            {added.isRunning ? 'Adding …' : 'Add it'}
          </button>
        </div>
        {added.failure && <FailureNotice failure={added.failure} />}
        {added.result && (
          <Notice tone="good" title={`${added.result.addAttribute.object} has ${added.result.addAttribute.name} now.`}>
            <p>A column of a file with this name can be sent to it.</p>
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
  const setPrecision = (chosen: number) => onChange({ precision: chosen, scale: Math.min(scale, chosen - 1) })
  return (
    <>
      <DigitsField title="Digits in all" least={1} most={38} value={precision} onChange={setPrecision} />
      <DigitsField
        title="Behind the point"
        least={0}
        most={precision - 1}
        value={scale}
        onChange={(chosen) => onChange({ precision, scale: chosen })}
      />
    </>
  )
}

interface DigitsFieldProps {
  readonly title: string
  readonly least: number
  readonly most: number
  readonly value: number
  readonly onChange: (value: number) => void
}

function DigitsField({ title, least, most, value, onChange }: DigitsFieldProps) {
  return (
    <label class="field">
      <span>{title}</span>
      <select value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
        {Array.from({ length: most - least + 1 }, (_, at) => (
          <option key={at}>{least + at}</option>
        ))}
      </select>
    </label>
  )
}
