import { setTimeout as pause } from 'node:timers/promises'
import { product } from '../support/rows.ts'
import { post } from './client.ts'

/** What is told of a mutation with a key. */
interface KeyedPayload {
  readonly acceptedCount: number
  readonly rejectedCount: number
  readonly unconfirmedCount: number
  readonly replayedCount: number
  readonly retryableCount: number
  readonly retryAfterMs: number | null
  /** All that were not accepted. */
  readonly rows: readonly { readonly __typename: 'RejectedRow' | 'UnconfirmedRow'; readonly index: number }[]
  readonly issueSummary: readonly { readonly code: string }[]
}

/** What came of asking once. */
export interface KeyedAnswer {
  readonly ms: number
  readonly payload?: KeyedPayload
  /** The code of a request that was declined, or of a broken connection. */
  readonly code?: string
  readonly retryAfterMs?: number
}

/** One mutation with a key of its own. */
export interface KeyedMutation {
  readonly key: string
  readonly ids: readonly string[]
  readonly body: Buffer
}

const QUERY = `mutation ($rows: [ProductsRowInput!]!) {
  payload: appendProducts(rows: $rows) {
    acceptedCount rejectedCount unconfirmedCount replayedCount retryableCount retryAfterMs
    rows(only: [REJECTED, UNCONFIRMED]) { __typename ... on IngestedRow { index } }
    issueSummary { code }
  }
}`

const [BEFORE_ID = '', AFTER_ID = ''] = JSON.stringify(product('@')).split('@')

/** A mutation that appends so many products, named after its key. */
export function keyedMutation(key: string, count: number): KeyedMutation {
  const ids = Array.from({ length: count }, (_, at) => `${key}-${at}`)
  const rows = ids.map((id) => `${BEFORE_ID}${id}${AFTER_ID}`).join(',')
  return { key, ids, body: Buffer.from(`{"query":${JSON.stringify(QUERY)},"variables":{"rows":[${rows}]}}`) }
}

/** Sends a mutation once; an answer that is not there in time is not waited for. */
export async function ask(url: URL, { key, body }: KeyedMutation, timeoutMs: number): Promise<KeyedAnswer> {
  const { text, ...rest } = await post(url, body, { headers: { authorization: 'keys', 'idempotency-key': key }, timeoutMs })
  return { ...rest, ...(text !== undefined && readAnswer(text)) }
}

const PAUSE_MS = 200
const LIMIT_MS = 300_000

/** Sends the same until nothing of it is left to do; all answers, of which the last says so. Throws where that takes five minutes. */
export async function askUntilSettled(askOnce: () => Promise<KeyedAnswer>): Promise<readonly KeyedAnswer[]> {
  const answers: KeyedAnswer[] = []
  for (const began = performance.now(); performance.now() - began < LIMIT_MS; ) {
    const answer = await askOnce()
    answers.push(answer)
    if (answer.payload?.retryableCount === 0) return answers
    await pause(answer.payload?.retryAfterMs ?? answer.retryAfterMs ?? PAUSE_MS)
  }
  const said = answers.slice(-10).map(({ code, payload }) => code ?? `${payload?.retryableCount} left`)
  throw new Error(`After ${LIMIT_MS / 1_000} s rows are still to be sent again; the last answers: ${said.join(', ')}`)
}

function readAnswer(text: string): Omit<KeyedAnswer, 'ms'> {
  const { data, errors } = JSON.parse(text)
  if (data?.payload) return { payload: data.payload }
  const { code = 'NO_ANSWER', retryAfterMs } = errors?.[0]?.extensions ?? {}
  return { code, retryAfterMs }
}
