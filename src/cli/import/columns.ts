import type { TableShape } from '../../tabular/column.ts'
import { attributeOf, createHeaderNames, EXTRA, type HeaderNames, isForbiddenHeader, type Target } from '../../tabular/header-names.ts'
import { findMappingProblems } from '../../tabular/match-headers.ts'
import type { Resource } from './catalogue.ts'
import { ImportFailure, type Problem, shellQuoted, shown } from './failure.ts'

/** Maps headers by name, or as given by `--map`; a header mapped to nothing is left out. */
export function createNaming(shape: TableShape, mapped: ReadonlyMap<string, string>): HeaderNames {
  const { targetOf, similarTo } = createHeaderNames(shape)
  return {
    targetOf(header) {
      const name = mapped.get(header.trim())
      return name === '' ? null : targetOf(name ?? header)
    },
    similarTo,
  }
}

/** The target of each column; throws, before a row is sent, with everything that does not fit. */
export function planHeader(
  header: readonly string[],
  line: number,
  naming: HeaderNames,
  resource: Resource,
  all: readonly Resource[],
): readonly Target[] {
  const targets = header.map(naming.targetOf)
  const proposed = proposalsFor(header, naming)
  const isHeader = targets.some((target) => typeof target === 'string') || proposed.size * 2 >= header.length
  if (!isHeader) throw noHeader(header, line, resource, all)
  const lines = new Map(header.map((name) => [name, line]))
  const { doubled, missing } = findMappingProblems(header, targets, resource)
  const isProposed = (field: string) => [...proposed.values()].includes(field)
  const problems: readonly Problem[] = [
    ...doubled.map(({ first, other }) => doubledColumn(header[first] ?? '', header[other] ?? '', line)),
    ...unknownNames(lines, naming),
    ...missing.filter(({ field }) => !isProposed(field)).map(({ field, column }) => missingColumn(field, column, line)),
  ]
  if (problems.length === 0) return targets.map((target) => target ?? null)
  const other = betterResource(header, resource, all)
  if (other !== undefined) throw otherResource(other, resource, line)
  throw new ImportFailure(problems, adviceFor(header, naming))
}

/** The problems of unknown or forbidden names, with their lines. */
export function unknownNames(names: ReadonlyMap<string, number>, naming: HeaderNames): readonly Problem[] {
  const proposed = proposalsFor([...names.keys()], naming)
  return [...names].flatMap(([name, line]): Problem[] => {
    if (naming.targetOf(name) !== undefined) return []
    if (isForbiddenHeader(name)) return [{ code: 'FORBIDDEN_NAME', line, message: `${shown(name.trim())} is a name that is not allowed.` }]
    const meant = proposed.get(name)
    const says = `${quoted(name)} is not a column of this resource.`
    return [{ code: 'UNKNOWN_COLUMN', line, message: meant === undefined ? says : `${says} Did you mean ${meant}?` }]
  })
}

/** Advice for unknown names: proposed mappings, ready to be copied. */
export function adviceFor(names: readonly string[], naming: HeaderNames): string {
  const proposed = proposalsFor(names, naming)
  const maps = [...new Set(names)]
    .filter((name) => naming.targetOf(name) === undefined)
    .slice(0, MAX_PROPOSED)
    .map((name) => `--map ${shellQuoted(`${shown(name.trim())}=${proposed.get(name) ?? ''}`)}`)
  if (maps.length === 0) return 'Correct the first line of the file, or say what its columns mean: --map HEADER=FIELD.'
  return `Correct the names, or say what they mean; a mapping to nothing leaves the column out:\n  ${maps.join(' ')}`
}

/** Throws where a mapping names a header that no file has, which is probably a typo. */
export function expectMapped(
  mapped: ReadonlyMap<string, string>,
  files: readonly { readonly headers: readonly string[] | undefined }[],
): void {
  const problems = [...mapped.keys()]
    .filter((header) => files.every(({ headers }) => headers?.includes(header) === false))
    .map((header): Problem => ({ code: 'UNKNOWN_COLUMN', message: `--map names ${quoted(header)}, which is in no first line.` }))
  if (problems.length > 0) throw new ImportFailure(problems, 'Write the header as it stands in the first line, before the last "=".')
}

/** What unknown names were probably meant to be, without duplicates. */
function proposalsFor(names: readonly string[], { targetOf, similarTo }: HeaderNames): ReadonlyMap<string, string> {
  const taken = new Set(names.map(targetOf))
  const proposed = new Map<string, string>()
  for (const name of names) {
    const meant = targetOf(name) === undefined ? similarTo(name, taken) : undefined
    if (meant === undefined || proposed.has(name)) continue
    taken.add(meant)
    proposed.set(name, meant)
  }
  return proposed
}

const MAX_PROPOSED = 20

function quoted(name: string): string {
  return name.trim() === '' ? 'A column without a name' : `"${shown(name)}"`
}

function doubledColumn(first: string, other: string, line: number): Problem {
  return { code: 'DOUBLED_COLUMN', line, message: `${quoted(first)} and ${quoted(other)} are the same column.` }
}

function missingColumn(field: string, column: string, line: number): Problem {
  return { code: 'MISSING_COLUMN', line, message: `${column} (${field}) is required, but the file has no such column.` }
}

/** How many names of a header are declared columns. */
function hits(header: readonly string[], { columns }: Resource): number {
  const { targetOf } = createHeaderNames({ columns })
  return header.map(targetOf).filter((target) => typeof target === 'string' && target !== EXTRA && attributeOf(target) === undefined).length
}

/** Another resource that all names of a header fit, where they do not fit the given one. */
function betterResource(header: readonly string[], resource: Resource, all: readonly Resource[]): Resource | undefined {
  const own = hits(header, resource)
  const ranked = all.map((one) => ({ one, hit: hits(header, one) })).sort((a, b) => b.hit - a.hit)
  const best = ranked[0]
  return best !== undefined && best.one !== resource && best.hit > own && best.hit >= header.length * 0.8 ? best.one : undefined
}

function otherResource(other: Resource, { name }: Resource, line: number): ImportFailure {
  return new ImportFailure(
    { code: 'OTHER_RESOURCE', line, message: `The columns are those of ${other.name}, not of ${name}.` },
    `If that is right, use --resource ${other.name}.`,
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
