import { ingestRows, type Payload, type RowResult } from './ingest-rows.ts'
import { rowSchema } from './row-schema.ts'
import { type Row, SHAPES, type Shape } from './shapes.ts'

/** What the peers hand to resolvers. */
interface PeerContext {
  readonly token: string
}

/** The obvious stack's schema as SDL, for peers that take it so. */
export const typeDefs = `
  scalar JSONObject
  interface IngestedRow { index: Int! key: JSONObject! }
  type AcceptedRow implements IngestedRow { index: Int! key: JSONObject! }
  type RowIssue { code: String! field: String message: String! }
  type RejectedRow implements IngestedRow { index: Int! key: JSONObject! by: String! retryable: Boolean! issues: [RowIssue!]! }
  type UnconfirmedRow implements IngestedRow { index: Int! key: JSONObject! reason: String! safeToResend: Boolean! }
  union RowOutcome = AcceptedRow | RejectedRow | UnconfirmedRow
  type IngestPayload { acceptedCount: Int! rejectedCount: Int! unconfirmedCount: Int! rows: [RowOutcome!]! }
  type Query { ok: Boolean! }
  type Mutation {
    ${SHAPES.map(({ name, mutation }) => `${mutation}(rows: [${name}RowInput!]!): IngestPayload!`).join('\n    ')}
  }
  ${SHAPES.map(inputType).join('\n  ')}
`

/** The resolvers that go with it; the same zod schemas and the same loader as in the obvious stack. */
export const mutations = Object.fromEntries(SHAPES.map((shape) => [shape.mutation, resolverOf(shape)]))

/** The member of the union that a row is. */
export function typeOf(row: RowResult): string {
  return row.__typename
}

function inputType({ name, fields }: Shape): string {
  const lines = Object.entries(fields).map(([field, type]) => `${field}: ${type}`)
  return `input ${name}RowInput { ${lines.join(' ')} }`
}

function resolverOf(shape: Shape) {
  const schema = rowSchema(shape)
  return (_: unknown, { rows }: { rows: readonly Row[] }, { token }: PeerContext): Promise<Payload> => {
    return ingestRows(
      shape,
      rows.map((row) => schema.parse(row)),
      token,
    )
  }
}
