import { readdir } from 'node:fs/promises'
import { nearestName } from '../util/nearest-name.ts'
import type { Resource } from './define-resource.ts'
import type { ModuleDeclaration } from './module.ts'

/** Everything that may be ingested: the loaded, checked, frozen declarations. */
export interface Contract {
  readonly modules: Readonly<Record<string, ModuleDeclaration>>
  readonly resources: readonly Resource[]
}

/** Loads every `<module>/<name>.ts` below a folder; throws when a name is taken twice or a module is unknown. */
export async function loadContract(folder: URL, modules: Contract['modules']): Promise<Contract> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort()
  const loaded = await Promise.all(files.map((file) => import(new URL(file.replaceAll('\\', '/'), folder).href)))
  const resources = loaded.map((module: { default: Resource }) => module.default)
  checkContract(resources, modules)
  return Object.freeze({ modules, resources: Object.freeze(resources) })
}

function checkContract(resources: readonly Resource[], modules: Contract['modules']): void {
  const names = new Set<string>()
  for (const resource of resources) {
    const place = `${resource.module}.${resource.object}`
    if (!(resource.module in modules)) throw new Error(`Resource ${place}: unknown module`)
    for (const name of [place, resource.graphqlName]) {
      if (names.has(name)) throw new Error(`Resource ${place}: the name ${name} is taken by another resource`)
      names.add(name)
    }
  }
}

/** The resource with this GraphQL name, or what is wrong with the name. */
export function findResource(resources: readonly Resource[], name: string): Resource | BadChoice {
  const names = resources.map(({ graphqlName }) => graphqlName)
  const meant = nearestName(name, new Set(names))
  const found = resources.find(({ graphqlName }) => graphqlName === name)
  return found ?? { fault: `resource is not known. ${meant ? `Did you mean ${meant}?` : `Known: ${names.join(', ')}.`}` }
}

/** A wrong choice: what was wrong, and which names are known. */
export interface BadChoice {
  readonly fault: string
}
