import { nearestName } from '../../util/nearest-name.ts'
import { type Attribute, type Column, letters, type Resource } from './catalogue.ts'
import type { CellType } from './convert.ts'
import { ImportFailure, type Problem, shown } from './failure.ts'
import { REJECTED_COLUMNS } from './rejected-columns.ts'

/** Where the values of a column of the file go. */
export type Target =
  | { readonly kind: 'field'; readonly name: string; readonly type: CellType }
  | { readonly kind: 'attribute'; readonly name: string; readonly type: CellType }
  | { readonly kind: 'nowhere' }

/** Which name of the file means what. */
export interface Naming {
  /** Undefined for a name that means nothing here. */
  targetOf(name: string): Target | undefined
  /** What an unknown name was probably meant to be. */
  nearest(name: string): string | undefined
}

const NOWHERE: Target = Object.freeze({ kind: 'nowhere' })
const TYPES: Readonly<Record<string, CellType>> = {
  INTEGER: 'number',
  FLOAT: 'number',
  BOOLEAN: 'boolean',
  integer: 'number',
  float: 'number',
  boolean: 'boolean',
}
const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor'])

/** Headers are fields or columns in any case, custom attributes of the table, or what is mapped; empty on the right is left out. */
export function createNaming(resource: Resource, attributes: readonly Attribute[], mapped: ReadonlyMap<string, string>): Naming {
  const known = new Map<string, Target>()
  for (const { name, dataType } of attributes) {
    const target: Target = { kind: 'attribute', name, type: typeOfWord(dataType) }
    known.set(name.toLowerCase(), target).set(`extra.${name.toLowerCase()}`, target)
  }
  known.set('extra', { kind: 'field', name: 'extra', type: 'json' })
  for (const { field, column, type } of resource.columns) {
    const target: Target = { kind: 'field', name: field, type: TYPES[type] ?? 'text' }
    known.set(field.toLowerCase(), target).set(column.toLowerCase(), target)
  }
  for (const name of REJECTED_COLUMNS) known.set(name, NOWHERE)

  const direct = (name: string): Target | undefined => {
    const lower = name.trim().toLowerCase()
    const found = known.get(lower)
    if (found !== undefined || !lower.startsWith('extra.')) return found
    return { kind: 'attribute', name: name.trim().slice('extra.'.length), type: 'text' }
  }
  const candidates = [...resource.columns.map(({ field }) => field), ...attributes.map(({ name }) => `extra.${name}`)]
  return {
    targetOf(name) {
      const other = mapped.get(name.trim())
      return other === undefined ? direct(name) : other === '' ? NOWHERE : direct(other)
    },
    nearest: (name) => candidates.find((candidate) => letters(candidate) === letters(name)) ?? nearestName(name.trim(), candidates),
  }
}

function typeOfWord(dataType: string): CellType {
  if (/^(?:int|bigint|smallint|long|float|double|real|numeric|decimal|number)/i.test(dataType)) return 'number'
  if (/^bool/i.test(dataType)) return 'boolean'
  return /^(?:json|super)/i.test(dataType) ? 'json' : 'text'
}

/** What each column of a header means; throws with everything that does not fit before a row is sent. */
export function planHeader(
  header: readonly string[],
  line: number,
  naming: Naming,
  resource: Resource,
  all: readonly Resource[],
): readonly Target[] {
  const targets = header.map((name) => naming.targetOf(name))
  if (!targets.some((target) => target !== undefined && target.kind !== 'nowhere')) throw noHeader(header, line, resource, all)
  const problems = [...doubled(header, targets, line), ...unknownNames(header, naming, line), ...missing(targets, resource, line)]
  if (problems.length === 0) return targets.map((target) => target ?? NOWHERE)
  const other = betterResource(header, resource, all)
  if (other !== undefined) throw otherResource(other, resource, line)
  throw new ImportFailure(problems, adviceFor(header, naming))
}

