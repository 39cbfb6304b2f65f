import { rollOut } from '../../../src/lifecycle/rollout.ts'
import type { Exchange } from '../../../src/upstream/client.ts'
import { createSchemaCall } from '../../../src/upstream/schema-call.ts'
import { createSchemaWire } from '../../../src/upstream/schema-wire.ts'
import { readOrigin } from '../../../src/util/request-origin.ts'
import { secret } from '../../../src/util/secret.ts'
import { inTurn, type Table } from './table.ts'

const tenant = { id: 'T', credential: secret('t') }
const origin = readOrigin({ headers: { 'x-request-id': 'id' } })
const request = { solutionName: 'S', appName: 'A', appVersion: '1.0.0', targetSchemaName: 'STAGE', prefix: 'P_', suffix: '_Z' }
const attribute = { name: 'N', type: 'STRING' as const, required: false, nonNull: false }
const TABLE = [{ name: 'T', columns: ['a'] }]

/** Bodies that answer a read or a change, at status 200. */
const BODIES: readonly unknown[] = [
  ...[
    '',
    {},
    [],
    'x',
    7,
    null,
    'not json{',
    '{"a":1,"a":2}',
    { message: 'ok' },
    { message: 'saved' },
    { msg: 'the schema was not saved' },
    { detail: 'something else' },
    { message: 7 },
  ],
  ...[
    { success: true },
    { success: false },
    { success: 'no' },
    { ok: 'false' },
    { saved: false },
    { valid: false },
    { status: 'ok' },
    { status: 'failed' },
    { status: 500 },
    { status: 399 },
    { statusCode: '400' },
  ],
  ...[
    { status: { code: 500 } },
    { error: 'x' },
    { error: null },
    { errors: [] },
    { errors: ['x'] },
    { errors: { a: 1 } },
    { errorCount: 0 },
    { failed: 0 },
    { failed: 1 },
    { rejected: {} },
    { failedObjects: [] },
  ],
  ...[
    { data: { success: false } },
    { data: { result: { items: { error: 'x' } } } },
    { data: { result: { items: { content: { error: 'x' } } } } },
    { data: [{ ok: false }] },
    { items: [[{ error: 'x' }]] },
  ],
  ...[
    { tables: TABLE },
    { tables: TABLE, more: true },
    { tables: TABLE, hasMore: false },
    { tables: TABLE, next: 'x' },
    { tables: TABLE, nextPageToken: '' },
    { tables: TABLE, next_page_url: 'x' },
    { tables: TABLE, hasMorePage: 1 },
  ],
  ...[
    { tables: TABLE, nextStep: 'x' },
    { tables: TABLE, moreover: 'x' },
    { tables: TABLE, notmore: true },
    { tables: TABLE, next: { a: 1 } },
    { tables: TABLE, errors: { name: 'x' } },
    { errors: TABLE },
    { objects: TABLE },
    { schema: TABLE },
  ],
  ...[
    { schemaDefinition: JSON.stringify(TABLE) },
    { data: { definition: JSON.stringify({ tables: TABLE }) } },
    { schema: 'x{' },
    { definition: '{"tables":[],"tables":[]}' },
    { schemaDefinition: '', tables: TABLE },
  ],
  ...[
    { solutions: ['S'] },
    { solutions: [{ name: 'S', prefix: 'P_' }] },
    [{ solutionName: 'S' }],
    { data: { solutions: { S: { tableCount: 2 } } } },
    { data: { data: { data: { solutions: ['S'] } } } },
  ],
  ...[
    { successfulObjects: ['PARTS'], failedObjects: [] },
    { successfulObjects: ['P_PARTS_Z', { name: 'p_stock_z' }], failedObjects: [] },
    { successfulObjects: [{ object: 'PARTS', message: 'm' }], failedObjects: ['STOCK'] },
  ],
  ...[
    { successfulObjects: ['PARTS', 'STOCK'] },
    { successfulObjects: ['PARTS', 'STOCK'], failedObjects: [{ tableName: 'OTHER', reason: 'why' }] },
    { successfulObjects: [7], failedObjects: [] },
    { failedObjects: ['PARTS'], status: 'failed' },
  ],
  ...[
    { data: { successfulObjects: [{ name: 'PARTS', success: false }], failedObjects: [] } },
    { result: { data: { response: { successfulObjects: ['P_PARTS', 'STOCK_Z'], failedObjects: [] } } } },
    { successfulObjects: ['PARTS', 'STOCK'], failedObjects: [], error: 'x' },
  ],
]

