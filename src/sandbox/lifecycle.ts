import type { Column } from '../resource/column.ts'
import { type Reply, refuse } from './ingest.ts'
import { readObject } from './read-object.ts'
import type { SavedSchemas } from './saved-schemas.ts'
import { tenantId } from './solution-list.ts'
import type { Tables } from './tables.ts'

const ROLLOUT_NAMES = ['solutionName', 'appName', 'appVersion', 'targetSchemaName'] as const

/** Answers the schema endpoints: rollout, the list of solutions, and what is rolled out. */
export function createLifecycle(tables: Tables, schemas: SavedSchemas) {
  return {
    rollout(token: string, text: string): Reply {
      const ask = readObject(text)
      const missing = ROLLOUT_NAMES.filter((name) => typeof ask?.[name] !== 'string' || ask[name] === '')
      if (ask === undefined || missing.length > 0) return refuse(400, 'DI_E_00400', `Missing: ${missing.join(', ')}.`)
      const { solutionName, appName, appVersion, targetSchemaName, prefix = '', suffix = '' } = ask as Record<string, string>
      const saved = schemas.membersOf(tenantId(token), String(appName), String(appVersion))
      const objects = tables.rollOut(token, { name: String(solutionName), prefix, suffix }, String(targetSchemaName), saved)
      return { status: 200, body: { successfulObjects: objects.map((name) => ({ name })), failedObjects: [] } }
    },
    solutions(token: string): Reply {
      const list = tables.solutions(token).map(({ objects, ...solution }) => ({ ...solution, tableCount: objects.length }))
      return { status: 200, body: { solutions: list } }
    },
    schema(token: string, solutionName: string | null): Reply {
      const solution = tables.solutions(token).find((candidate) => candidate.solutionName === solutionName)
      if (solution === undefined) return refuse(404, 'DI_E_00404', 'The solution does not exist.')
      const described = solution.objects.map((name) => ({
        name,
        columns: describe(tables.find(token, name, solution.solutionName)?.resources.flatMap((r) => r.columns) ?? []),
      }))
      return { status: 200, body: { solutionName, tables: described } }
    },
  }
}

function describe(columns: readonly Column[]) {
  const byName = new Map(columns.map((column) => [column.name, column]))
  return [...byName.values()].map(({ name, type, content, presence, isKey }) => ({
    columnName: name.toUpperCase(),
    dataType: content ?? type,
    primaryKey: isKey,
    presence,
    ...(presence === 'required' && { validations: ['required', 'nonNull'] }),
  }))
}
