import type { ConcreteRequest } from 'relay-runtime'

// These documents stand here as relay-compiler 21.0.1 compiles them; its package has 120 MB, too many for two documents.

const rows = [{ kind: 'Variable', name: 'rows', variableName: 'rows' }] as const
const rowOutcome = [
  scalar('__typename'),
  { kind: 'InlineFragment', selections: [scalar('index'), scalar('key')], type: 'IngestedRow', abstractKey: '__isIngestedRow' },
  {
    kind: 'InlineFragment',
    selections: [linked('issues', 'RowIssue', [scalar('code'), scalar('field')])],
    type: 'RejectedRow',
    abstractKey: null,
  },
]

/** The names of all resources. */
export const resourcesQuery = request(
  'query',
  'ResourcesQuery',
  'query ResourcesQuery {\n  resources {\n    name\n  }\n}\n',
  [],
  [linked('resources', 'Resource', [scalar('name')])],
)

/** Products, with the outcome of each row. */
export const upsertProductsMutation = request(
  'mutation',
  'UpsertProductsMutation',
  'mutation UpsertProductsMutation(\n  $rows: [ProductsRowInput!]!\n) {\n  upsertProducts(rows: $rows) {\n    acceptedCount\n    rejectedCount\n    rows {\n      __typename\n      ... on IngestedRow {\n        __isIngestedRow: __typename\n        index\n        key\n      }\n      ... on RejectedRow {\n        issues {\n          code\n          field\n        }\n      }\n    }\n  }\n}\n',
  [{ defaultValue: null, kind: 'LocalArgument', name: 'rows' }],
  [
    {
      ...linked('upsertProducts', 'IngestPayload', [scalar('acceptedCount'), scalar('rejectedCount'), linked('rows', null, rowOutcome)]),
      args: rows,
      plural: false,
    },
  ],
)

function request(
  operationKind: 'query' | 'mutation',
  name: string,
  text: string,
  argumentDefinitions: readonly object[],
  selections: readonly object[],
): ConcreteRequest {
  const type = operationKind === 'query' ? 'Query' : 'Mutation'
  const compiled: unknown = {
    kind: 'Request',
    fragment: { argumentDefinitions, kind: 'Fragment', metadata: null, name, selections, type, abstractKey: null },
    operation: { argumentDefinitions, kind: 'Operation', name, selections },
    params: { cacheID: name, id: null, metadata: {}, name, operationKind, text },
  }
  return compiled as ConcreteRequest
}

function linked(name: string, concreteType: string | null, selections: readonly object[]) {
  return { alias: null, args: null, concreteType, kind: 'LinkedField', name, plural: true, selections, storageKey: null }
}

function scalar(name: string) {
  return { alias: null, args: null, kind: 'ScalarField', name, storageKey: null }
}
