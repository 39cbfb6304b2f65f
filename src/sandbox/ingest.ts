import type { Contract } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import { type Failure, FORBIDDEN_TOKEN, LIMITS } from './choices.ts'
import { readJson } from './read-object.ts'
import type { Store, StoredRow } from './store.ts'
import type { Tables } from './tables.ts'
import { failure, validateRow, withDefaults } from './validate.ts'

/** A status and a JSON body. */
export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

interface Ask {
  readonly solutionName: string
  readonly data: readonly unknown[]
  readonly operationType: 'UPSERT' | 'APPEND'
  readonly dryRun: boolean
}

/** Answers a POST of rows to an object: checks the request, then each row, and stores the good ones. */
export function createIngestEndpoint(store: Store, tables: Tables, contract: Contract) {
  return (token: string, object: string, text: string, requestId: string): Reply => {
    const ask = readAsk(text)
    if (ask === undefined)
      return refuse(400, 'DI_E_00400', 'The body must be {solutionName, data, operationType: UPSERT | APPEND, dryRun}.')
    if (token === FORBIDDEN_TOKEN || !tables.solutions(token).some(({ solutionName }) => solutionName === ask.solutionName))
      return refuse(403, 'DI_E_00403', 'No access to the solution.')
    if (ask.data.length > LIMITS.rows || Buffer.byteLength(text) > LIMITS.bytes)
      return refuse(413, 'DI_E_00413', `At most ${LIMITS.rows} rows and ${LIMITS.bytes} bytes.`)
    const target = tables.find(token, object, ask.solutionName)
    if (target === undefined) return refuse(404, 'DI_E_00404', 'The object is not rolled out.')

    store.ensureTable(target.table, target.resources)
    const failed = store.together(() => takeRows(store, ask, target, contract))
    return { status: failed.length === 0 ? 200 : 207, body: { requestId, accepted: ask.data.length - failed.length, failed } }
  }
}

/** A declined request. */
export function refuse(status: number, code: string, message: string, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: { code, message } }
}

function readAsk(text: string): Ask | undefined {
  try {
    const { solutionName, data, operationType, dryRun = false } = readJson(text) as Record<string, unknown>
    const isNamed = typeof solutionName === 'string' && (operationType === 'UPSERT' || operationType === 'APPEND')
    return isNamed && Array.isArray(data) && typeof dryRun === 'boolean' ? { solutionName, data, operationType, dryRun } : undefined
  } catch {
    return undefined
  }
}

function takeRows(
  store: Store,
  { data, operationType, dryRun }: Ask,
  { table, resources }: { readonly table: string; readonly resources: readonly Resource[] },
  contract: Contract,
) {
  const seen = new Set<string>()
  const failed: { index: number; row: unknown; errors: Failure[] }[] = []
  data.forEach((sent, index) => {
    const row = lowerKeys(sent)
    const { resource, errors } = judge(row, resources, contract)
    const key = JSON.stringify(resource.primaryKey.map((name) => row?.[name]))
    if (errors.length === 0 && operationType === 'UPSERT' && seen.has(key))
      errors.push(failure('duplicate', 'an earlier row of the batch has the same key'))
    seen.add(key)
    if (errors.length > 0 || row === undefined) failed.push({ index, row: sent, errors })
    else if (!dryRun) store[operationType === 'UPSERT' ? 'upsert' : 'insert'](table, withDefaults(row, resource.columns), resource)
  })
  if (!dryRun) for (const { row, errors } of failed) store.insertFailed(table, row, errors)
  return failed
}

/** Two modules may declare one object differently; a row is checked against the declaration that fits best. */
function judge(row: StoredRow | undefined, resources: readonly Resource[], contract: Contract): { resource: Resource; errors: Failure[] } {
  const readings = resources.map((resource) => ({
    resource,
    errors:
      row === undefined
        ? [failure('notAnObject', 'expected an object')]
        : validateRow(row, resource, contract.modules[resource.module]?.timestampFormat ?? 'ISO-8601 UTC'),
    known: row === undefined ? 0 : resource.columns.filter(({ name }) => name in row).length,
  }))
  const [best] = readings.sort((a, b) => a.errors.length - b.errors.length || b.known - a.known)
  if (best === undefined) throw new Error('an object without a declaration was rolled out')
  return best
}

function lowerKeys(row: unknown): StoredRow | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
}
