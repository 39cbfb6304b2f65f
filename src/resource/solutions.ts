import { nearestName } from '../util/nearest-name.ts'
import type { Resource } from './define-resource.ts'
import type { Solution } from './module.ts'

/** The resource of that GraphQL name, or what is wrong with asking for it. */
export function findResource(resources: readonly Resource[], name: string): Resource | BadChoice {
  const names = resources.map(({ graphqlName }) => graphqlName)
  const meant = nearestName(name, names)
  const found = resources.find(({ graphqlName }) => graphqlName === name)
  return found ?? { fault: `resource is not known. ${meant ? `Did you mean ${meant}?` : `Known: ${names.join(', ')}.`}` }
}

/** The upstream's full name of a resource's table in a solution. */
export function objectName({ prefix, suffix }: Solution, { object }: Resource): string {
  return `${prefix}${object}${suffix}`
}

/** A choice that cannot be followed: what was wrong and which names would do. */
export interface BadChoice {
  readonly fault: string
}

/** The solution of that name, or what is wrong with asking for it. */
export function findSolution(solutions: readonly Solution[], name: string): Solution | BadChoice {
  return solutions.find((solution) => solution.name === name) ?? { fault: `Unknown solution. Known: ${nameList(solutions)}.` }
}

/** The solution that rows of a resource go to: the named one, or the only one that has the resource. */
export function solutionFor(solutions: readonly Solution[], resource: Resource, name: string | null | undefined): Solution | BadChoice {
  const able = solutions.filter((solution) => solution.modules.includes(resource.module))
  const [only, second] = able
  if (name == null && only !== undefined && second === undefined) return only
  if (name == null)
    return {
      fault:
        able.length === 0
          ? `No solution has the module ${resource.module}.`
          : `Several solutions have ${resource.graphqlName}; name one of: ${nameList(able)}.`,
    }

  const named = findSolution(solutions, name)
  if ('fault' in named || able.includes(named)) return named
  return { fault: `That solution does not have ${resource.graphqlName} (module ${resource.module}). Solutions that do: ${nameList(able)}.` }
}

function nameList(solutions: readonly Solution[]): string {
  return solutions.length === 0 ? 'none' : solutions.map(({ name }) => name).join(', ')
}
