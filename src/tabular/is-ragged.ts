/** Whether a row has fewer cells than the header, or more that hold something. */
export function isRagged(cells: readonly unknown[], width: number): boolean {
  return cells.length < width || cells.slice(width).some((cell) => cell !== '' && cell !== undefined)
}
