/** A cell of a grid by its row and its column, both from 0. */
export interface Place {
  readonly row: number
  readonly column: number
}

const PAGE = 10

/** Where a key leads from a cell; undefined where it leads nowhere. */
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
