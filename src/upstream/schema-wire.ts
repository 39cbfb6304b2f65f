import { GatewayError } from '../errors.ts'
import type { NamedResult, SchemaPort } from '../rollout/schema-port.ts'
import { writeAttribute } from './attribute-wire.ts'
import type { Call, Client } from './client.ts'
import { writeDefinition } from './definition-wire.ts'
import { listAt, textAt, valueAt } from './loose-object.ts'
import { ENVELOPES, findList, readList, readSolution, readTable } from './read-schema.ts'
import type { SchemaSpelling } from './spelling.ts'

/** Where the definition may stand as a JSON text. */
const DEFINITIONS = ['schemaDefinition', 'definition', 'schema']

/** The upstream's schema endpoints; element shapes and envelopes are read tolerantly, anything unreadable is an error. */
export function createSchemaWire(client: Client, spelling: SchemaSpelling): SchemaPort {
  return {
    async rollout(tenant, request, origin) {
      const body = Buffer.from(JSON.stringify(request))
      const answer = await ask(client, { method: 'POST', path: '/api/v2/schema/rollout', tenant, body, origins: [origin] })
      const holder = unwrap(answer, 'successfulObjects')
      return {
        successful: readList(listAt(holder, ['successfulObjects']), readNamed, 'successfulObjects'),
        failed: readList(listAt(holder, ['failedObjects']), readNamed, 'failedObjects'),
      }
    },
    async saveSchema(tenant, { tables, ...request }, origin) {
      const schemaDefinition = writeDefinition(tables, spelling)
      const body = Buffer.from(JSON.stringify({ ...request, schemaDefinition }))
      const answer = await ask(client, { method: 'POST', path: '/api/v2/schema', tenant, body, origins: [origin] })
      if (speaksOfFailure(answer))
        throw new GatewayError('UPSTREAM_REFUSED', 'The upstream did not take the schema, though its status says it did.')
      return schemaDefinition
    },
    async addAttribute(tenant, { solutionName, object, attribute }, origin) {
      const path = `/api/v2/schema/${encodeURIComponent(object)}/add-attribute`
      const body = Buffer.from(JSON.stringify({ solutionName, ...writeAttribute(attribute, spelling) }))
      const answer = await ask(client, { method: 'POST', path, tenant, body, origins: [origin] })
      if (speaksOfFailure(answer))
        throw new GatewayError('UPSTREAM_REFUSED', 'The upstream did not add the attribute, though its status says it did.')
    },
    async solutions(tenant, origin) {
      const answer = await ask(client, { method: 'GET', path: '/api/v2/schema/solutions', tenant, origins: [origin] })
      return readList(findList(answer, ['solutions']), readSolution, 'solutions')
    },
    async solutionSchema(tenant, solutionName, origin, signal) {
      const path = `/api/v2/schema?solutionName=${encodeURIComponent(solutionName)}`
      const answer = await ask(client, { method: 'GET', path, tenant, origins: [origin], ...(signal && { signal }) })
      const text = DEFINITIONS.map((name) => textAt(answer, [name]) ?? textAt(valueAt(answer, ['data']), [name])).find(
        (found) => found !== undefined,
      )
      return readList(findList(text === undefined ? answer : parse(text), ['tables', 'objects', 'schema']), readTable, 'tables')
    },
  }
}

const MEANINGS: Readonly<Record<number, string>> = {
  404: ': it does not know the solution or the object for this token; see the query solutions',
  409: ': it has that already',
}

async function ask(client: Client, call: Call): Promise<unknown> {
  const exchange = await client.call(call)
  if (exchange.kind === 'unsent') throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The upstream could not be reached; nothing was changed.')
  if (exchange.kind === 'lost') throw new GatewayError('UPSTREAM_UNAVAILABLE', `The upstream did not answer${mayHaveActed(call)}.`)
  const { status, text } = exchange
  if (status === 401 || status === 403)
    throw new GatewayError('UPSTREAM_UNAUTHORIZED', `The upstream refused the token (status ${status}).`)
  if (status >= 500) throw new GatewayError('UPSTREAM_UNAVAILABLE', `The upstream failed with status ${status}${mayHaveActed(call)}.`)
  if (status === 429) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The upstream asks to slow down (status 429); nothing was changed.')
  if (status >= 300)
    throw new GatewayError('UPSTREAM_REFUSED', `The upstream declined the call with status ${status}${MEANINGS[status] ?? ''}.`)
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
