import { GatewayError } from '../errors.ts'
import type { NamedResult, SchemaPort, UpstreamColumn, UpstreamSolution, UpstreamTable } from '../rollout/schema-port.ts'
import { writeAttribute } from './attribute-wire.ts'
import type { Call, Client } from './client.ts'
import { writeDefinition } from './definition-wire.ts'
import { listAt, textAt, valueAt } from './loose-object.ts'

const ENVELOPES = ['data', 'result', 'results', 'items']

/** How an edition of the upstream spells what others spell differently. */
export interface SchemaSpelling {
  /** The key of an attribute's name when it is added. */
  readonly attributeNameKey: 'columnName' | 'attributeName'
}

/** The upstream's schema endpoints; element shapes and envelopes are read tolerantly, anything unreadable is an error. */
export function createSchemaWire(client: Client, { attributeNameKey }: SchemaSpelling): SchemaPort {
  return {
    async rollout(tenant, request) {
      const body = Buffer.from(JSON.stringify(request))
      const answer = await ask(client, { method: 'POST', path: '/api/v2/schema/rollout', tenant, body })
      const holder = unwrap(answer, 'successfulObjects')
      return {
        successful: readList(listAt(holder, ['successfulObjects']), readNamed, 'successfulObjects'),
        failed: readList(listAt(holder, ['failedObjects']), readNamed, 'failedObjects'),
      }
    },
    async saveSchema(tenant, { tables, ...request }) {
      const schemaDefinition = writeDefinition(tables, attributeNameKey)
      const body = Buffer.from(JSON.stringify({ ...request, schemaDefinition }))
      const answer = await ask(client, { method: 'POST', path: '/api/v2/schema', tenant, body })
      if (speaksOfFailure(answer))
        throw new GatewayError('UPSTREAM_REFUSED', 'The upstream did not take the schema, though its status says it did.')
      return schemaDefinition
    },
    async addAttribute(tenant, { solutionName, object, attribute }) {
      const path = `/api/v2/schema/${encodeURIComponent(object)}/add-attribute`
      const body = Buffer.from(JSON.stringify({ solutionName, ...writeAttribute(attribute, attributeNameKey) }))
      const answer = await ask(client, { method: 'POST', path, tenant, body })
      if (speaksOfFailure(answer))
        throw new GatewayError('UPSTREAM_REFUSED', 'The upstream did not add the attribute, though its status says it did.')
    },
    async solutions(tenant) {
      const answer = await ask(client, { method: 'GET', path: '/api/v2/schema/solutions', tenant })
      return readList(findList(answer, ['solutions']), readSolution, 'solutions')
    },
    async solutionSchema(tenant, solutionName) {
      const path = `/api/v2/schema?solutionName=${encodeURIComponent(solutionName)}`
      const answer = await ask(client, { method: 'GET', path, tenant })
      const text = textAt(answer, ['schemaDefinition'])
      return readList(findList(text === undefined ? answer : parse(text), ['tables', 'objects', 'schema']), readTable, 'tables')
    },
  }
}

async function ask(client: Client, call: Call): Promise<unknown> {
  const exchange = await client.call(call)
  if (exchange.kind === 'unsent') throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The upstream could not be reached; nothing was changed.')
  if (exchange.kind === 'lost') throw new GatewayError('UPSTREAM_UNAVAILABLE', `The upstream did not answer${mayHaveActed(call)}.`)
  const { status, text } = exchange
  if (status === 401 || status === 403)
    throw new GatewayError('UPSTREAM_UNAUTHORIZED', `The upstream refused the token (status ${status}).`)
  if (status >= 500) throw new GatewayError('UPSTREAM_UNAVAILABLE', `The upstream failed with status ${status}${mayHaveActed(call)}.`)
  if (status >= 300) throw new GatewayError('UPSTREAM_REFUSED', `The upstream declined the call with status ${status}.`)
  // A change that was made may be answered with no words at all.
  return text === '' && call.method === 'POST' ? undefined : parse(text)
}

function speaksOfFailure(answer: unknown): boolean {
  return valueAt(answer, ['success']) === false || /error|fail/i.test(textAt(answer, ['status']) ?? '')
}

function mayHaveActed(call: Call): string {
  return call.method === 'POST' ? '; whether the change was made is not known' : ''
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    throw new GatewayError('UPSTREAM_UNREADABLE', 'The upstream answered something that is not JSON.')
  }
}

