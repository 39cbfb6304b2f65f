import { randomUUID } from 'node:crypto'
import type { SchemaCache } from '../lifecycle/schema-cache.ts'
import type { SolutionDirectory } from '../lifecycle/solution-directory.ts'
import { readSolution } from './note-bodies.ts'
import type { NoteKeeper } from './note-keeper.ts'

/** The same cache; where it forgets a schema because that was changed, those of other replicas do so within seconds. */
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

/** The same directory; what it learns is known to other replicas soon, and to this one when it starts again. */
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
