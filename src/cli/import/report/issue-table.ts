import { shown } from '../failure.ts'

/** Issues of rows, counted by code and field; where their messages differ, the first is said to be one of several. */
export interface IssueTable {
  add(line: number, issue: { readonly code: string; readonly field: string | null; readonly message: string }): void
  /** The lines of the table, most frequent issues first; none where there were no issues. */
  lines(): readonly string[]
}

interface Kind {
  readonly code: string
  readonly field: string
  readonly message: string
  isOneOfSeveral: boolean
  count: number
  readonly firstLines: number[]
}

const MAX_KINDS = 1_000
const MAX_SHOWN = 20
const FIRST_LINES = 4

/** Makes an empty table. */
export function createIssueTable(): IssueTable {
  const kinds = new Map<string, Kind>()
  return {
    add(line, { code, field, message }) {
      const name = `${code} ${field}`
      const kind = kinds.get(name) ?? { code, field: shown(field ?? ''), message, isOneOfSeveral: false, count: 0, firstLines: [] }
      kind.isOneOfSeveral ||= message !== kind.message
      if (kind.count++ === 0 && kinds.size < MAX_KINDS) kinds.set(name, kind)
      if (kind.firstLines.length < FIRST_LINES) kind.firstLines.push(line)
    },
    lines() {
      if (kinds.size === 0) return []
      const sorted = [...kinds.values()].sort((a, b) => b.count - a.count)
      const cells = sorted
        .slice(0, MAX_SHOWN)
        .map(({ code, field, message, isOneOfSeveral, count, firstLines }) => [
          count.toLocaleString('en'),
          code,
          field,
          `${firstLines.join(', ')}${count > firstLines.length ? ', ...' : ''}`,
          isOneOfSeveral ? `such as: ${message}` : message,
        ])
      const table = aligned([['rows', 'code', 'field', 'lines', 'what is wrong'], ...cells])
      return sorted.length > MAX_SHOWN ? [...table, `and ${sorted.length - MAX_SHOWN} other kinds`] : table
    },
  }
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((cells) => (cells[at] ?? '').length)))
  return rows.map((cells) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padStart(widths[at] ?? 0) : at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
