import type { Scenario } from '../support/recording/run.ts'
import type { Answering, Reply } from '../support/recording/upstream.ts'
import { item } from './rows.ts'

/** What the upstream does to rows of that name, attempt by attempt; after that it takes them. */
const REPLIES: Readonly<Record<string, readonly Reply[]>> = {
  broken: [{ ends: 'broken' }],
  silent: [{ ends: 'never' }],
  e500: [
    { status: 500, body: { message: 'no' } },
    { status: 502, body: '<html>' },
  ],
  e503: [{ status: 503, body: {}, headers: { 'retry-after': '2' } }],
  down: [{ status: 503, body: {} }, { status: 503 }, { status: 503 }, { status: 503 }, { status: 503 }, { status: 503 }],
  gone: [{ status: 504 }],
  r408: [{ status: 408 }],
  r425: [{ status: 425 }],
  r401: [{ status: 401, body: { code: 'DI_E_401', message: 'the token is not known' } }],
  r404: [{ status: 404, body: { error: 'no such table' } }],
  r307: [{ status: 307, headers: { location: '/elsewhere' } }],
  r418: [{ status: 418, body: { errorMessage: 'a teapot', errorCode: 'T1' } }],
  html: [{ status: 200, body: '<html>all is well</html>' }],
  busy: [{ status: 207, body: { accepted: 0, failed: [{ index: 0, error: { code: 'DI_E_90001', message: 'the table is locked' } }] } }],
  again: [{ status: 429, headers: { 'retry-after': '0.5' } }, { ends: 'broken' }, { status: 400, body: { message: 'malformed' } }],
}

function stories(): Answering {
  const attempts = new Map<string, number>()
  return ({ rows }) => {
    const [id = ''] = rows.map((row) => String(row.product_id))
    const nth = attempts.get(id) ?? 0
    attempts.set(id, nth + 1)
    return REPLIES[id.split('-')[0] ?? '']?.[nth] ?? { body: { accepted: rows.length, failed: [] } }
  }
}

/** One thing goes wrong at a time. */
export const faults: Scenario = {
  name: 'faults',
  title: 'Requests that fail in one way after the other: what is sent again, when, and what becomes of the rows.',
  about: `
Each row is sent once as an UPSERT and once as an APPEND, which is repeated only where it was certainly not taken. Its name says what the
upstream does to it: \`e500\` answers 500 and then 502, \`silent\` nothing at all for an attempt's 1 s, \`again\` 429, a broken connection, 400.`,
  settings: { ATTEMPT_TIMEOUT_MS: '1000', ATTEMPTS_TIMEOUT_MS: '6000', RETRYABLE_CODES: 'DI_E_90001' },
  upstream: stories,
  async play({ ingest, pass }) {
    for (const name of Object.keys(REPLIES)) {
      await ingest('ann', 'upsertProducts', [item(`${name}-1`)])
      await ingest('ann', 'appendProducts', [item(`${name}-2`)])
      await pass(2_000)
    }
  },
}
