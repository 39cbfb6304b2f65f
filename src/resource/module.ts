import type { Resource } from './define-resource.ts'

/** How a module wants timestamps written: `YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DDTHH:MM:SSZ`, both in UTC. */
export type TimestampFormat = 'YYYY-MM-DD HH:MM:SS' | 'ISO-8601 UTC'

/** The pattern with which each timestamp format is declared to the upstream. */
export const TIMESTAMP_PATTERNS: Readonly<Record<TimestampFormat, string>> = {
  'YYYY-MM-DD HH:MM:SS': 'YYYY-MM-DD HH:MM:SS',
  'ISO-8601 UTC': 'YYYY-MM-DDTHH:MM:SSZ',
}

/** A named way into one tenant's tables: which modules it holds and what its object names are wrapped in. */
export interface Solution {
  readonly name: string
  readonly modules: readonly string[]
  readonly prefix: string
  readonly suffix: string
}

/** A family of resources that is sold and rolled out together. */
export interface ModuleDeclaration {
  readonly title: string
  readonly timestampFormat: TimestampFormat
  /** The solution used for this module when none is configured. */
  readonly exampleSolution: Omit<Solution, 'modules'>
}

/** The default solutions: the modules' examples, those of the same name joined into one. */
export function exampleSolutions(modules: Readonly<Record<string, ModuleDeclaration>>): Solution[] {
  const byName = new Map<string, Solution>()
  for (const [module, { exampleSolution }] of Object.entries(modules)) {
    const known = byName.get(exampleSolution.name)?.modules ?? []
    byName.set(exampleSolution.name, { ...exampleSolution, modules: [...known, module] })
  }
  return [...byName.values()]
}

/** The upstream's full name of a resource's table in a solution. */
export function objectName({ prefix, suffix }: Solution, { object }: Resource): string {
  return `${prefix}${object}${suffix}`
}
