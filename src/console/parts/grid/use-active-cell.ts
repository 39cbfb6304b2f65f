import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Finish, GridProps } from './grid-types.ts'
import { moved, type Place } from './move.ts'
import { useVirtualRows } from './use-virtual-rows.ts'

/** The focused cell of a grid and its editing, as changed by keys and clicks. */
export function useActiveCell({ columns, count, cellOf, onActive, onEdit }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<Place>({ row: 0, column: 0 })
  const [editing, setEditing] = useState<string | undefined>(undefined)
  const wantsFocus = useRef(false)
  const here = { row: Math.min(active.row, Math.max(0, count - 1)), column: active.column }
  const virtual = useVirtualRows(count, here.row, scroller)

  // The cell is in the document only after its row is rendered.
  useLayoutEffect(() => {
    if (!wantsFocus.current || editing !== undefined) return
    wantsFocus.current = false
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-at="${here.row}:${here.column}"]`)
    cell?.focus({ preventScroll: true })
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })
  const go = (place: Place) => {
    setEditing(undefined)
    setActive(place)
    onActive(place)
    wantsFocus.current = true
    virtual.scrollToIndex(place.row, { align: 'auto' })
  }
  const start = () => {
    if (onEdit && here.column > 0) setEditing(cellOf(here.row, here.column - 1).text)
  }
  const finish: Finish = (text, byKey) => {
    wantsFocus.current = byKey
    setEditing(undefined)
    if (text !== undefined) onEdit?.(here.row, here.column - 1, text)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (editing !== undefined) return
    const place = moved(here, event, { rows: count, columns: columns.length })
    const isStart = event.key === 'Enter' || event.key === 'F2'
    if (place === undefined && !isStart) return
    event.preventDefault()
    if (place === undefined) start()
    else go(place)
  }
  return { scroller, here, editing, virtual, go, start, finish, onKeyDown }
}
