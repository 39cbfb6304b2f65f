import type { TableShape } from './column.ts'
import { lettersOf } from './header-names.ts'
import { matchHeaders } from './match-headers.ts'

interface NamedTable extends TableShape {
  readonly name: string
  readonly object: string
}

/** A resource, and how well it fits the headers of a file. */
export interface Guess<R> {
  readonly resource: R
  /** From 0 to 1. */
  readonly score: number
}

/** The resources sorted by how well they fit the headers, then the file name; those without any match are omitted. */
export function guessResources<R extends NamedTable>(headers: readonly string[], fileName: string, resources: readonly R[]): Guess<R>[] {
  const name = lettersOf(fileName.replace(/\..*$/, ''))
  return resources
    .map((resource) => ({ resource, score: fitOf(headers, resource), named: namedness(name, resource) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.named - a.named)
    .map(({ resource, score }) => ({ resource, score }))
}

function fitOf(headers: readonly string[], table: NamedTable): number {
  const matches = matchHeaders(headers, table)
  const exact = new Set(matches.filter(({ how }) => how === 'same').map(({ target }) => target))
  const known = matches.reduce((sum, { how }) => sum + (how === 'same' ? 1 : how === 'similar' ? 0.8 : 0), 0)
  const counted = matches.filter(({ how }) => how !== 'ours').length
  const required = table.columns.filter(({ presence }) => presence === 'REQUIRED')
  const there = required.filter(({ field }) => exact.has(field)).length
  if (known === 0 || counted === 0) return 0
  return (known / counted + there / Math.max(1, required.length)) / 2
}

function namedness(fileName: string, { object, name }: NamedTable): number {
  return Math.max(...[object, name].map((word) => (fileName === lettersOf(word) ? 2 : fileName.includes(lettersOf(word)) ? 1 : 0)))
}
