import { useMemo, useState } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { counted } from '../parts/number-text.ts'
import { rowsToResend } from './corrections.ts'
import type { Load } from './create-load.ts'
import type { StateOf } from './load-state.ts'
import { offerDownload, rejectedCsv } from './rejected-csv.ts'
import { RowsView } from './rows-view.tsx'
import { isEdited, issuesOf, type ShownRow } from './shown-row.ts'

const ALL = ''

interface RejectedRowsProps {
  readonly load: Load
  readonly state: StateOf<'sent'>
}

interface Edit {
  readonly column: number
  readonly text: string
}

/** The rows that were not accepted: filtered by issue, corrected in place, sent again, or downloaded as a file. */
export function RejectedRows({ load, state }: RejectedRowsProps) {
  const { open, edits, loaded, choice, isResending } = state
  const [code, setCode] = useState(ALL)
  const [last, setLast] = useState<Edit | undefined>(undefined)
  const codes = useMemo(() => countCodes(open.flatMap(({ issues }) => [...new Set(issues.map((issue) => issue.code))])), [open])
  const chosen = codes.some(([name]) => name === code) ? code : ALL
  const rows = useMemo(
    () =>
      open
        .filter(({ issues }) => chosen === ALL || issues.some((issue) => issue.code === chosen))
        .map((failed): ShownRow => ({ failed, row: edits.get(failed.row.number) ?? failed.row })),
    [open, edits, chosen],
  )
  const onEdit = (number: number, column: number, text: string) => {
    load.edit([number], column, text)
    setLast({ column, text })
  }
  return (
    <div class="stack">
      <div class="rejected-head">
        <h3>{counted(open.length, 'row')} to look at</h3>
        <button
          type="button"
          class="button"
          onClick={() => offerDownload(`${baseName(loaded.file.name)}.rejected.csv`, rejectedCsv(state))}
        >
          <Icon name="download" /> Download as CSV
        </button>
      </div>
      <Codes codes={[[ALL, open.length], ...codes]} chosen={chosen} onChoose={setCode} />
      <RowsView
        key={chosen}
        label="Rows that were not accepted"
        headers={loaded.scan.headers}
        choice={choice}
        rows={rows}
        {...(!isResending && { onEdit })}
      />
      {last && <Alike load={load} state={state} rows={rows} last={last} />}
      <Resend load={load} state={state} />
    </div>
  )
}

interface CodesProps {
  readonly codes: readonly (readonly [string, number])[]
  readonly chosen: string
  readonly onChoose: (code: string) => void
}

function Codes({ codes, chosen, onChoose }: CodesProps) {
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">Show rows by issue</legend>
      {codes.map(([name, number]) => (
        <button
          key={name}
          type="button"
          class={`chip ${chosen === name ? 'is-on' : ''}`}
          aria-pressed={chosen === name}
          onClick={() => onChoose(name)}
        >
          {name === ALL ? 'All' : name} <span class="chip-count">{number}</span>
        </button>
      ))}
    </fieldset>
  )
}

/** Offers to apply the last correction to the other rows with the same issue. */
function Alike({ load, state, rows, last: { column, text } }: RejectedRowsProps & { rows: readonly ShownRow[]; last: Edit }) {
  const target = state.choice.targets[column] ?? null
  const alike = rows.filter((row) => !isEdited(row, column) && issuesOf(row, target).length > 0)
  if (alike.length === 0) return null
  const numbers = alike.map(({ row }) => row.number)
  return (
    <div class="actions">
      <button type="button" class="button" onClick={() => load.edit(numbers, column, text)}>
        Do the same in the other {counted(alike.length, 'row')} shown
      </button>
      <span class="muted">
        {state.loaded.scan.headers[column]} becomes <code>{text || 'empty'}</code> where it is complained of.
      </span>
    </div>
  )
}

function Resend({ load, state }: RejectedRowsProps) {
  const ready = rowsToResend(state).length
  const words = ready === 0 ? 'Send corrected rows' : `Send ${counted(ready, 'corrected row')}`
  return (
    <div class="actions">
      <button type="button" class="button button-primary" disabled={ready === 0 || state.isResending} onClick={load.resend}>
        {state.isResending ? 'Sending …' : words}
      </button>
      <span class="muted">{ready === 0 ? 'Correct a cell to send its row again.' : 'Rows that are not corrected stay here.'}</span>
    </div>
  )
}

function countCodes(codes: readonly string[]): (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}

function baseName(name: string): string {
  return name.replace(/(?:\.rejected)?(?:\.(?:csv|tsv|txt|ndjson|jsonl|json|xlsx|xlsm))?(?:\.gz)?$/i, '')
}
