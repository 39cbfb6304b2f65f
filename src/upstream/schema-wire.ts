import { GatewayError } from '../errors.ts'
import type { NamedResult, SchemaPort } from '../lifecycle/schema-port.ts'
import { topicOf } from './answer/names.ts'
import { isNothing } from './answer/plain-values.ts'
import { meansYes, saysNo } from './answer/texts.ts'
import { type SchemaDialect, writeAttribute, writeDefinition } from './definition-wire.ts'
import { isHolder, isObject, listAt, plainName, textAt, valueAt } from './lenient-read.ts'
import { ENVELOPES, findList, readList, readSolution, readTable } from './read-schema.ts'
import { type AskedCall, parseAnswer, type SchemaCall, wordsOf } from './schema-call.ts'

/** Names of the member that may hold a definition as JSON text. */
const DEFINITIONS = ['schemaDefinition', 'definition', 'schema']

/** The upstream's schema endpoints; entries and envelopes are read leniently, and anything unreadable is an error. */
export function createSchemaWire(call: SchemaCall, dialect: SchemaDialect): SchemaPort {
  const read: SchemaCall = async (asked) => expectRead(await call(asked), asked)
  return {
    async rollout(tenant, request, origin) {
      const body = Buffer.from(JSON.stringify(request))
      const asked: AskedCall = { method: 'POST', path: '/api/v2/schema/rollout', tenant, body, origins: [origin] }
      const answer = await call(asked)
      const holder = unwrap(answer, 'successfulObjects')
      const failed = listAt(holder, ['failedObjects'])
      const successful = listAt(holder, ['successfulObjects'])
      const refuse = refuseNo(asked, 'roll all of it out')
      // Where objects failed, a no elsewhere in the answer is about these.
      if (failed === undefined || failed.length === 0) refuse(answer)
      for (const entry of successful ?? []) refuse(isObject(entry) ? entry : undefined)
      return {
        failed: readList(failed, readNamed, 'failedObjects'),
        successful: readList(successful, readNamed, 'successfulObjects'),
      }
    },
    async saveSchema(tenant, { tables, ...request }, origin) {
      const schemaDefinition = writeDefinition(tables, dialect)
      const body = Buffer.from(JSON.stringify({ ...request, schemaDefinition }))
      const asked: AskedCall = { method: 'POST', path: '/api/v2/schema', tenant, body, origins: [origin] }
      refuseNo(asked, 'take the schema')(await call(asked))
      return schemaDefinition
    },
    async addAttribute(tenant, { solutionName, object, attribute, timestampFormat }, origin) {
      const path = `/api/v2/schema/${encodeURIComponent(object)}/add-attribute`
      const body = Buffer.from(JSON.stringify({ solutionName, ...writeAttribute(attribute, timestampFormat, dialect) }))
      const asked: AskedCall = { method: 'POST', path, tenant, body, values: [attribute.defaultValue], origins: [origin] }
      refuseNo(asked, 'add the attribute')(await call(asked))
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

/**
 * Makes the function that throws where an answer to a change says no despite its status: `UPSTREAM_REFUSED`, or `UPSTREAM_UNREADABLE` where
 * only a text may mean it.
 */
function refuseNo(asked: AskedCall, what: string): (answer: unknown) => void {
  return (answer) => {
    const words = () => wordsOf(JSON.stringify(answer), asked)
    const holders = holdersIn(answer)
    const members = holders.flatMap((holder) => Object.entries(holder))
    if (members.some(([name, value]) => isNo(name, value)))
      throw new GatewayError('UPSTREAM_REFUSED', `The upstream did not ${what}, though its status says it did.${words()}`)
    const texts = holders.map((holder) => textAt(holder, ['message', 'msg', 'detail']))
    if (texts.some((text) => text !== undefined && !meansYes(text)) || (answer !== undefined && holders.length === 0))
      throw new GatewayError('UPSTREAM_UNREADABLE', `The upstream answered in words that can mean that it did not ${what}.${words()}`)
  }
}

/** The answer to a read; throws `UPSTREAM_UNREADABLE` where it says no despite its status, or has further pages: an incomplete list is of no use. */
function expectRead(answer: unknown, asked: AskedCall): unknown {
  const members = holdersIn(answer).flatMap((holder) => Object.entries(holder))
  // Members that are objects may be tables with any name.
  if (members.some(([name, value]) => (typeof value !== 'object' || /^errors?$/i.test(name)) && isNo(name, value)))
    throw new GatewayError(
      'UPSTREAM_UNREADABLE',
      `The upstream answered with an error, though its status says that all is well.${wordsOf(JSON.stringify(answer), asked)}`,
    )
  if (members.some(([name, value]) => OF_MORE.test(plainName(name)) && typeof value !== 'object' && !isNothing(value)))
    throw new GatewayError('UPSTREAM_UNREADABLE', 'The upstream answered with one page of several, which is not enough.')
  return answer
}

const OF_MORE = /^(?:has)?(?:more|next)(?:page)?(?:cursor|token|link|url)?$/

const MAX_ENVELOPES = 3

/** An answer and the objects in its envelopes. */
function holdersIn(answer: unknown, depth = MAX_ENVELOPES): readonly object[] {
  if (Array.isArray(answer)) return answer.flatMap((entry) => holdersIn(entry, depth))
  if (!isObject(answer)) return []
  const inner = depth === 0 ? [] : ENVELOPES.map((name) => valueAt(answer, [name])).filter((value) => value !== undefined)
  return [answer, ...inner.flatMap((value) => holdersIn(value, depth - 1))]
}

/** Whether a member means a no, judged as in answers on rows; what describes the change itself, such as its validations, is not examined. */
function isNo(name: string, value: unknown): boolean {
  const topic = topicOf(name)
  if (topic === 'no') return isHolder(value) ? Object.keys(value).length > 0 : !isNothing(value)
  if (topic === 'accepted' && plainName(name) !== 'valid') return /^(?:false|no)$/i.test(String(value))
  if (topic !== 'status' || typeof value === 'object') return false
  return Number(value) >= 400 || /^(?:false|no)$/i.test(String(value)) || saysNo(String(value))
}

/** The object that has a member of this name: the answer itself, or one in its envelopes. */
function unwrap(answer: unknown, name: string, depth = 0): unknown {
  if (depth === 3 || valueAt(answer, [name]) !== undefined) return answer
  const inner = ENVELOPES.map((envelope) => valueAt(answer, [envelope])).filter(isHolder)
  return inner.map((holder) => unwrap(holder, name, depth + 1)).find((holder) => valueAt(holder, [name]) !== undefined)
}

function readNamed(item: unknown): NamedResult | undefined {
  if (typeof item === 'string') return { name: item }
  const name = textAt(item, ['name', 'object', 'objectName', 'tableName', 'table'])
  const message = textAt(item, ['message', 'errorMessage', 'error', 'reason'])
  return name === undefined ? undefined : { name, ...(message && { message }) }
}
