import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Finish, GridCell } from './grid-cell.tsx'
import { moved, type Place } from './move.ts'
import { ROW_HEIGHT, useVirtualRows } from './use-virtual-rows.ts'

/** A column of a grid. */
export interface GridColumn {
  readonly title: string
  /** How wide, in characters. */
  readonly width: number
  /** Shown, and of no consequence. */
  readonly isFaint?: boolean
}

/** A cell as it is drawn. */
export interface GridValue {
  readonly text: string
  readonly isBad: boolean
  readonly isEdited: boolean
}

/** What a grid shows. */
export interface GridProps {
  readonly label: string
  readonly columns: readonly GridColumn[]
  readonly count: number
  /** What stands before a row, and whether it is bad as a whole. */
  readonly headOf: (row: number) => { readonly text: string; readonly isBad: boolean }
  readonly cellOf: (row: number, column: number) => GridValue
  /** Told where the focus is. */
  readonly onActive: (place: Place) => void
  readonly onEdit?: (row: number, column: number, text: string) => void
}

/** The tracks of every row; the last column takes what room is left. */
function templateOf(columns: readonly GridColumn[]): string {
  const tracks = columns.map(({ width }) => `calc(${width}ch + 1.75rem)`)
  return ['5rem', ...tracks.slice(0, -1), `minmax(${tracks.at(-1) ?? '1rem'}, 1fr)`].join(' ')
}

/**
 * A grid as the ARIA practices have it: one stop of the tab key, arrows within, Enter or F2 to edit. Column 0 is the head of the
 * row. Only the rows in view are in the document, and the one with the focus.
 */
export function Grid({ label, columns, count, headOf, cellOf, onActive, onEdit }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<Place>({ row: 0, column: 0 })
  const [editing, setEditing] = useState<string | undefined>(undefined)
  const wantsFocus = useRef(false)
  const row = Math.min(active.row, Math.max(0, count - 1))
  const virtual = useVirtualRows(count, row, scroller)
  const template = templateOf(columns)

  const go = (place: Place, focus = true) => {
    setEditing(undefined)
    setActive(place)
    onActive(place)
    wantsFocus.current = focus
    if (focus) virtual.scrollToIndex(place.row, { align: 'auto' })
  }
  useLayoutEffect(() => {
    if (!wantsFocus.current || editing !== undefined) return
    wantsFocus.current = false
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-at="${row}:${active.column}"]`)
    cell?.focus({ preventScroll: true })
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (editing !== undefined) return
    const place = moved({ row, column: active.column }, event, { rows: count, columns: columns.length })
    if (place !== undefined) {
      event.preventDefault()
      go(place)
    } else if (onEdit && active.column > 0 && (event.key === 'Enter' || event.key === 'F2')) {
      event.preventDefault()
      setEditing(cellOf(row, active.column - 1).text)
    }
  }
  const finish: Finish = (text, byKey) => {
    wantsFocus.current = byKey
    setEditing(undefined)
    if (text !== undefined) onEdit?.(row, active.column - 1, text)
  }
  return (
    <div class="grid-scroll" ref={scroller} onKeyDown={onKeyDown}>
      <div class="grid" role="grid" aria-label={label} aria-rowcount={count + 1} aria-colcount={columns.length + 1}>
        <div class="grid-row grid-header" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          {[{ title: 'Row', width: 0 }, ...columns].map((column, at) => (
            <div
              key={at}
              class={`grid-cell grid-column ${'isFaint' in column && column.isFaint ? 'is-faint' : ''}`}
              role="columnheader"
              aria-colindex={at + 1}
            >
              {column.title}
            </div>
          ))}
        </div>
        <div class="grid-body" role="rowgroup" style={{ blockSize: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              class="grid-row"
              role="row"
              aria-rowindex={index + 2}
              style={{ gridTemplateColumns: template, transform: `translateY(${start}px)`, blockSize: `${ROW_HEIGHT}px` }}
            >
              <GridCell at={{ row: index, column: 0 }} active={{ row, column: active.column }} head={headOf(index)} onGo={go} />
              {columns.map((column, at) => {
                const place = { row: index, column: at + 1 }
                const isHere = index === row && active.column === at + 1
                return (
                  <GridCell
                    key={at}
                    at={place}
                    active={{ row, column: active.column }}
                    value={cellOf(index, at)}
                    label={column.title}
                    isFaint={column.isFaint ?? false}
                    editing={isHere ? editing : undefined}
                    onGo={go}
                    {...(onEdit && { onStart: () => setEditing(cellOf(index, at).text), onFinish: finish })}
                  />
                )
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}
