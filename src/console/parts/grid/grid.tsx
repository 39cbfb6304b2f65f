import { GridCell } from './grid-cell.tsx'
import type { GridColumn, GridProps } from './grid-types.ts'
import { useActiveCell } from './use-active-cell.ts'
import { ROW_HEIGHT } from './use-virtual-rows.ts'

/** The grid tracks of every row; the last column takes the remaining width. */
function templateOf(columns: readonly GridColumn[]): string {
  const tracks = columns.map(({ width }) => `calc(${width}ch + 1.75rem)`)
  return ['5rem', ...tracks.slice(0, -1), `minmax(${tracks.at(-1) ?? '1rem'}, 1fr)`].join(' ')
}

/**
 * A grid by the ARIA practices: a single tab stop, arrow keys within, Enter or F2 to edit. Column 0 is the row head. Only the rows in view
 * and the focused one are in the document.
 */
export function Grid(props: GridProps) {
  const { label, columns, count, headOf, cellOf, onEdit } = props
  const { scroller, here, editing, virtual, go, start, finish, onKeyDown } = useActiveCell(props)
  const gridTemplateColumns = templateOf(columns)
  const isHere = (row: number, column: number) => row === here.row && column === here.column
  return (
    <div class="grid-scroll" ref={scroller} onKeyDown={onKeyDown}>
      <div class="grid" role="grid" aria-label={label} aria-rowcount={count + 1} aria-colcount={columns.length + 1}>
        <Header columns={columns} gridTemplateColumns={gridTemplateColumns} />
        <div class="grid-body" role="rowgroup" style={{ blockSize: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map(({ index, start: top }) => (
            <div
              key={index}
              class="grid-row"
              role="row"
              aria-rowindex={index + 2}
              style={{ gridTemplateColumns, transform: `translateY(${top}px)`, blockSize: `${ROW_HEIGHT}px` }}
            >
              <GridCell at={{ row: index, column: 0 }} isHere={isHere(index, 0)} head={headOf(index)} onGo={go} />
              {columns.map(({ title, isFaint = false }, at) => (
                <GridCell
                  key={`${at} ${title}`}
                  at={{ row: index, column: at + 1 }}
                  isHere={isHere(index, at + 1)}
                  value={cellOf(index, at)}
                  label={title}
                  isFaint={isFaint}
                  editing={isHere(index, at + 1) ? editing : undefined}
                  onGo={go}
                  {...(onEdit && { onStart: start, onFinish: finish })}
                />
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}

function Header({ columns, gridTemplateColumns }: { columns: readonly GridColumn[]; gridTemplateColumns: string }) {
  const all = [{ title: 'Row', width: 0 }, ...columns]
  return (
    <div role="rowgroup" class="grid-header">
      <div class="grid-row" role="row" aria-rowindex={1} style={{ gridTemplateColumns }}>
        {all.map(({ title, isFaint = false }: GridColumn, at) => (
          <div
            key={`${at} ${title}`}
            class={`grid-cell ${isFaint ? 'is-faint' : ''}`}
            role="columnheader"
            aria-colindex={at + 1}
            title={title}
          >
            {title}
          </div>
        ))}
      </div>
    </div>
  )
}
