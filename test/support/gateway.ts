import { Writable } from 'node:stream'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { pino } from 'pino'
import { contract as PUBLIC_CONTRACT } from '../../schema/index.ts'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { IssueSummary } from '../../src/graphql/types/row-issue.ts'
import type { Contract } from '../../src/resource/contract.ts'
import { SANDBOX_TOKEN } from '../../src/sandbox/choices.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { startSandboxHere } from './sandbox.ts'

/** One row's outcome as a test reads it. */
export interface RowAnswer {
  readonly __typename: 'AcceptedRow' | 'RejectedRow' | 'UnconfirmedRow'
  readonly index: number
  readonly key: Record<string, unknown>
  readonly by?: string
  readonly retryable?: boolean
  readonly retryAfterMs?: number | null
  readonly issues?: readonly {
    code: string
    field: string | null
    column: string | null
    message: string
    hint: string | null
    upstreamCode: string | null
  }[]
  readonly reason?: string
  readonly safeToResend?: boolean
}

/** What an ingest mutation answered. */
export interface IngestAnswer {
  readonly requestId: string
  readonly object: string
  readonly acceptedCount: number
  readonly rejectedCount: number
  readonly unconfirmedCount: number
  readonly rows: readonly RowAnswer[]
  readonly issueSummary: readonly IssueSummary[]
}

export interface GraphQLAnswer<Data> {
  readonly status: number
  readonly text: string
  readonly data: Data
  readonly errors:
    | readonly { message: string; path?: readonly (string | number)[]; extensions?: { code?: string; limit?: number; actual?: number } }[]
    | undefined
}

interface IngestCall {
  readonly token?: string | undefined
  readonly solution?: string
  readonly dryRun?: boolean
}

/** A gateway under test, entered by HTTP over connections that stay open. */
export interface Gateway {
  readonly logged: readonly string[]
  readonly url: URL
  /** Where the embedded sandbox is, when there is one. */
  readonly sandbox: URL | undefined
  /** Plain answers, unless the headers ask for others. */
  fetch(init: RequestInit & { path?: string }): Promise<Response>
  send<Data, Variables>(
    document: TypedDocumentNode<Data, Variables> | string,
    variables?: Variables,
    token?: string | null,
  ): Promise<GraphQLAnswer<Data>>
  /** Runs one ingest mutation and returns its payload; throws with the whole answer when there is none. */
  ingest(mutation: string, rows: unknown, call?: IngestCall): Promise<IngestAnswer>
  listen(): Promise<URL>
  close(): Promise<void>
}

export const ROW_FIELDS = `__typename ... on IngestedRow { index key }
  ... on RejectedRow { by retryable retryAfterMs issues { code field column message hint upstreamCode } } ... on UnconfirmedRow { reason safeToResend }`

/** Whether the whole suite runs on the plain twins of all speed work: `npm run test:plain`. */
export const FAST = process.env.FAST !== 'off'

/** Starts a gateway with default settings and those given, in front of the upstream that `INGESTION_URL` names. */
export async function startGateway(
  settings: Record<string, string>,
  { fast = FAST, contract = PUBLIC_CONTRACT }: { readonly fast?: boolean; readonly contract?: Contract } = {},
): Promise<Gateway> {
  const logged: string[] = []
  const sink = new Writable({ write: (line, _, done) => done(void logged.push(String(line))) as never })
  const config = readConfig({ PORT: '0', SANDBOX_FILE: ':memory:', STORE_FILE: ':memory:', ...settings }, contract.modules)
  const app = await createApp(config, contract, pino({ base: null, level: config.log.level }, sink), { fast })
  const url = await app.listen()

  const fetchGraphql: Gateway['fetch'] = async ({ path = '/graphql', headers, ...init }) =>
    await fetch(new URL(path, url), { ...init, headers: { 'accept-encoding': 'identity', ...(headers as Record<string, string>) } })
  const send: Gateway['send'] = async (document, variables, token = SANDBOX_TOKEN) => {
    const query = typeof document === 'string' ? document : print(document)
    const headers = { 'content-type': 'application/json', ...(token !== null && { authorization: token }) }
    const response = await fetchGraphql({ method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const text = await response.text()
    return { status: response.status, text, ...JSON.parse(text) }
  }
  return {
    logged,
    url,
    sandbox: app.sandbox?.url,
    fetch: fetchGraphql,
    send,
    async ingest(mutation, rows, { token, solution, dryRun } = {}) {
      const type = `${mutation.replace(/^(upsert|append)/, '')}RowInput`
      const query = `mutation ($rows: [${type}!]!, $solution: String, $dryRun: Boolean) { payload: ${mutation}(rows: $rows, solution: $solution, dryRun: $dryRun) {
        requestId object acceptedCount rejectedCount unconfirmedCount rows { ${ROW_FIELDS} } issueSummary { code field count firstIndexes message } } }`
      const answer = await send<{ payload: IngestAnswer }, object>(query, { rows, solution, dryRun }, token)
      if (!answer.data?.payload) throw new Error(`${query}\n${answer.text}`)
      return answer.data.payload
    },
    listen: async () => url,
    close: app.close,
  }
}

/** Starts a sandbox that keeps what it is sent, and a gateway in front of it. */
export async function startPair(
  settings: Record<string, string> = {},
  options: Partial<SandboxOptions> = {},
): Promise<{ gateway: Gateway; sandbox: Sandbox; close(): Promise<void> }> {
  const contract = options.contract ?? PUBLIC_CONTRACT
  const sandbox = await startSandboxHere({
    contract,
    solutions: [],
    file: ':memory:',
    port: 0,
    keepRequests: true,
    requestsPerSecond: 10_000,
    ...options,
  })
  const gateway = await startGateway({ INGESTION_URL: sandbox.url.href, ...settings }, { contract })
  return { gateway, sandbox, close: async () => void (await Promise.all([gateway.close(), sandbox.close()])) }
}
