import { createServer, type IncomingMessage } from 'node:http'
import SchemaBuilder from '@pothos/core'
import ValidationPlugin from '@pothos/plugin-validation'
import { createYoga } from 'graphql-yoga'
import { announce } from './announce.ts'
import { type Issue, ingestRows, type Payload, type RowResult } from './ingest-rows.ts'
import { rowSchema } from './row-schema.ts'
import { type FieldType, type Row, SHAPES, type Shape } from './shapes.ts'

/** The thing to beat: the gateway's own packages, put together the way their guides show it. */
const builder = new SchemaBuilder<{
  Context: { readonly token: string }
  DefaultFieldNullability: false
  Scalars: { JSONObject: { Input: Row; Output: Row } }
}>({ plugins: [ValidationPlugin], defaultFieldNullability: false })

builder.scalarType('JSONObject', { serialize: (value) => value })
builder.queryType({ fields: (t) => ({ ok: t.boolean({ resolve: () => true }) }) })
builder.mutationType({})

const Ingested = builder.interfaceRef<RowResult>('IngestedRow').implement({
  fields: (t) => ({ index: t.exposeInt('index'), key: t.expose('key', { type: 'JSONObject' }) }),
})
const RowIssue = builder.objectRef<Issue>('RowIssue').implement({
  fields: (t) => ({ code: t.exposeString('code'), field: t.exposeString('field', { nullable: true }), message: t.exposeString('message') }),
})
const Accepted = builder.objectRef<RowResult>('AcceptedRow').implement({ interfaces: [Ingested] })
const Rejected = builder.objectRef<Extract<RowResult, { __typename: 'RejectedRow' }>>('RejectedRow').implement({
  interfaces: [Ingested],
  fields: (t) => ({
    by: t.exposeString('by'),
    retryable: t.exposeBoolean('retryable'),
    issues: t.field({ type: [RowIssue], resolve: ({ issues }) => [...issues] }),
  }),
})
const Unconfirmed = builder.objectRef<Extract<RowResult, { __typename: 'UnconfirmedRow' }>>('UnconfirmedRow').implement({
  interfaces: [Ingested],
  fields: (t) => ({ reason: t.exposeString('reason'), safeToResend: t.exposeBoolean('safeToResend') }),
})
const RowOutcome = builder.unionType('RowOutcome', {
  types: [Accepted, Rejected, Unconfirmed],
  resolveType: (row) => (row as RowResult).__typename,
})
const IngestPayload = builder.objectRef<Payload>('IngestPayload').implement({
  fields: (t) => ({
    acceptedCount: t.exposeInt('acceptedCount'),
    rejectedCount: t.exposeInt('rejectedCount'),
    unconfirmedCount: t.exposeInt('unconfirmedCount'),
    rows: t.field({ type: [RowOutcome], resolve: ({ rows }) => [...rows] }),
  }),
})
for (const shape of SHAPES) addMutation(shape)

const yoga = createYoga<{ req: IncomingMessage }, { token: string }>({
  schema: builder.toSchema(),
  context: ({ request }) => ({ token: request.headers.get('authorization') ?? '' }),
  maxRequestBodySize: 200_000_000,
  logging: false,
})
announce(createServer(yoga), '/graphql')

function addMutation(shape: Shape): void {
  const RowInput = builder.inputType(`${shape.name}RowInput`, {
    fields: (t) => Object.fromEntries(Object.entries(shape.fields).map(([name, type]) => [name, t.field(fieldOptions(type))])),
    validate: rowSchema(shape),
  })
  builder.mutationField(shape.mutation, (t) =>
    t.field({
      type: IngestPayload,
      args: { rows: t.arg({ type: [RowInput], required: true }) },
      resolve: (_, { rows }, { token }) => ingestRows(shape, rows as readonly Row[], token),
    }),
  )
}

function fieldOptions(type: FieldType): { type: 'String' | 'Int' | 'Float'; required: boolean } {
  return { type: type.replace('!', '') as 'String' | 'Int' | 'Float', required: type.endsWith('!') }
}
