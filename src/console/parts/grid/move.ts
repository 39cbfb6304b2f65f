/** A cell of a grid by row and column, both from 0. */
export interface Place {
  readonly row: number
  readonly column: number
}

const PAGE = 10

/** The cell to which a key leads; undefined if nowhere. */
export function moved(
  { row, column }: Place,
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  { rows, columns }: { rows: number; columns: number },
): Place | undefined {
  const far = ctrlKey || metaKey
  const down = (by: number) => ({ row: Math.min(rows - 1, Math.max(0, row + by)), column })
  switch (key) {
    case 'ArrowDown':
      return far ? { row: rows - 1, column } : down(1)
    case 'ArrowUp':
      return far ? { row: 0, column } : down(-1)
    case 'PageDown':
      return down(PAGE)
    case 'PageUp':
      return down(-PAGE)
    case 'ArrowRight':
      return { row, column: Math.min(columns, column + 1) }
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) }
    case 'Home':
      return { row: far ? 0 : row, column: 0 }
    case 'End':
      return { row: far ? rows - 1 : row, column: columns }
    default:
      return undefined
  }
}
