import type { Column, TableShape } from './column.ts'
import { createHeaderNames, isRejectedColumn, type Target } from './header-names.ts'

/** The match of one header. */
interface HeaderMatch {
  readonly header: string
  readonly target: Target
  /**
   * `same` except for case, `similar` (to be checked), `doubled` (another one for the same field), `unknown`, or `ours` (a column of
   * rejected files).
   */
  readonly how: 'same' | 'similar' | 'doubled' | 'unknown' | 'ours'
}

/** Matches headers with columns, in any case; of several headers for a column, the first gets it. */
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

/** The problems of a mapping. */
interface MappingProblems<C extends Column> {
  /** Required columns that no column of the file is mapped to. */
  readonly missing: readonly C[]
  /** Targets of several columns of the file, with the positions of the first and of another. */
  readonly doubled: readonly { readonly target: string; readonly first: number; readonly other: number }[]
  /** Headers without a target, except the columns of rejected files. */
  readonly leftOut: readonly string[]
}

/** Checks a mapping before any row is sent. */
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
