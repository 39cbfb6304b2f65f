import { isRejectedColumn, REJECTED_COLUMNS } from '../../tabular/header-names.ts'
import { cellText } from '../file/source-row.ts'
import type { StateOf } from './load-state.ts'

/**
 * The rows that were not accepted, corrections included, preceded by line, field, code and message: a file that can be loaded again as it
 * is, here and by the command.
 */
export function rejectedCsv({ open, edits, loaded }: Pick<StateOf<'sent'>, 'open' | 'edits' | 'loaded'>): string {
  const headers = loaded.scan.headers
  const kept = headers.map((name, at) => ({ name, at })).filter(({ name }) => !isRejectedColumn(name))
  const lines = open.map(({ row, issues }) => {
    const { cells } = edits.get(row.number) ?? row
    const told = (read: (issue: (typeof issues)[number]) => string | null) => issues.map((issue) => read(issue) ?? '').join('; ')
    return [
      String(row.line ?? row.number),
      told(({ field }) => field),
      told(({ code }) => code),
      told(({ message }) => message),
      ...kept.map(({ at }) => cellText(cells[at])),
    ]
  })
  return [[...REJECTED_COLUMNS, ...kept.map(({ name }) => name)], ...lines].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('')
}

function csvCell(text: string): string {
  return /[",\r\n;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Has the browser save a text as a file, with the byte order mark by which Excel recognises UTF-8. */
export function offerDownload(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}
