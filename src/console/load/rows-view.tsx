import { useMemo, useState } from 'preact/hooks'
import type { Target } from '../../tabular/header-names.ts'
import { cellText } from '../file/source-row.ts'
import { Grid } from '../parts/grid/grid.tsx'
import type { GridColumn } from '../parts/grid/grid-types.ts'
import type { Place } from '../parts/grid/move.ts'
import { IssuePanel } from './issue-panel.tsx'
import type { Choice } from './load-state.ts'
import { hasRowIssue, isEdited, issuesOf, type ShownRow } from './shown-row.ts'

interface RowsViewProps {
  readonly label: string
  readonly headers: readonly string[]
  readonly choice: Choice
  readonly rows: readonly ShownRow[]
  readonly onEdit?: (number: number, column: number, text: string) => void
}

const WIDTHS = { least: 5, most: 28, looked: 50 }

/** Rows of the file as a grid, with the issues of the focused one below it. */
export function RowsView({ label, headers, choice, rows, onEdit }: RowsViewProps) {
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 })
  const columns = useColumns(headers, choice.targets, rows)
  const shown = rows[Math.min(place.row, rows.length - 1)]
  return (
    <div class="rows-view">
      <Grid
        label={label}
        columns={columns}
        count={rows.length}
        headOf={(at) => ({ text: String(rows[at]?.row.number ?? ''), isBad: hasRowIssue(rows[at], choice.targets) })}
        cellOf={(at, column) => ({
          text: cellText(rows[at]?.row.cells[column]),
          isBad: issuesOf(rows[at], choice.targets[column] ?? null).length > 0 && !isEdited(rows[at], column),
          isEdited: isEdited(rows[at], column),
        })}
        onActive={setPlace}
        {...(onEdit && {
          onEdit: (at, column, text) => {
            const number = rows[at]?.row.number
            if (number !== undefined) onEdit(number, column, text)
          },
        })}
      />
      <IssuePanel shown={shown} headers={headers} targets={choice.targets} column={place.column - 1} isEditable={onEdit !== undefined} />
    </div>
  )
}

function useColumns(headers: readonly string[], targets: readonly Target[], rows: readonly ShownRow[]): readonly GridColumn[] {
  return useMemo(
    () =>
      headers.map((title, at): GridColumn => {
        const lengths = rows.slice(0, WIDTHS.looked).map(({ row }) => cellText(row.cells[at]).length)
        // Titles are bold.
        const width = Math.max(WIDTHS.least, Math.ceil(title.length * 1.15), ...lengths)
        return { title, width: Math.min(WIDTHS.most, width), isFaint: targets[at] === null }
      }),
    [headers, targets, rows],
  )
}
