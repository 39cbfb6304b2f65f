import { useMemo, useState } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { counted } from '../parts/number-text.ts'
import { rowsToResend } from './corrections.ts'
import type { Load } from './create-load.ts'
import type { StateOf } from './load-state.ts'
import { offerDownload, rejectedCsv } from './rejected-csv.ts'
import { isEdited, issuesOf, RowsView, type ShownRow } from './rows-view.tsx'

const ALL = ''

/** The rows that were not accepted: chosen by their issue, corrected in place, sent again, taken away as a file. */
export function RejectedRows({ load, state }: { load: Load; state: StateOf<'sent'> }) {
  const { open, edits, loaded, choice, isResending } = state
  const [code, setCode] = useState(ALL)
  const codes = useMemo(() => countCodes(open.flatMap(({ issues }) => [...new Set(issues.map((issue) => issue.code))])), [open])
  const chosen = codes.some(([name]) => name === code) ? code : ALL
  const rows = useMemo(
    () =>
      open
        .filter(({ issues }) => chosen === ALL || issues.some((issue) => issue.code === chosen))
        .map((failed): ShownRow => ({ failed, row: edits.get(failed.row.number) ?? failed.row })),
    [open, edits, chosen],
  )
  const ready = rowsToResend(state).length
  const [last, setLast] = useState<{ readonly column: number; readonly text: string } | undefined>(undefined)
  const alike = last
    ? rows.filter((row) => !isEdited(row, last.column) && issuesOf(row, choice.targets[last.column] ?? null).length > 0)
    : []
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
      <fieldset class="chips">
        <legend class="visually-hidden">Show rows by issue</legend>
        {[[ALL, open.length] as const, ...codes].map(([name, number]) => (
          <button
            key={name}
            type="button"
            class={`chip ${chosen === name ? 'is-on' : ''}`}
            aria-pressed={chosen === name}
            onClick={() => setCode(name)}
          >
            {name === ALL ? 'All' : name} <span class="chip-count">{number}</span>
          </button>
        ))}
      </fieldset>
      <RowsView
        key={chosen}
        label="Rows that were not accepted"
        headers={loaded.scan.headers}
        choice={choice}
        rows={rows}
        {...(!isResending && { onEdit })}
      />
      {last && alike.length > 0 && (
        <div class="actions">
          <button
            type="button"
            class="button"
            onClick={() =>
              load.edit(
                alike.map(({ row }) => row.number),
                last.column,
                last.text,
              )
            }
          >
            Do the same in the other {counted(alike.length, 'row')} shown
          </button>
          <span class="muted">
            {loaded.scan.headers[last.column]} becomes <code>{last.text || 'empty'}</code> where it is complained of.
          </span>
        </div>
      )}
      <div class="actions">
        <button type="button" class="button button-primary" disabled={ready === 0 || isResending} onClick={load.resend}>
          {isResending ? 'Sending …' : ready === 0 ? 'Send corrected rows' : `Send ${counted(ready, 'corrected row')}`}
        </button>
        <span class="muted">{ready === 0 ? 'Correct a cell to send its row again.' : 'Rows that are not corrected stay here.'}</span>
      </div>
    </div>
  )
}

function countCodes(codes: readonly string[]): (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}

function baseName(name: string): string {
  return name.replace(/(?:\.(?:csv|tsv|txt|ndjson|jsonl|json|xlsx|xlsm))?(?:\.gz)?$/i, '')
}
