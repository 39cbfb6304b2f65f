import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, type IngestAnswer, startGateway } from './support/gateway.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { product } from './support/rows.ts'

usePatientClock()

let upstream: FakeUpstream
let gateway: Gateway
let tenants = 0
const answers = new Map<string, FakeAnswer>()

// A token says how its requests are answered, so that tests may wait together.
beforeAll(async () => {
  upstream = await startFakeUpstream(({ headers }) => answers.get(String(headers.authorization)) ?? (() => {}))
  gateway = await startGateway({ INGESTION_URL: upstream.url })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

interface Told {
  readonly letters: string
  readonly payload: IngestAnswer
  readonly requests: number
}

/**
 * Sends five rows, P0 to P4, to an upstream that answers like this; `a`, `r` and `u` stand for the outcomes in order. They are
 * of a new tenant each time, of which no failures are remembered.
 */
async function outcomes(answer: FakeAnswer, mutation = 'upsertProducts', by = gateway): Promise<Told> {
  const token = `token-${++tenants}`
  answers.set(token, answer)
  const rows = [0, 1, 2, 3, 4].map((at) => product(`P${at}`))
  const payload = await by.ingest(mutation, rows, { token })
  const letters = { AcceptedRow: 'a', RejectedRow: 'r', UnconfirmedRow: 'u' }
  const requests = upstream.arrived.filter(({ headers }) => headers.authorization === token).length
  return { letters: payload.rows.map((row) => letters[row.__typename]).join(''), payload, requests }
}

/** The same by a gateway with further settings. */
async function outcomesUnder(settings: Record<string, string>, answer: FakeAnswer, mutation?: string) {
  const own = await startGateway({ INGESTION_URL: upstream.url, ...settings })
  try {
    return await outcomes(answer, mutation, own)
  } finally {
    await own.close()
  }
}

const echo = (id: string) => ({ product_id: id, updated_at: '2025-01-15 08:00:00' })
const error = { code: 'DI_E_1', message: 'no' }

describe.concurrent('answers that can be read', () => {
  test.each<[string, string, unknown, number?]>([
    ['200 with anything in it', 'aaaaa', { message: 'buffered' }, 200],
    ['200 with a list of failures after all', 'araaa', { failed: [{ index: 1, error }] }, 200],
    ['an index as text', 'araaa', { failed: [{ index: '1' }] }],
    ['an index', 'ararr', { failed: [{ index: 1 }, { rowIndex: 3 }, { row_index: 4 }] }],
    ['an index in any case', 'araaa', { FAILED: [{ RowNumber: 1, ErrorCode: 'X' }] }],
    ['an echoed row only', 'aaraa', { failed: [{ row: echo('P2'), errors: [error] }] }],
    [
      'an echoed row under another name, in upper case',
      'aaraa',
      { failed: [{ record: { PRODUCT_ID: 'P2', UPDATED_AT: '2025-01-15 08:00:00' } }] },
    ],
    ['index and echo that agree', 'aaraa', { failed: [{ index: 2, row: echo('P2'), ...error }] }],
    ['counts that agree', 'araaa', { accepted: 4, failed: [{ index: 1 }], summary: { failedCount: 1, total: 5 } }],
    ['an envelope', 'araaa', { data: { accepted: 4, failed: [{ index: 1 }] } }],
    [
      'the same entry twice',
      'araaa',
      {
        failed: [
          { index: 1, error },
          { index: 1, error },
        ],
      },
    ],
    [
      'two columns of one row',
      'araaa',
      {
        failed: [
          { index: 1, column: 'a' },
          { index: 1, column: 'b' },
        ],
      },
    ],
    ['every row failed', 'rrrrr', { accepted: 0, failed: [0, 1, 2, 3, 4].map((index) => ({ index })) }],
    ['207 with nothing failed, confirmed by its count', 'aaaaa', { accepted: 5, failed: [] }],
  ])('%s', async (_, expected, body, status = 207) => {
    expect((await outcomes({ status, body })).letters).toBe(expected)
  })

  test('indexes from 1 where that is configured', async () => {
    const answer = { status: 207, body: { failed: [{ index: 1 }, { index: 5 }] } }
    expect((await outcomesUnder({ ROW_INDEX_BASE: '1' }, answer)).letters).toBe('raaar')
  })
})

describe.concurrent('answers that leave rows open', () => {
  test.each<[string, string, unknown, number?]>([
    ['an entry without index or row', 'uuuuu', { failed: [{ index: 1 }, { message: 'bad' }] }],
    ['an index out of range', 'uuuuu', { failed: [{ index: 5 }] }],
    ['a negative index', 'uuuuu', { failed: [{ index: -1 }] }],
    ['an index that is no integer', 'uuuuu', { failed: [{ index: 1.5 }] }],
    ['an echo of a row that was not sent', 'uuuuu', { failed: [{ row: echo('P9') }] }],
    ['index and echo that name different rows', 'uuuuu', { failed: [{ index: 3, row: echo('P2') }] }],
    [
      'two entries for one row that disagree',
      'auaaa',
      {
        failed: [
          { index: 1, code: 'A' },
          { index: 1, code: 'B' },
        ],
      },
    ],
    ['counts that contradict the list', 'uuuuu', { accepted: 5, failed: [{ index: 1 }] }],
    ['a failed count that contradicts the list', 'uuuuu', { failedCount: 2, failed: [{ index: 1 }] }],
    ['a nested count that contradicts the list', 'uuuuu', { summary: { accepted: 1 }, failed: [{ index: 1 }] }],
    ['207 without a list', 'uuuuu', { message: 'some failed' }],
    ['207 with an empty list and no count', 'uuuuu', { failed: [] }],
    ['a list that is no list', 'uuuuu', { failed: { index: 1 } }],
    ['200 whose count is short', 'uuuuu', { accepted: 4 }, 200],
    ['200 that speaks of errors', 'uuuuu', { errors: ['row 3'] }, 200],
    ['200 that says it did not succeed', 'uuuuu', { success: false }, 200],
    ['200 with failures under another name', 'uuuuu', { rejected: [{ index: 1 }] }, 200],
    ['HTML at 200', 'uuuuu', '<html>maintenance</html>', 200],
    ['an empty body at 200', 'uuuuu', '', 200],
    ['a list at 200', 'uuuuu', [], 200],
    ['null at 207', 'uuuuu', 'null', 207],
    ['302', 'uuuuu', '', 302],
    ['500', 'uuuuu', { error: 'x' }, 500],
    ['HTML at 502', 'uuuuu', '<html>bad gateway</html>', 502],
    ['408', 'uuuuu', '', 408],
    ['499', 'uuuuu', '', 499],
  ])('%s', async (_, expected, body, status = 207) => {
    expect((await outcomes({ status, body })).letters).toBe(expected)
  })

  test('an unconfirmed APPEND is not safe to send again, an unconfirmed UPSERT is', async () => {
    const append = await outcomes({ status: 500 }, 'appendProducts')
    expect(append.payload.rows[0]).toMatchObject({ reason: 'UPSTREAM_ERROR', safeToResend: false })
    expect(append.requests).toBe(1)
    const upsert = await outcomes({ status: 500 })
    expect(upsert.payload.rows[0]).toMatchObject({ reason: 'UPSTREAM_ERROR', safeToResend: true })
  })
})

describe.concurrent('requests the upstream declines', () => {
  test.each([
    [400, 'UPSTREAM_REFUSED_BATCH', false],
    [401, 'UPSTREAM_UNAUTHORIZED', false],
    [403, 'UPSTREAM_UNAUTHORIZED', false],
    [404, 'UPSTREAM_NOT_FOUND', false],
    [413, 'UPSTREAM_REFUSED_BATCH', false],
    [422, 'UPSTREAM_REFUSED_BATCH', false],
    [429, 'UPSTREAM_RATE_LIMITED', true],
    [308, 'UPSTREAM_REFUSED_BATCH', false],
    [418, 'UPSTREAM_REFUSED_BATCH', false],
  ])('%i', async (status, code, retryable) => {
    const { payload } = await outcomes({ status, body: '<html>no</html>' })
    expect(payload.rejectedCount).toBe(5)
    expect(payload.rows[2]).toMatchObject({
      by: 'UPSTREAM',
      retryable,
      issues: [{ code, message: `The upstream declined the request with status ${status}.` }],
    })
  })
})

describe.concurrent('silence and broken connections', () => {
  test.each<[string, FakeAnswer, string]>([
    ['no answer at all', () => {}, 'TIMED_OUT'],
    ['headers and then nothing', (response) => void response.writeHead(200).flushHeaders(), 'UNREADABLE_ANSWER'],
    ['what only announces an answer', (response) => void response.socket?.end('HTTP/1.1 103 Early Hints\r\n\r\n'), 'CONNECTION_LOST'],
    ['a reset', (response) => void response.socket?.resetAndDestroy(), 'CONNECTION_LOST'],
    [
      'a body that breaks off',
      (response) => void response.writeHead(200, { 'content-length': 100 }).write('{"acc', () => response.destroy()),
      'UNREADABLE_ANSWER',
    ],
    ['an endless body', (response) => void response.writeHead(200).write(' '.repeat(9_000_000)), 'UNREADABLE_ANSWER'],
  ])('%s', async (_, answer, reason) => {
    const { payload, requests } = await outcomesUnder({ ATTEMPT_TIMEOUT_MS: '1500' }, answer, 'appendProducts')
    expect(payload.unconfirmedCount).toBe(5)
    expect(payload.rows[4]).toMatchObject({ reason, safeToResend: false })
    expect(requests).toBe(1)
  })

  test('an upstream that is not there: nothing was sent, so the rows are rejected and may be sent again', async () => {
    const { payload } = await outcomesUnder({ INGESTION_URL: 'http://127.0.0.1:9' }, { status: 200 }, 'appendProducts')
    expect(payload.rows[0]).toMatchObject({ by: 'GATEWAY', retryable: true, issues: [{ code: 'UPSTREAM_UNREACHABLE' }] })
  })
})
