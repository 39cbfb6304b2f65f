import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Arrived, type FakeAnswer, type FakeUpstream, startFakeUpstream } from './fake-upstream.ts'
import { type Gateway, ROW_FIELDS, type RowAnswer, startGateway } from './gateway.ts'

/** What a keyed mutation answers. */
export interface KeyedAnswer {
  readonly acceptedCount: number
  readonly rejectedCount: number
  readonly unconfirmedCount: number
  readonly replayedCount: number
  readonly retryableCount: number
  readonly retryAfterMs: number | null
  readonly rows: readonly RowAnswer[]
  readonly warnings: readonly string[]
}

/** How rows are sent. */
export interface KeyedCall {
  readonly mutation?: string
  readonly key?: string
  readonly header?: string
  readonly token?: string
  readonly dryRun?: boolean
  readonly solution?: string
}

const FIELDS = `acceptedCount rejectedCount unconfirmedCount replayedCount retryableCount retryAfterMs warnings rows { ${ROW_FIELDS} }`

/** One request, and the code of its first error. */
export async function post(gateway: Pick<Gateway, 'fetch'>, body: object, { header, token = 'token' }: KeyedCall = {}) {
  const headers = { 'content-type': 'application/json', authorization: token, ...(header !== undefined && { 'idempotency-key': header }) }
  const response = await gateway.fetch({ method: 'POST', headers, body: JSON.stringify(body) })
  const { data, errors } = await response.json()
  return {
    status: response.status,
    data,
    errors,
    code: errors?.[0]?.extensions.code as string | undefined,
    extensions: errors?.[0]?.extensions,
  }
}

/** Sends rows with a key, whatever comes of it. */
export function tryKeyed(gateway: Pick<Gateway, 'fetch'>, rows: readonly object[], call: KeyedCall) {
  const { mutation = 'appendProducts', key, dryRun, solution } = call
  const query = `mutation ($rows: [ProductsRowInput!]!, $key: String, $dryRun: Boolean, $solution: String) {
    payload: ${mutation}(rows: $rows, idempotencyKey: $key, dryRun: $dryRun, solution: $solution) { ${FIELDS} } }`
  return post(gateway, { query, variables: { rows, key, dryRun, solution } }, call)
}

/** The same, and what it was answered; throws where it was declined. */
export async function keyed(gateway: Pick<Gateway, 'fetch'>, rows: readonly object[], call: KeyedCall): Promise<KeyedAnswer> {
  const { data, errors } = await tryKeyed(gateway, rows, call)
  if (!data?.payload) throw new Error(JSON.stringify(errors))
  return data.payload
}

/** The product ids that arrived, request by request. */
export function idsOf({ arrived }: FakeUpstream): unknown[][] {
  return arrived.flatMap(({ method, body }) => (method === 'POST' ? [body.data.map(({ product_id }) => product_id)] : []))
}

/** What tests start, last first to be closed. */
export function createOpened() {
  const opened: { close(): Promise<unknown> }[] = []
  return {
    async upstreamOf(reply: (request: Arrived, nth: number) => FakeAnswer | Promise<FakeAnswer>): Promise<FakeUpstream> {
      const upstream = await startFakeUpstream(reply)
      opened.push(upstream)
      return upstream
    },
    async gatewayAt({ url }: FakeUpstream, settings: Record<string, string>): Promise<Gateway> {
      const gateway = await startGateway({ INGESTION_URL: url, ...settings })
      opened.unshift(gateway)
      return gateway
    },
    /** Is closed before all that is there. */
    add: (one: { close(): Promise<unknown> }) => void opened.unshift(one),
    /** A file for a store, which is not there yet, nor is its folder. */
    async newFile(): Promise<string> {
      const folder = await mkdtemp(join(tmpdir(), 'rowgate-store-'))
      opened.push({ close: () => rm(folder, { recursive: true }) })
      return join(folder, 'deep', 'store.sqlite')
    },
    async close(one: Gateway): Promise<void> {
      opened.splice(opened.indexOf(one), 1)
      await one.close()
    },
    async closeAll(): Promise<void> {
      for (const one of opened.splice(0)) await one.close()
    },
  }
}
