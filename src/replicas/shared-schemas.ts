import { randomUUID } from 'node:crypto'
import type { SchemaCache } from '../lifecycle/schema-cache.ts'
import type { SolutionDirectory } from '../lifecycle/solution-directory.ts'
import { readSolution } from './note-bodies.ts'
import type { NoteKeeper } from './note-keeper.ts'

/** A schema cache that, when it drops a changed schema, makes other replicas drop it within seconds. */
export function shareSchemas(cache: SchemaCache, keeper: NoteKeeper): SchemaCache {
  const ours = randomUUID()
  keeper.hear('schema', ({ tenantId, name, body }) => {
    if (body !== ours) cache.forget({ id: tenantId }, name)
  })
  return {
    ...cache,
    forget(tenant, solutionName) {
      cache.forget(tenant, solutionName)
      keeper.note({ kind: 'schema', tenantId: tenant.id, name: solutionName, writer: '', body: ours })
    },
  }
}

/** A solution directory that shares what it learns with other replicas, and finds it again after a restart. */
export function shareSolutions(directory: SolutionDirectory, keeper: NoteKeeper): SolutionDirectory {
  keeper.hear('solution', ({ tenantId, body }) => {
    const solution = readSolution(body)
    if (solution !== undefined) directory.learn({ id: tenantId }, solution)
  })
  return {
    ...directory,
    learn(tenant, solution) {
      directory.learn(tenant, solution)
      keeper.note({ kind: 'solution', tenantId: tenant.id, name: solution.name, writer: '', body: JSON.stringify(solution) })
    },
  }
}
