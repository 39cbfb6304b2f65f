import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Finish, GridValue } from './grid-types.ts'
import type { Place } from './move.ts'

interface GridCellProps {
  readonly at: Place
  readonly isHere: boolean
  readonly onGo: (place: Place) => void
  /** The head of a row, or else a value. */
  readonly head?: { readonly text: string; readonly isBad: boolean }
  readonly value?: GridValue
  readonly label?: string
  readonly isFaint?: boolean
  /** The text being edited. */
  readonly editing?: string | undefined
  readonly onStart?: () => void
  readonly onFinish?: Finish
}

/** A cell of a grid, or the head of a row. */
export function GridCell({ at, isHere, onGo, head, value, label, isFaint, editing, onStart, onFinish }: GridCellProps) {
  // By the time of the click the cell has the focus; what matters is whether it had it before.
  const wasHere = useRef(false)
  const isBad = head?.isBad ?? value?.isBad ?? false
  const marks = [head && 'grid-head', isBad && 'is-bad', value?.isEdited && 'is-edited', isFaint && 'is-faint'].filter(Boolean).join(' ')
  return (
    <div
      class={`grid-cell ${marks}`}
      role={head ? 'rowheader' : 'gridcell'}
      aria-colindex={at.column + 1}
      aria-invalid={isBad || undefined}
      aria-readonly={head || !onStart ? true : undefined}
      tabIndex={isHere ? 0 : -1}
      data-at={`${at.row}:${at.column}`}
      title={head?.text ?? value?.text}
      onPointerDown={() => {
        wasHere.current = isHere
      }}
      onClick={() => editing === undefined && (wasHere.current && onStart ? onStart() : onGo(at))}
      onFocus={() => !isHere && onGo(at)}
    >
      {editing !== undefined && onFinish ? (
        <CellEditor label={`${label}, row ${at.row + 1}`} text={editing} onFinish={onFinish} />
      ) : (
        (head?.text ?? value?.text)
      )}
    </div>
  )
}

function CellEditor({ label, text, onFinish }: { label: string; text: string; onFinish: Finish }) {
  const input = useRef<HTMLInputElement>(null)
  const isDone = useRef(false)
  useLayoutEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [])
  const finish: Finish = (value, byKey) => {
    if (isDone.current) return
    isDone.current = true
    onFinish(value === text ? undefined : value, byKey)
  }
  return (
    <input
      ref={input}
      class="grid-input"
      aria-label={label}
      defaultValue={text}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish(event.currentTarget.value, true)
        if (event.key === 'Escape') finish(undefined, true)
        event.stopPropagation()
      }}
      onBlur={(event) => finish(event.currentTarget.value, false)}
    />
  )
}
