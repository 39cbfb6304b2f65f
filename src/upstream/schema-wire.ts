import { GatewayError } from '../errors.ts'
import type { NamedResult, SchemaPort } from '../lifecycle/schema-port.ts'
import { saysNo } from './answer-texts.ts'
import { isNothing } from './answer-values.ts'
import { topicOf } from './answer-words.ts'
import { type SchemaDialect, writeAttribute, writeDefinition } from './definition-wire.ts'
import { isObject, listAt, plainName, textAt, valueAt } from './lenient-read.ts'
import { ENVELOPES, findList, readList, readSolution, readTable } from './read-schema.ts'
import { parseAnswer, type SchemaCall } from './schema-call.ts'

/** Where the definition may stand as a JSON text. */
const DEFINITIONS = ['schemaDefinition', 'definition', 'schema']

/** The upstream's schema endpoints; element shapes and envelopes are read leniently, anything unreadable is an error. */
export function createSchemaWire(call: SchemaCall, dialect: SchemaDialect): SchemaPort {
  const read: SchemaCall = async (asked) => expectRead(await call(asked))
  return {
    async rollout(tenant, request, origin) {
      const body = Buffer.from(JSON.stringify(request))
      const answer = await call({ method: 'POST', path: '/api/v2/schema/rollout', tenant, body, origins: [origin] })
      const holder = unwrap(answer, 'successfulObjects')
      return {
        successful: readList(listAt(holder, ['successfulObjects']), readNamed, 'successfulObjects'),
        failed: readList(listAt(holder, ['failedObjects']), readNamed, 'failedObjects'),
      }
    },
    async saveSchema(tenant, { tables, ...request }, origin) {
      const schemaDefinition = writeDefinition(tables, dialect)
      const body = Buffer.from(JSON.stringify({ ...request, schemaDefinition }))
      const answer = await call({ method: 'POST', path: '/api/v2/schema', tenant, body, origins: [origin] })
      refuseNo(answer, 'take the schema')
      return schemaDefinition
    },
    async addAttribute(tenant, { solutionName, object, attribute, timestampFormat }, origin) {
      const path = `/api/v2/schema/${encodeURIComponent(object)}/add-attribute`
      const body = Buffer.from(JSON.stringify({ solutionName, ...writeAttribute(attribute, timestampFormat, dialect) }))
      const answer = await call({ method: 'POST', path, tenant, body, origins: [origin] })
      refuseNo(answer, 'add the attribute')
    },
    async solutions(tenant, origin) {
      const answer = await read({ method: 'GET', path: '/api/v2/schema/solutions', tenant, origins: [origin] })
      return readList(findList(answer, ['solutions']), readSolution, 'solutions')
    },
    async solutionSchema(tenant, solutionName, origin, signal) {
      const path = `/api/v2/schema?solutionName=${encodeURIComponent(solutionName)}`
      const answer = await read({ method: 'GET', path, tenant, origins: [origin], ...(signal && { signal }) })
      const text = DEFINITIONS.map((name) => textAt(answer, [name]) ?? textAt(valueAt(answer, ['data']), [name])).find(
        (found) => found !== undefined,
      )
      return readList(findList(text === undefined ? answer : parseAnswer(text), ['tables', 'objects', 'schema']), readTable, 'tables')
    },
  }
}

/** Throws where an answer to a change says no, though its status says yes: `UPSTREAM_REFUSED`, or `UPSTREAM_UNREADABLE` where only words can mean it. */
function refuseNo(answer: unknown, what: string): void {
  const holders = holdersIn(answer)
  const members = holders.flatMap((holder) => Object.entries(holder))
  if (members.some(([name, value]) => isNo(name, value)))
    throw new GatewayError('UPSTREAM_REFUSED', `The upstream did not ${what}, though its status says it did.`)
  if (holders.some((holder) => saysNo(textAt(holder, ['message', 'msg', 'detail']) ?? '')))
    throw new GatewayError('UPSTREAM_UNREADABLE', `The upstream answered in words that can mean that it did not ${what}.`)
}

/** The answer to a read; throws `UPSTREAM_UNREADABLE` where it says no, though its status says yes: an empty list beside an error is none. */
function expectRead(answer: unknown): unknown {
  const members = holdersIn(answer).flatMap((holder) => Object.entries(holder))
  // Objects may be tables, of any name.
  if (members.some(([name, value]) => (typeof value !== 'object' || /^errors?$/i.test(name)) && isNo(name, value)))
    throw new GatewayError('UPSTREAM_UNREADABLE', 'The upstream answered with an error, though its status says that all is well.')
  return answer
}

function holdersIn(answer: unknown): readonly object[] {
  return [answer, ...ENVELOPES.map((name) => valueAt(answer, [name]))].filter(isObject)
}

/** By the stems of names, as answers on rows are read; what describes the change itself, such as its validations, is not looked into. */
function isNo(name: string, value: unknown): boolean {
  const topic = topicOf(name)
  if (topic === 'no') return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : !isNothing(value)
  if (topic === 'accepted' && plainName(name) !== 'valid') return /^(?:false|no)$/i.test(String(value))
  if (topic !== 'status' || typeof value === 'object') return false
  return Number(value) >= 400 || /^(?:false|no)$/i.test(String(value)) || saysNo(String(value))
}

/** The object that holds a name: the answer itself or one inside its envelopes. */
function unwrap(answer: unknown, name: string, depth = 0): unknown {
  if (depth === 3 || valueAt(answer, [name]) !== undefined) return answer
  const inner = ENVELOPES.map((envelope) => valueAt(answer, [envelope])).filter((value) => typeof value === 'object' && value !== null)
  return inner.map((holder) => unwrap(holder, name, depth + 1)).find((holder) => valueAt(holder, [name]) !== undefined)
}

function readNamed(item: unknown): NamedResult | undefined {
  if (typeof item === 'string') return { name: item }
  const name = textAt(item, ['name', 'object', 'objectName', 'tableName', 'table'])
  const message = textAt(item, ['message', 'errorMessage', 'error', 'reason'])
  return name === undefined ? undefined : { name, ...(message && { message }) }
}
