import type { Resource } from '../resource/define-resource.ts'
import { FIRST_VERSION, NEW_TENANT } from './choices.ts'
import type { SandboxColumn } from './column-types.ts'
import { type Reply, refuse } from './ingest.ts'
import { readObject } from './read-object.ts'
import type { SavedSchemas } from './saved-schemas.ts'
import { tenantId } from './solution-list.ts'
import type { Tables } from './tables.ts'

const ROLLOUT_NAMES = ['solutionName', 'appName', 'appVersion', 'targetSchemaName'] as const

/** Answers the schema endpoints: rollout, the list of solutions, and the tables of a solution. */
export function createLifecycle(tables: Tables, schemas: SavedSchemas, modules: readonly string[]) {
  const savedAtFirst = (token: string, { appName, appVersion }: Record<string, unknown>) =>
    !token.startsWith(NEW_TENANT) && appVersion === FIRST_VERSION && modules.includes(String(appName))
      ? ({ module }: Resource) => module === appName
      : undefined

  return {
    rollout(token: string, text: string): Reply {
      const ask = readObject(text)
      const missing = ROLLOUT_NAMES.filter((name) => typeof ask?.[name] !== 'string' || ask[name] === '')
      if (ask === undefined || missing.length > 0) return refuse(400, 'DI_E_00400', `Missing: ${missing.join(', ')}.`)
      const { solutionName, appName, appVersion, targetSchemaName, prefix = '', suffix = '' } = ask as Record<string, string>
      const saved = schemas.membersOf(tenantId(token), String(appName), String(appVersion)) ?? savedAtFirst(token, ask)
      if (saved === undefined) return refuse(422, 'DI_E_00422', 'No schema is saved for this version of the application.')
      const { made, failed } = tables.rollOut(token, { name: String(solutionName), prefix, suffix }, String(targetSchemaName), saved)
      const failedObjects = failed.map((name) => ({ name, message: 'The table exists with another key.' }))
      return { status: failed.length === 0 ? 200 : 207, body: { successfulObjects: made.map((name) => ({ name })), failedObjects } }
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

function describe(columns: readonly SandboxColumn[]) {
  const byName = new Map(columns.map((column) => [column.name, column]))
  return [...byName.values()].map((column) => {
    const { name, type, content, isKey, isNumeric, precision, scale, defaultValue } = column
    const validations = validationsOf(column)
    return {
      columnName: name.toUpperCase(),
      dataType: content ?? (isNumeric ? 'numeric' : type),
      primaryKey: isKey,
      presence: column.isAdded && column.presence === 'nullable' ? 'required' : column.presence,
      ...(precision !== undefined && { precision }),
      ...(scale !== undefined && { scale }),
      ...(defaultValue !== undefined && { defaultValue: typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue) }),
      ...(validations.length > 0 && { validations }),
    }
  })
}

function validationsOf({ presence, minLength, maxLength }: SandboxColumn) {
  return [
    ...(presence === 'required' ? [{ type: 'required' }, { type: 'nonNull' }] : []),
    ...(minLength === undefined ? [] : [{ type: 'minLength', value: minLength }]),
    ...(maxLength === undefined ? [] : [{ type: 'maxLength', value: maxLength }]),
  ]
}
