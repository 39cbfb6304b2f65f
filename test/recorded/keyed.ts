import { DatabaseSync } from 'node:sqlite'
import type { Scenario } from '../support/recording/run.ts'
import type { Answering, Reply } from '../support/recording/upstream.ts'
import { item, items } from './rows.ts'

const FIND = `query ($key: String!) { ingestRequest(idempotencyKey: $key) { state operation rowCount acceptedCount rejectedCount unconfirmedCount
  pendingCount retryableCount createdAt openedAt rows { __typename ... on IngestedRow { index } ... on UnconfirmedRow { reason safeToResend }
  ... on RejectedRow { by retryable issues { code message } } } } }`

/** What happens to a request whose first row has that name, each time that it comes. */
const REPLIES: Readonly<Record<string, readonly Reply[]>> = {
  lost: [{ ends: 'broken' }],
  partly: [
    {
      status: 207,
      body: {
        failed: [
          { index: 1, code: 'DI_E_90001', message: 'later' },
          { index: 2, code: 'DI_E_1', message: 'never' },
        ],
      },
    },
  ],
  denied: [{ status: 401, body: {} }],
  slow: [{ afterMs: 3_000, body: { failed: [] } }],
  limited: [
    { status: 429, body: {} },
    { status: 429, body: {} },
    { status: 429, body: {} },
    { status: 429, body: {} },
    { status: 429, body: {} },
  ],
}

function stories(): Answering {
  const times = new Map<string, number>()
  return ({ rows }) => {
    const name = String(rows[0]?.product_id).split('-')[0] ?? ''
    const nth = times.get(name) ?? 0
    times.set(name, nth + 1)
    return REPLIES[name]?.[nth] ?? { body: { accepted: rows.length, failed: [] } }
  }
}

/** The same request again and again. */
export const keyed: Scenario = {
  name: 'keyed',
  title: 'Requests with an idempotency key come again: what is final is told as it was, and only what may be sent is sent.',
  about: `
Each request is named by its first row, and what happens to it the first time: \`lost\` is a broken connection, \`partly\` refuses two of three rows, one of
them for now. Then the store fails for a while. A record is kept for two minutes after work on it began last.`,
  settings: {
    IDEMPOTENCY_RETENTION: '2m',
    RETRYABLE_CODES: 'DI_E_90001',
    ATTEMPTS_TIMEOUT_MS: '2000',
    ATTEMPT_TIMEOUT_MS: '2000',
    MAX_BATCH_ROWS: '3',
    LOG_LEVEL: 'debug',
  },
  upstream: stories,
  async play({ ingest, query, pass, say }) {
    const rows = (name: string) => [item(`${name}-1`), item(`${name}-2`), item(`${name}-3`)]
    for (const name of ['good', 'lost', 'partly', 'denied', 'limited']) {
      await ingest('ann', 'appendProducts', rows(name), { key: name })
      await query('ann', FIND, { key: name })
      await pass(1_000)
      await ingest('ann', 'appendProducts', rows(name), { key: name })
      await ingest('ann', 'appendProducts', rows(name), { key: name })
    }
    say('an UPSERT, by the header; a row that was overtaken by a later one of its key')
    await ingest('ann', 'upsertProducts', [item('lost-9'), item('bad', { packSize: 0 }), item('lost-9', { packSize: 2 })], {
      headers: { 'idempotency-key': '"U1"' },
    })
    await ingest('ann', 'upsertProducts', [item('lost-9'), item('bad', { packSize: 0 }), item('lost-9', { packSize: 2 })], {
      headers: { 'idempotency-key': 'U1' },
    })
    await query('ann', FIND, { key: 'U1' })
    say('two at once; other rows under the same key; of another tenant; a dry run; no key at all')
    const first = ingest('ann', 'appendProducts', [...rows('slow'), ...items(2, 'more')], { key: 'slow' })
    await pass(500)
    await query('ann', FIND, { key: 'slow' })
    await Promise.all([first, ingest('ann', 'appendProducts', [...rows('slow'), ...items(2, 'more')], { key: 'slow' })])
    await query('ann', FIND, { key: 'slow' })
    await ingest('ann', 'appendProducts', rows('other'), { key: 'good' })
    await ingest('ann', 'upsertProducts', rows('good'), { key: 'good' })
    await ingest('bob', 'appendProducts', rows('good'), { key: 'good' })
    await ingest('ann', 'appendProducts', rows('good'), { key: 'dry', dryRun: true })
    await ingest('ann', 'appendProducts', [item('bad', { packSize: 0 })], { key: 'bad' })
    await ingest('ann', 'appendProducts', rows('good'), { key: 'not printable é' })
    await query('ann', FIND, { key: 'nobody' })
    await query('ann', FIND, { key: '' })
    say('the store fails')
    const giveBack = failStore()
    await ingest('ann', 'appendProducts', rows('good'), { key: 'new' })
    await query('ann', FIND, { key: 'good' })
    await ingest('ann', 'appendProducts', rows('good'))
    await pass(4_000)
    giveBack()
    await pass(8_000)
    await ingest('ann', 'appendProducts', rows('good'), { key: 'new' })
    say('the store fails while rows are under way')
    const underWay = ingest('ann', 'appendProducts', rows('slow2'), { key: 'slow2' })
    await pass(15)
    const again = failStore()
    await underWay
    await query('ann', FIND, { key: 'slow2' })
    again()
    await pass(20_000)
    await query('ann', FIND, { key: 'slow2' })
    await ingest('ann', 'appendProducts', rows('slow2'), { key: 'slow2' })
    say('forgotten')
    await pass(181_000)
    await query('ann', FIND, { key: 'good' })
  },
}

/** From now on whatever is to be written fails, until what this returns is called. */
function failStore(): () => void {
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = () => {
    throw new Error('disk I/O error')
  }
  return () => {
    DatabaseSync.prototype.exec = exec
  }
}
