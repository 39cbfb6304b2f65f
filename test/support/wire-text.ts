import type { WireRows } from '../../src/rows/chunk.ts'

/** Rows for the wire as the text of a JSON list. */
export function wireText(rows: WireRows): string {
  return `[${rows.json().map(String).join('')}]`
}