const EXCHANGES: readonly Exchange[] = [
  { kind: 'unsent' },
  { kind: 'lost', reason: 'TIMED_OUT' },
  { kind: 'lost', reason: 'CONNECTION_LOST' },
  { kind: 'lost', reason: 'UNREADABLE_ANSWER' },
  ...[199, 201, 203, 204, 299, 300, 307, 400, 401, 403, 404, 408, 409, 422, 425, 429, 500, 503, 504].flatMap((status): Exchange[] => [
    { kind: 'reply', status, retryAfter: undefined, text: '{"message":"saved"}' },
    ...(status === 204 || status >= 425
      ? [{ kind: 'reply' as const, status, retryAfter: '7', text: status === 204 ? '' : undefined }]
      : []),
  ]),
]

/** What each of the calls comes to where the upstream answers like that, and the last one also what it sent. */
async function callsOf(exchange: Exchange, withheld?: 'OVERLOADED' | 'UPSTREAM_UNAVAILABLE'): Promise<string> {
  const sent: string[] = []
  const client = {
    call: async ({ method, path, body }: { method: string; path: string; body?: Buffer }) => {
      sent.push(`${method} ${path} ${body ?? ''}`)
      return exchange
    },
    close: async () => {},
  }
  const limited = async (_id: string, _origins: unknown, send: (noteLeft: () => void) => Promise<unknown>) =>
    withheld === undefined ? await send(() => {}) : { kind: 'withheld', failure: 'FINAL', code: withheld }
  const wire = createSchemaWire(createSchemaCall(client as never, limited as never), {
    attributeNameKey: 'columnName',
    timestampType: 'timestamp',
  })
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    tables: () => wire.solutionSchema(tenant, 'S & T', origin),
    solutions: () => wire.solutions(tenant, origin),
    attribute: () =>
      wire.addAttribute(tenant, { solutionName: 'S', object: 'PARTS/1', attribute, timestampFormat: 'ISO-8601 UTC' }, origin),
    save: () => wire.saveSchema(tenant, { appName: 'A', appVersion: '1', tables: [], dryRun: true }, origin),
    rollout: () => rollOut(wire, tenant, request, ['P_PARTS_Z', 'P_STOCK_Z'], origin),
  }
  const results = Object.entries(calls).map(async ([name, call]) => {
    try {
      return `${name}: ${JSON.stringify(await call())}`
    } catch (error) {
      const { code, message, numbers } = error as { code?: string; message: string; numbers?: object }
      return `${name}: ${code} ${message}${numbers && Object.keys(numbers).length > 0 ? ` ${JSON.stringify(numbers)}` : ''}`
    }
  })
  return [...(await Promise.all(results)), ...(exchange.kind === 'unsent' ? sent : [])].join('\n  ')
}

const reply = (body: unknown): Exchange => ({
  kind: 'reply',
  status: 200,
  retryAfter: undefined,
  text: typeof body === 'string' ? body : JSON.stringify(body),
})

/** What is read of answers about schemas. */
export const schemaAnswers: Table = {
  name: 'schema-answers',
  title: 'Answers about schemas: what reads of tables and solutions, and changes, come to by each of them.',
  about:
    'Below each answer: a read of tables and one of solutions, an attribute that is added, a schema that is saved, a rollout of two tables.',
  lines: () =>
    inTurn([
      ...EXCHANGES.map((exchange) => async () => `${JSON.stringify(exchange)}\n  ${await callsOf(exchange)}`),
      ...(['OVERLOADED', 'UPSTREAM_UNAVAILABLE'] as const).map(
        (code) => async () => `withheld ${code}\n  ${await callsOf({ kind: 'unsent' }, code)}`,
      ),
      ...BODIES.map((body) => async () => `${JSON.stringify(body)}\n  ${await callsOf(reply(body))}`),
    ]),
}
