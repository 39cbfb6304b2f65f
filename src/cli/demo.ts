import { contract } from '../../schema/index.ts'
import { createApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../observability/log.ts'
import { exampleRow, type Resource } from '../resource/define-resource.ts'
import { SANDBOX_TOKEN } from '../sandbox/choices.ts'
import { loadAndCorrect } from './demo-file.ts'

// Sends every resource's example and three spoiled copies of it, as UPSERT and as APPEND, through real GraphQL requests, and
// then a file with bad rows by the import command.

interface Line {
  readonly mutation: string
  readonly sent: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  readonly codes: string
}

interface Payload {
  readonly acceptedCount: number
  readonly rejectedCount: number
  readonly unconfirmedCount: number
  readonly rows: readonly { readonly __typename: string; readonly issues?: readonly { readonly code: string }[] }[]
}

const EXPECTED = ['AcceptedRow', 'RejectedRow', 'RejectedRow', 'RejectedRow']

const config = readConfig({ PORT: '0', SANDBOX_FILE: ':memory:', STORE_FILE: ':memory:', LOG_LEVEL: 'warn' }, contract.modules)
const app = await createApp(config, contract, createLog(config.log.level, config.replicaId))
const url = new URL('/graphql', await app.listen())
console.log(`Gateway at ${url}, sandbox at ${app.sandbox?.url}\n`)

const lines: Line[] = []
for (const resource of contract.resources)
  for (const verb of ['upsert', 'append']) lines.push(await send(`${verb}${resource.graphqlName}`, resource))
console.table(Object.fromEntries(lines.map(({ mutation, ...line }) => [mutation, line])))

const surprises = lines.filter((line) => line.accepted !== 1 || line.rejected !== EXPECTED.length - 1)
console.log(
  surprises.length === 0
    ? `${lines.length} mutations: every row got the outcome it deserves.`
    : `Not as expected: ${surprises.map((l) => l.mutation)}`,
)

const isLoaded = app.sandbox !== undefined && (await loadAndCorrect(contract, url, app.sandbox))
await app.close()
console.log(isLoaded ? 'A file: loaded, corrected, loaded again; each of its rows was written once.' : 'The file did not end as expected.')
process.exitCode = surprises.length === 0 && isLoaded ? 0 : 1

async function send(mutation: string, resource: Resource): Promise<Line> {
  const rows = [exampleRow(resource), ...spoil(resource)]
  const query = `mutation Demo($rows: [${resource.graphqlName}RowInput!]!) {
    ${mutation}(rows: $rows) { acceptedCount rejectedCount unconfirmedCount rows { __typename ... on RejectedRow { issues { code } } } }
  }`
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: SANDBOX_TOKEN },
    body: JSON.stringify({ query, variables: { rows } }),
  })
  const { data, errors } = (await response.json()) as { data?: Record<string, Payload>; errors?: unknown }
  const payload = data?.[mutation]
  if (payload === undefined || payload.rows.some((row, at) => row.__typename !== EXPECTED[at])) console.error(mutation, errors ?? payload)
  const codes = [...new Set(payload?.rows.flatMap((row) => row.issues?.map((issue) => issue.code) ?? []))]
  return {
    mutation,
    sent: rows.length,
    accepted: payload?.acceptedCount ?? 0,
    rejected: payload?.rejectedCount ?? 0,
    unconfirmed: payload?.unconfirmedCount ?? 0,
    codes: codes.join(', '),
  }
}

/** The example three times: without its first key field, with a value of the wrong type, and with an unknown field. */
function spoil(resource: Resource): Record<string, unknown>[] {
  const example = exampleRow(resource)
  const key = resource.keyColumns[0]?.field ?? ''
  const { [key]: _, ...withoutKey } = example
  return [withoutKey, { ...example, [key]: { not: 'a key' } }, { ...example, notAField: true }]
}