/** The object that holds a name: the answer itself or the one inside its envelope. */
function unwrap(answer: unknown, name: string): unknown {
  return [answer, ...ENVELOPES.map((envelope) => valueAt(answer, [envelope]))].find((holder) => valueAt(holder, [name]) !== undefined)
}

/** A list that may be the whole answer, or stand under a name, or inside an envelope. */
function findList(answer: unknown, names: readonly string[]): readonly unknown[] | undefined {
  if (Array.isArray(answer)) return answer
  const places = [...names, ...ENVELOPES]
  const inner = places.map((place) => valueAt(answer, [place])).filter((value) => typeof value === 'object')
  return listAt(answer, places) ?? inner.map((holder) => listAt(holder, places)).find((list) => list !== undefined)
}

function readList<T>(list: readonly unknown[] | undefined, readItem: (item: unknown) => T | undefined, what: string): T[] {
  if (list === undefined) throw new GatewayError('UPSTREAM_UNREADABLE', `The upstream's answer has no list of ${what}.`)
  return list.map((item) => {
    const read = readItem(item)
    if (read === undefined) throw new GatewayError('UPSTREAM_UNREADABLE', `The upstream's list of ${what} has an entry without a name.`)
    return read
  })
}

function readNamed(item: unknown): NamedResult | undefined {
  if (typeof item === 'string') return { name: item }
  const name = textAt(item, ['name', 'object', 'objectName', 'tableName', 'table'])
  const message = textAt(item, ['message', 'errorMessage', 'error', 'reason'])
  return name === undefined ? undefined : { name, ...(message && { message }) }
}

function readSolution(item: unknown): UpstreamSolution | undefined {
  const solutionName = textAt(item, ['solutionName', 'name'])
  if (solutionName === undefined) return undefined
  const [prefix, suffix, targetSchemaName] = ['prefix', 'suffix', 'targetSchemaName'].map((name) => textAt(item, [name]))
  const tableCount = Number(textAt(item, ['tableCount', 'tables']) ?? Number.NaN)
  return {
    solutionName,
    ...(prefix && { prefix }),
    ...(suffix && { suffix }),
    ...(targetSchemaName && { targetSchemaName }),
    ...(Number.isInteger(tableCount) && { tableCount }),
  }
}

function readTable(item: unknown): UpstreamTable | undefined {
  const name = textAt(item, ['name', 'tableName', 'objectName', 'object', 'table'])
  const columns = listAt(item, ['columns', 'attributes', 'fields'])
  if (name === undefined || columns === undefined) return undefined
  return { name, columns: readList(columns, readColumn, `columns of ${name}`) }
}

function readColumn(item: unknown): UpstreamColumn | undefined {
  if (typeof item === 'string') return { name: item }
  const name = textAt(item, ['name', 'columnName', 'attributeName', 'column'])
  if (name === undefined) return undefined
  const dataType = textAt(item, ['dataType', 'type'])
  const rules = readRules(item)
  const presence = rules.map(({ word }) => word).find((word) => word === 'required' || word === 'optional' || word === 'nullable')
  const maxLength = Number(
    rules.find(({ word }) => word === 'maxlength')?.value ?? /^\D+\((\d+)\)$/.exec(dataType ?? '')?.[1] ?? Number.NaN,
  )
  const isKey = valueAt(item, ['primaryKey', 'isPrimaryKey', 'isKey'])
  return {
    name,
    ...(dataType && { dataType }),
    ...(presence && { presence }),
    ...(rules.some(({ word }) => word === 'nonnull') && { nonNull: true }),
    ...(Number.isInteger(maxLength) && { maxLength }),
    ...(typeof isKey === 'boolean' && { isKey }),
  }
}

/** What is asked of a column's values: words, or objects with a word and a value, and the presence where it stands apart. */
function readRules(item: unknown): { word: string | undefined; value: string | undefined }[] {
  const listed = (listAt(item, ['validations']) ?? []).map((rule) => ({
    word: typeof rule === 'string' ? rule : textAt(rule, ['type', 'name']),
    value: textAt(rule, ['value', 'length']),
  }))
  const said = [{ word: textAt(item, ['presence']), value: undefined }, ...listed]
  return said.map(({ word, value }) => ({ word: word?.toLowerCase().replaceAll('_', ''), value }))
}
