import { type Client, ClientError } from '../../client/index.ts'
import type { Attribute, Column } from '../../tabular/column.ts'
import { lettersOf } from '../../tabular/header-names.ts'
import { nearestName } from '../../util/nearest-name.ts'
import { ImportFailure, shown } from './failure.ts'

/** A resource, as described by the gateway. */
export interface Resource {
  readonly name: string
  readonly object: string
  readonly module: string
  readonly solutions: readonly string[]
  readonly solutionObjects: readonly string[]
  readonly columns: readonly (Column & { readonly references: string | null })[]
}

const RESOURCES = `query ImportResources {
  resources { name object module solutions solutionObjects columns { field column type presence references } }
}`

/** All resources of a gateway. */
export async function readResources(client: Client, signal: AbortSignal): Promise<readonly Resource[]> {
  const { resources } = await client.query<{ resources?: readonly Resource[] }>(RESOURCES, {}, signal)
  if (resources === undefined) throw new ClientError('NOT_A_GATEWAY', 'What answers there knows no resources.')
  return resources
}

/** The names by which a resource may be given: its name or its object, in any case, with or without underscores. */
function namesOf({ name, object }: Resource): readonly string[] {
  return [lettersOf(name), lettersOf(object)]
}

/** The resource with this name; where several modules have such an object, the one of the solution. */
export function findResource(name: string, resources: readonly Resource[], solution: string | undefined): Resource {
  const exact = resources.filter((resource) => lettersOf(resource.name) === lettersOf(name))
  const all = exact.length > 0 ? exact : resources.filter((resource) => namesOf(resource).includes(lettersOf(name)))
  const inSolution = all.filter(({ solutions }) => solution === undefined || solutions.includes(solution))
  const found = inSolution.length > 0 ? inSolution : all
  if (found.length === 1 && found[0] !== undefined) return found[0]
  const meant = nearestName(name, new Set(resources.map((resource) => resource.name)))
  const unknown = `No resource is called ${shown(name)}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`
  const names = (found.length === 0 ? resources : found).map((resource) => resource.name).join(', ')
  throw new ImportFailure(
    {
      code: 'UNKNOWN_RESOURCE',
      message: found.length === 0 ? unknown : `${shown(name)} could be several resources.`,
    },
    `Say which with --resource (or, in a folder, by the name of the file): ${names}.`,
  )
}

/** Sorts loads so that resources come after those they refer to. */
export function inOrderOfReference<T extends { readonly resource: Resource }>(loads: readonly T[]): readonly T[] {
  const ordered: T[] = []
  const visit = (load: T, way: readonly T[]): void => {
    if (ordered.includes(load) || way.includes(load)) return
    for (const other of loads) if (refersTo(load.resource, other.resource)) visit(other, [...way, load])
    ordered.push(load)
  }
  for (const load of loads) visit(load, [])
  return ordered
}

function refersTo(one: Resource, other: Resource): boolean {
  const table = `${other.object.toLowerCase()}.`
  return one !== other && one.module === other.module && one.columns.some(({ references }) => references?.startsWith(table))
}

const SOLUTION_SCHEMA = `query ImportAttributes($solution: String!) {
  solutionSchema(solution: $solution) { name columns { name dataType } }
}`

interface Table {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly dataType: string | null }[]
}

/** The custom attributes of a resource's table; none where the upstream does not tell. */
export async function readAttributes(
  client: Client,
  resource: Resource,
  stated: string | undefined,
  signal: AbortSignal,
): Promise<readonly Attribute[]> {
  const solution = stated ?? (resource.solutions.length === 1 ? resource.solutions[0] : undefined)
  if (solution === undefined) return []
  const tables = await client
    .query<{ solutionSchema: readonly Table[] | null }>(SOLUTION_SCHEMA, { solution }, signal)
    .then(({ solutionSchema }) => solutionSchema ?? [])
    .catch(() => [])
  const table = tables.find(({ name }) => resource.solutionObjects.includes(name)) ?? ofObject(tables, resource.object)
  const declared = new Set(resource.columns.map(({ column }) => column))
  return (table?.columns ?? []).flatMap(({ name, dataType }) =>
    declared.has(name.toLowerCase()) ? [] : [{ name, dataType: dataType ?? '' }],
  )
}

/** A solution that the gateway has no settings for has prefixes and suffixes of its own. */
function ofObject(tables: readonly Table[], object: string): Table | undefined {
  const having = tables.filter(({ name }) => name.toUpperCase().includes(object))
  return having.sort((a, b) => a.name.length - b.name.length)[0]
}
