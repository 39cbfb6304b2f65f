import { distance } from 'fastest-levenshtein'
import type { Resource, ResourceColumn } from '../session/resource.ts'

/** Where the cells of a column of the file go: a field, `extra.NAME` for a custom attribute, `extra` for all of them, or nowhere. */
export type Target = string | null

/** What became of one header. */
export interface HeaderMatch {
  readonly header: string
  readonly target: Target
  /** `same` but for its case, `similar` and to be looked at, a second one for the same field, or known to nobody. */
  readonly how: 'same' | 'similar' | 'doubled' | 'unknown' | 'ours'
}

/** What `rejected.csv` adds to a file, so that it can be loaded again as it is. */
export const REJECTED_COLUMNS = ['rejected_line', 'rejected_field', 'rejected_code', 'rejected_message'] as const

const EXTRA = /^extra\.([A-Za-z0-9_]{1,127})$/i
const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Each header with the column it names, in any case; the first of several for one column has it. */
export function matchHeaders(headers: readonly string[], resource: Resource): HeaderMatch[] {
  const taken = new Set<string>()
  const found = headers.map((header) => exactMatch(header, resource))
  for (const { target } of found) if (target !== null) taken.add(target)
  const seen = new Set<string>()
  return found.map((match) => {
    if (match.target !== null && seen.has(match.target)) return { ...match, target: null, how: 'doubled' }
    if (match.target !== null) seen.add(match.target)
    if (match.how !== 'unknown') return match
    const similar = similarColumn(match.header, resource, taken)
    if (similar === undefined) return match
    taken.add(similar.field)
    return { ...match, target: similar.field, how: 'similar' }
  })
}

function exactMatch(header: string, { columns }: Resource): HeaderMatch {
  const name = header.trim().toLowerCase()
  if (REJECTED_COLUMNS.some((ours) => ours === name)) return { header, target: null, how: 'ours' }
  if (name === 'extra') return { header, target: 'extra', how: 'same' }
  const attribute = EXTRA.exec(header.trim())?.[1]
  if (attribute !== undefined) return { header, target: `extra.${attribute.toUpperCase()}`, how: 'same' }
  const column = columns.find(({ field, column }) => field.toLowerCase() === name || column.toLowerCase() === name)
  return column === undefined ? { header, target: null, how: 'unknown' } : { header, target: column.field, how: 'same' }
}

function similarColumn(header: string, { columns }: Resource, taken: ReadonlySet<string>): ResourceColumn | undefined {
  const name = letters(header)
  if (name.length < 2) return undefined
  const free = columns.filter(({ field }) => !taken.has(field))
  return (
    free.find(({ field }) => letters(field) === name) ??
    free.find(({ field }) => distance(letters(field), name) <= Math.min(2, Math.floor(name.length / 4)))
  )
}

/** How a resource fits the headers of a file. */
export interface Guess {
  readonly resource: Resource
  /** From 0 to 1. */
  readonly score: number
}

/** The resources in the order in which they fit the headers, and then the name of the file; those that share nothing are left out. */
export function guessResources(headers: readonly string[], fileName: string, resources: readonly Resource[]): Guess[] {
  const name = letters(fileName.replace(/\..*$/, ''))
  return resources
    .map((resource) => ({ resource, score: fitOf(headers, resource), named: namedness(name, resource) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.named - a.named)
    .map(({ resource, score }) => ({ resource, score }))
}

function fitOf(headers: readonly string[], resource: Resource): number {
  const matches = matchHeaders(headers, resource)
  const exact = new Set(matches.filter(({ how }) => how === 'same').map(({ target }) => target))
  const known = matches.reduce((sum, { how }) => sum + (how === 'same' ? 1 : how === 'similar' ? 0.8 : 0), 0)
  const counted = matches.filter(({ how }) => how !== 'ours').length
  const required = resource.columns.filter(({ presence }) => presence === 'REQUIRED')
  const there = required.filter(({ field }) => exact.has(field)).length
  if (known === 0 || counted === 0) return 0
  return (known / counted + there / Math.max(1, required.length)) / 2
}

function namedness(fileName: string, { object, name }: Resource): number {
  return Math.max(...[object, name].map((word) => (fileName === letters(word) ? 2 : fileName.includes(letters(word)) ? 1 : 0)))
}

/** What stands between a mapping and rows that can be sent. */
export interface MappingProblems {
  /** Columns that every row must have and no column of the file goes to. */
  readonly missing: readonly ResourceColumn[]
  /** Fields that several columns of the file go to. */
  readonly doubled: readonly string[]
  /** Headers that go nowhere. */
  readonly leftOut: readonly string[]
}

/** Looks a mapping over before a row is sent. */
export function findMappingProblems(headers: readonly string[], targets: readonly Target[], { columns }: Resource): MappingProblems {
  const counts = new Map<string, number>()
  for (const target of targets) if (target !== null) counts.set(target, (counts.get(target) ?? 0) + 1)
  return {
    missing: columns.filter(({ presence, field }) => presence === 'REQUIRED' && !counts.has(field)),
    doubled: [...counts].filter(([, count]) => count > 1).map(([target]) => target),
    leftOut: headers.filter((header, at) => targets[at] === null && !REJECTED_COLUMNS.some((ours) => ours === header.trim().toLowerCase())),
  }
}
