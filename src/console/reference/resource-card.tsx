import { useState } from 'preact/hooks'
import { offerDownload } from '../load/rejected-csv.ts'
import { Icon } from '../parts/icon.tsx'
import { count, counted } from '../parts/number-text.ts'
import type { Resource, ResourceColumn } from '../session/resource.ts'

/** One resource: its name and description when folded, and everything a file for it must have when unfolded. */
export function ResourceCard({ resource, hits }: { resource: Resource; hits: ReadonlySet<string> }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="card resource" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="resource-title">{resource.title}</span>
        <code class="muted">{resource.object}</code>
        <span class="resource-text muted">{resource.description}</span>
        {hits.size > 0 && <span class="chip-count">{counted(hits.size, 'column')} found</span>}
      </summary>
      {isOpen && <Particulars resource={resource} hits={hits} />}
    </details>
  )
}

function Particulars({ resource, hits }: { resource: Resource; hits: ReadonlySet<string> }) {
  const { columns, limits, primaryKey, upsertMutation, appendMutation, solutions, complete } = resource
  return (
    <div class="stack resource-body">
      <p class="muted small">
        Key: {primaryKey.join(', ')} · Mutations: <code>{upsertMutation}</code>, <code>{appendMutation}</code> ·{' '}
        {count(limits.rowsPerMutation)} rows a request
        {solutions.length > 0 && ` · In ${solutions.join(', ')}`}
        {!complete && ' · The public description is known to continue: further columns go in as custom attributes'}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section class="scroll" tabIndex={0} aria-label={`Columns of ${resource.title}`}>
        <table class="columns">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Holds</th>
              <th scope="col">Rules</th>
              <th scope="col">What it is</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.field} class={hits.has(column.field) ? 'is-hit' : ''}>
                <th scope="row">
                  <code>{column.column}</code>
                  {column.isKey && <span class="tag">key</span>}
                </th>
                <td>{column.type.toLowerCase()}</td>
                <td>{rulesOf(column).join('; ')}</td>
                <td>{column.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <details>
        <summary>A valid row</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
        <pre tabIndex={0}>{JSON.stringify(resource.example, null, 2)}</pre>
      </details>
      <div class="actions">
        <button type="button" class="button" onClick={() => offerDownload(`${resource.object.toLowerCase()}.csv`, templateOf(resource))}>
          <Icon name="download" /> CSV template
        </button>
      </div>
    </div>
  )
}

function rulesOf({ presence, minimum, maximum, maxLength, allowedValues, references, holdsJson }: ResourceColumn): string[] {
  const rules = [
    presence === 'REQUIRED' ? 'required' : 'may be left out',
    minimum !== null && `at least ${minimum}`,
    maximum !== null && `at most ${maximum}`,
    maxLength !== null && `at most ${maxLength} characters`,
    allowedValues !== null && `one of ${allowedValues.join(', ')}`,
    references !== null && `refers to ${references}`,
    holdsJson && 'a JSON document',
  ]
  return rules.filter((rule) => rule !== false)
}

/** A header with one valid row. */
function templateOf({ columns, example }: Resource): string {
  const line = (texts: readonly string[]) =>
    `${texts.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',')}\r\n`
  const cell = (value: unknown) => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value))
  return line(columns.map(({ column }) => column)) + line(columns.map(({ field }) => cell(example[field])))
}
