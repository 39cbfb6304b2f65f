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