/** Names that mean nothing here, or are never taken. */
export function unknownNames(names: readonly string[], naming: Naming, line: number): readonly Problem[] {
  return names.flatMap((name): Problem[] => {
    const target = naming.targetOf(name)
    if (target?.kind !== 'nowhere' && FORBIDDEN.has(name.trim().replace(/^extra\./i, '')))
      return [{ code: 'FORBIDDEN_NAME', line, message: `${shown(name.trim())} is a name that is never taken.` }]
    if (target !== undefined) return []
    const meant = naming.nearest(name)
    const says = `${quoted(name)} is no column of this resource.`
    return [{ code: 'UNKNOWN_COLUMN', line, message: meant === undefined ? says : `${says} Is ${meant} meant?` }]
  })
}

/** What may be done about names that mean nothing: proposed mappings, ready to be copied. */
export function adviceFor(names: readonly string[], naming: Naming): string {
  const taken = new Set(names.map((name) => naming.targetOf(name)).map((target) => (target?.kind === 'field' ? target.name : undefined)))
  const proposed = (name: string) => {
    const meant = naming.nearest(name)
    return meant === undefined || taken.has(meant) ? '' : meant
  }
  const maps = names
    .filter((name) => naming.targetOf(name) === undefined)
    .slice(0, MAX_PROPOSED)
    .map((name) => `--map ${shellQuoted(`${shown(name.trim())}=${proposed(name)}`)}`)
  if (maps.length === 0) return 'Correct the first line of the file, or say what its columns mean: --map HEADER=FIELD.'
  return `Correct the names, or say what they mean; a mapping to nothing leaves the column out:\n  ${maps.join(' ')}`
}

const MAX_PROPOSED = 20

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function quoted(name: string): string {
  return name.trim() === '' ? 'A column without a name' : `"${shown(name)}"`
}

function doubled(header: readonly string[], targets: readonly (Target | undefined)[], line: number): Problem[] {
  const seen = new Map<string, string>()
  return header.flatMap((name, at): Problem[] => {
    const target = targets[at]
    if (target?.kind === 'nowhere') return []
    const place = target === undefined ? `?${name.trim().toLowerCase()}` : `${target.kind} ${target.name}`
    const first = seen.get(place)
    seen.set(place, first ?? name)
    return first === undefined
      ? []
      : [{ code: 'DOUBLED_COLUMN', line, message: `${quoted(first)} and ${quoted(name)} are the same column.` }]
  })
}

function missing(targets: readonly (Target | undefined)[], { columns }: Resource, line: number): Problem[] {
  const there = new Set(targets.map((target) => (target?.kind === 'field' ? target.name : undefined)))
  return columns
    .filter(({ field, presence }) => /required/i.test(presence) && !there.has(field))
    .map(({ field, column }) => ({
      code: 'MISSING_COLUMN',
      line,
      message: `${column} (${field}) is required, and no column of the file is it.`,
    }))
}

function hits(header: readonly string[], columns: readonly Column[]): number {
  const names = new Set(columns.flatMap(({ field, column }) => [field.toLowerCase(), column.toLowerCase()]))
  return header.filter((name) => names.has(name.trim().toLowerCase())).length
}

/** A resource that all names of a header fit, where they do not fit the one that was named. */
function betterResource(header: readonly string[], resource: Resource, all: readonly Resource[]): Resource | undefined {
  const own = hits(header, resource.columns)
  const ranked = all.map((one) => ({ one, hit: hits(header, one.columns) })).sort((a, b) => b.hit - a.hit)
  const best = ranked[0]
  return best !== undefined && best.one !== resource && best.hit > own && best.hit >= header.length * 0.8 ? best.one : undefined
}

function otherResource(other: Resource, { name }: Resource, line: number): ImportFailure {
  return new ImportFailure(
    { code: 'OTHER_RESOURCE', line, message: `The columns are those of ${other.name}, not of ${name}.` },
    `If that is what the file is: --resource ${other.name}.`,
  )
}

function noHeader(header: readonly string[], line: number, resource: Resource, all: readonly Resource[]): ImportFailure {
  const other = betterResource(header, resource, all)
  if (other !== undefined) return otherResource(other, resource, line)
  const names = resource.columns.map(({ column }) => column)
  return new ImportFailure(
    { code: 'NO_HEADER', line, message: `None of the ${header.length} cells of the first line names a column of ${resource.name}.` },
    `The first line must name the columns, in any order, such as:\n  ${names.join(',')}\nIf it does, check --resource and --delimiter.`,
  )
}
