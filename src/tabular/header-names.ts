import { distance } from 'fastest-levenshtein'
import type { TableShape } from './column.ts'

/** Where the cells of a file's column go: a field, `extra.NAME` for a custom attribute, `extra` for all of them, or null for nowhere. */
export type Target = string | null

/** Maps headers to targets. */
export interface HeaderNames {
  /** Undefined for an unknown header. */
  targetOf(header: string): Target | undefined
  /** The target that an unknown header was probably meant for, among those not taken. */
  similarTo(header: string, taken: ReadonlySet<Target | undefined>): string | undefined
}

/** The field that holds all custom attributes. */
export const EXTRA = 'extra'

const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor'])
const ATTRIBUTE = /^extra\.([a-z_]\w{0,126})$/i

/** Whether a header is a forbidden name, which could reach an object's prototype. */
export function isForbiddenHeader(header: string): boolean {
  return FORBIDDEN.has(header.trim().replace(/^extra\./i, ''))
}

/** The target of a custom attribute. */
export function attributeTarget(name: string): string {
  return `${EXTRA}.${name}`
}

/** The custom attribute of a target; undefined for other targets. */
export function attributeOf(target: Target | undefined): string | undefined {
  return target?.startsWith(`${EXTRA}.`) ? target.slice(EXTRA.length + 1) : undefined
}

/** The columns that a file of rejected rows has before those of the source; they are skipped when it is loaded. */
export const REJECTED_COLUMNS = ['rejected_line', 'rejected_field', 'rejected_code', 'rejected_message'] as const

/** Whether a header is one of these columns, in any case. */
export function isRejectedColumn(header: string): boolean {
  const name = header.trim().toLowerCase()
  return REJECTED_COLUMNS.some((ours) => ours === name)
}

/** Recognises the fields and columns of a table in any case, its custom attributes, and the columns of a file of rejected rows. */
export function createHeaderNames({ columns, attributes = [] }: TableShape): HeaderNames {
  const known = new Map<string, Target>()
  for (const { name } of attributes)
    known.set(name.toLowerCase(), attributeTarget(name)).set(`extra.${name.toLowerCase()}`, attributeTarget(name))
  known.set(EXTRA, EXTRA)
  for (const { field, column } of columns) known.set(field.toLowerCase(), field).set(column.toLowerCase(), field)
  for (const name of REJECTED_COLUMNS) known.set(name, null)
  const candidates = [...columns.map(({ field }) => field), ...attributes.map(({ name }) => attributeTarget(name))].map((target) => ({
    target,
    name: lettersOf(target),
  }))
  return {
    targetOf(header) {
      const found = known.get(header.trim().toLowerCase())
      if (found !== undefined) return found
      const name = ATTRIBUTE.exec(header.trim())?.[1]
      return name === undefined || isForbiddenHeader(name) ? undefined : attributeTarget(name)
    },
    similarTo(header, taken) {
      const name = lettersOf(header)
      // Far longer than any known name: not a typo, and expensive to compare.
      if (name.length < LEAST_LETTERS || name.length > MOST_LETTERS) return undefined
      const free = candidates.filter(({ target }) => !taken.has(target))
      const slips = Math.min(MOST_SLIPS, Math.floor(name.length / LETTERS_OF_A_SLIP))
      return (free.find((one) => one.name === name) ?? free.find((one) => distance(one.name, name) <= slips))?.target
    },
  }
}

const LEAST_LETTERS = 2
const MOST_LETTERS = 200
const MOST_SLIPS = 2
const LETTERS_OF_A_SLIP = 4

/** A name in lower case, without the separators between its words. */
export function lettersOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()
}
