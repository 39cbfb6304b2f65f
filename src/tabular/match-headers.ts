import type { Column, TableShape } from './column.ts'
import { createHeaderNames, isRejectedColumn, type Target } from './header-names.ts'

/** What became of one header. */
interface HeaderMatch {
  readonly header: string
  readonly target: Target
  /** `same` but for its case, `similar` and to be looked at, a second one for the same field, or known to nobody. */
  readonly how: 'same' | 'similar' | 'doubled' | 'unknown' | 'ours'
}

/** Each header with the column it names, in any case; the first of several for one column has it. */
export function matchHeaders(headers: readonly string[], shape: TableShape): HeaderMatch[] {
  const { targetOf, similarTo } = createHeaderNames(shape)
  const targets = headers.map(targetOf)
  const taken = new Set(targets)
  const firsts = firstPlaces(targets)
  return headers.map((header, at): HeaderMatch => {
    const target = targets[at]
    if (target === null) return { header, target, how: 'ours' }
    if (target !== undefined) return firsts.get(target) === at ? { header, target, how: 'same' } : { header, target: null, how: 'doubled' }
    const similar = similarTo(header, taken)
    taken.add(similar)
    return similar === undefined ? { header, target: null, how: 'unknown' } : { header, target: similar, how: 'similar' }
  })
}

/** What stands between a mapping and rows that can be sent. */
interface MappingProblems<C extends Column> {
  /** Columns that every row must have and no column of the file goes to. */
  readonly missing: readonly C[]
  /** What several columns of the file go to, by the places of the first of them and of another. */
  readonly doubled: readonly { readonly target: string; readonly first: number; readonly other: number }[]
  /** Headers that go nowhere, but for those that a file of rejected rows adds. */
  readonly leftOut: readonly string[]
}

/** Looks a mapping over before a row is sent. */
export function findMappingProblems<C extends Column>(
  headers: readonly string[],
  targets: readonly (Target | undefined)[],
  { columns }: TableShape<C>,
): MappingProblems<C> {
  const firsts = firstPlaces(targets)
  return {
    missing: columns.filter(({ presence, field }) => presence === 'REQUIRED' && !firsts.has(field)),
    doubled: targets.flatMap((target, other) => {
      const first = firsts.get(target) ?? other
      return typeof target === 'string' && first < other ? [{ target, first, other }] : []
    }),
    leftOut: headers.filter((header, at) => typeof targets[at] !== 'string' && !isRejectedColumn(header)),
  }
}

function firstPlaces(targets: readonly (Target | undefined)[]): ReadonlyMap<Target | undefined, number> {
  const firsts = new Map<Target | undefined, number>()
  for (const [at, target] of targets.entries()) if (!firsts.has(target)) firsts.set(target, at)
  return firsts
}
