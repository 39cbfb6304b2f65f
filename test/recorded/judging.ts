import { contract } from '../../schema/index.ts'
import type { Column } from '../../src/resource/column.ts'
import { exampleRow, type Resource } from '../../src/resource/define-resource.ts'
import type { Scenario } from '../support/recording/run.ts'

/** Values that some columns take and others do not, as they stand in the JSON of a request. */
const VALUES: readonly string[] = [
  ...[
    'null',
    '""',
    '" "',
    '"\\u200b"',
    '"a"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"won"',
    '"[1,2"',
    '"{\\"a\\":1}"',
    '[]',
    '{}',
    '{"a":1}',
    'true',
    '"true"',
    '"yes"',
  ],
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '1.0',
    '1.5',
    '0.1',
    '1e3',
    '1e400',
    '1e-400',
    '9007199254740991',
    '9007199254740992',
    '12345678901234567890',
    '0.1234567890123456789',
  ],
  ...[
    '"1"',
    '"1,5"',
    '"1.50"',
    '"12345678901234567890.5"',
    '"NaN"',
    '"2025-01-15"',
    '"2025-02-29"',
    '"2024-02-29"',
    '"2025-1-5"',
    '"15.01.2025"',
  ],
  ...[
    '"2025-01-15T08:00:00Z"',
    '"2025-01-15 08:00:00"',
    '"2025-01-15T08:00:00"',
    '"2025-01-15t08:00:00+01:30"',
    '"2025-01-15 08:00:00 -0130"',
  ],
  ...[
    '"2025-01-15T23:59:60Z"',
    '"2025-01-15T24:00:00Z"',
    '"2025-01-15T08:00:00.000Z"',
    '"2025-01-15T08:00:00.120Z"',
    '"0000-01-01T00:00:00+01:00"',
    '"9999-12-31T23:59:59-01:00"',
  ],
]

interface Judged {
  readonly resource: Resource
  readonly column: Column
}

/** A column of each kind there is. */
function kinds(): Judged[] {
  const found = new Map<string, Judged>()
  for (const resource of contract.resources)
    for (const column of resource.columns) {
      const { type, presence, isKey, min, max, allowed, content } = column
      const format = contract.modules[resource.module]?.timestampFormat
      const kind = JSON.stringify([
        type,
        presence === 'required',
        isKey && type === 'string',
        min,
        max,
        allowed,
        content,
        type === 'timestamp' && format,
      ])
      if (!found.has(kind)) found.set(kind, { resource, column })
    }
  return [...found.values()]
}

/** What is wrong with rows. */
export const judging: Scenario = {
  name: 'judging',
  title: 'Rows of every kind of column with every kind of value: which are sent, as what, and what is said of the others.',
  about: `
One mutation for each kind of column: the value that is judged comes in its place in a row that is good otherwise. The rows that were found good are one request.`,
  settings: { LOG_LEVEL: 'warn' },
  async play({ send, say }) {
    say(`the values: ${VALUES.map((value, at) => `${at}: ${value}`).join(', ')}`)
    for (const { resource, column } of kinds()) {
      const { [column.field]: _, ...example } = exampleRow(resource)
      const key = resource.keyColumns.find(({ type, name }) => type === 'string' && name !== column.name)
      const name = `upsert${resource.graphqlName}`
      const document = `mutation ($rows: [${resource.graphqlName}RowInput!]!) { ${name}(rows: $rows, solution: "${contract.modules[resource.module]?.exampleSolution.name}") {
        rows { __typename ... on IngestedRow { index } ... on RejectedRow { issues { code message hint } } } } }`
      const row = (value: string, at: number) =>
        `{"${column.field}":${value},${JSON.stringify({ ...example, ...(key && { [key.field]: `K${at}` }) }).slice(1)}`
      const rows = VALUES.map(row).join(',')
      const body = `{"query":${JSON.stringify(document)},"variables":{"rows":[${rows}]}}`
      await send('ann', {
        words: `${name} ${column.field}: ${column.type} ${column.presence}`,
        headers: { authorization: 'token-ann', 'content-type': 'application/json' },
        body,
      })
    }
  },
}
