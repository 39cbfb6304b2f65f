import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wireRows } from '../src/rows/chunk.ts'
import { isGoodStatus } from '../src/upstream/answer/texts.ts'
import { createShapeReport } from '../src/upstream/answer-reports.ts'
import { secret } from '../src/util/secret.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { products, resourceNamed } from './support/rows.ts'

usePatientClock()

let upstream: FakeUpstream
let gateway: Gateway
let answer: FakeAnswer

beforeAll(async () => {
  upstream = await startFakeUpstream(() => answer)
  gateway = await startGateway({
    INGESTION_URL: upstream.url,
    REQUESTS_PER_SECOND: '100000',
    ATTEMPTS_TIMEOUT_MS: '2000',
    ATTEMPT_TIMEOUT_MS: '2000',
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const LETTERS = { AcceptedRow: 'a', RejectedRow: 'r', UnconfirmedRow: 'u' }

/** Appends three rows, answered like this; `a`, `r` and `u` stand for the outcomes in order. */
async function outcomes(reply: FakeAnswer, mutation = 'appendProducts', dryRun = false): Promise<string> {
  answer = reply
  const { rows } = await gateway.ingest(mutation, products(3), { token: 'reader', dryRun })
  return rows.map((row) => LETTERS[row.__typename]).join('')
}

const named = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body))
const KEY = { product_id: 'P1', updated_at: '2025-01-15 08:00:00' }
const entry = { index: 0, message: 'x' }
const ofColumn = (column: string) => ({ index: 0, errors: [{ code: 'DI_E_10003', column, message: 'bad' }] })

describe('what means yes is accepted', () => {
  test.each(
    [
      {},
      { message: 'queued' },
      { message: 'Rows accepted' },
      { message: '3 rows ingested, 0 failed' },
      { message: 'All 3 rows were accepted without any errors.' },
      { message: 'Accepted 3 of 3 records in 12 ms' },
      { status: 'OK' },
      { Status: 'Success' },
      { status: 'ACCEPTED' },
      { state: 'queued' },
      { statusCode: 200, message: 'Accepted' },
      { statusCode: '202', body: null },
      { code: 0, msg: 'ok' },
      { errcode: 0, errmsg: 'ok' },
      { code: 'SUCCESS' },
      { failed: [] },
      { FAILED: [] },
      { requestId: 'x', accepted: 3, failed: [], tookMs: 12 },
      { requestId: 'order-fail-7', jobId: 'bad-cafe' },
      { error: null, errors: [], warnings: [] },
      { data: { accepted: 3, failed: [] } },
      { response: { data: { result: { accepted: 3, failed: [] } } } },
      { success: true },
      { success: 'true' },
      { isSuccess: true, hasErrors: false, errorCount: 0, error_message: '' },
      { ok: true, error: {} },
      { accepted: '3' },
      { recordsIngested: 3 },
      { RECORDS_INGESTED: 3, RECORDS_REJECTED: 0 },
      { rows_written: 3, rows_skipped: 0 },
      { inserted: 1, updated: 2 },
      { inserted: 3, updated: 0 },
      { accepted: 3, inserted: 2, unchanged: 1 },
      { total: 3, processed: 3, errorsCount: 0, failedCount: '0', rejectedRows: [] },
      { counts: { total: 3, ok: 3, failed: 0 } },
      { accepted: [{ index: 0 }, { index: 1 }, { index: 2 }] },
      { results: [0, 1, 2].map((index) => ({ index, status: 'ok' })) },
      { results: ['ok', 'ok', 'ok'] },
      { successRate: 1, failureRate: 0, durationMs: 3, bytes: 1234, version: 2 },
      { warnings: ['supplier SUP-1 is not there yet'].slice(1) },
      { warnings: [{ code: 'W_1', message: 'column is deprecated' }] },
      { dryRun: false, operationType: 'APPEND', solutionName: 'INV_OOTB', table: 'INV_PRODUCTS_FAILED' },
      { failedRowsTable: 'inv_products_failed_rows' },
      { error: false, rejected: 0, skipped: '0', failures: 'none' },
      { result: { operationType: 'APPEND', objectName: 'INV_PRODUCTS_OOTB', accepted: 3 } },
      { result: { message: '3 rows accepted' }, status: { message: 'Data received successfully' } },
      { errorsByRow: [0, 0, 0], failures: [{}, {}, {}] },
      { async: true, hasMore: false },
      { statusCode: 200, body: '{"accepted":3,"failed":[]}' },
      { rateLimit: { limit: 50, remaining: 47 } },
      { ResponseMetadata: { HTTPStatusCode: 200, RequestId: 'x' } },
      { took: 5, errors: false, items: [0, 1, 2].map(() => ({ index: { status: 201, result: 'created' } })) },
      { message: 'Your request has been queued and will be processed shortly' },
      { message: 'Data ingested successfully' },
      { message: 'Three rows accepted' },
      { message: 'accepted: 3, rejected: 0' },
      { message: '100% ingested' },
      { message: 'Rows will be visible in at most 5 seconds' },
      { code: 0, message: 'ok', data: null, result: null },
      { bytesReceived: 912, queueDepth: 12 },
      { submittedAt: 1_795_666_736, finishedAt: 1_795_666_736_616 },
      { object: 'PRODUCTS', operation: 'append' },
      { objectName: 'inv_products_ootb', operationType: 'INSERT', mode: 'live' },
      { object: 'ingestion', operation: 'ingest' },
      { rowErrors: [{}, {}, {}] },
      [0, 1, 2].map((index) => ({ index, status: 'accepted' })),
    ].map((body) => [named(body), body] as const),
  )('%s', async (_, body) => {
    expect(await outcomes({ status: 200, body })).toBe('aaa')
  })

  test.each<[string, FakeAnswer]>([
    ['201', { status: 201, body: { message: 'created' } }],
    ['202', { status: 202, body: { status: 'accepted' } }],
    ['201 without a body', { status: 201 }],
    ['202 without a body', { status: 202 }],
    ['204', { status: 204 }],
    ['a byte order mark', { status: 200, body: `\uFEFF${JSON.stringify({ accepted: 3 })}` }],
    ['207 with all of them counted', { status: 207, body: { accepted: 3, failed: [] } }],
    ...[
      ['gzip', gzipSync] as const,
      ['x-gzip', gzipSync] as const,
      ['GZIP', gzipSync] as const,
      ['br', brotliCompressSync] as const,
      ['deflate', deflateSync] as const,
      ['deflate', deflateRawSync] as const,
      ['zstd', zstdCompressSync] as const,
      ['gzip, br', (text: string) => brotliCompressSync(gzipSync(text))] as const,
      ['identity', (text: string) => Buffer.from(text)] as const,
      ['none', (text: string) => Buffer.from(text)] as const,
    ].map(([coding, pack]): [string, FakeAnswer] => [coding, coded(coding, pack('{"accepted":3,"failed":[]}'))]),
  ])('%s', async (_, reply) => {
    expect(await outcomes(reply)).toBe('aaa')
  })
})

describe('an answer of which a part may not have been read is not believed:', () => {
  const body = JSON.stringify({ failed: [{ index: 0 }] })
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  test.each([
    ['a 204 with a body', `HTTP/1.1 204 No Content\r\ncontent-length: ${body.length}\r\n\r\n${body}`],
    ['a 204 with a body in chunks', `HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`],
    ['a 202 that breaks off before a body of unsaid length', 'HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\n\r\n'],
    ['a 201 of HTTP/1.0 that does', 'HTTP/1.0 201 Created\r\ncontent-type: application/json\r\n\r\n'],
    ['a 204 with a body that it does not speak of', `HTTP/1.1 204 No Content\r\n\r\n${body}`],
    ['a 200 that is longer than it says', `HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{},${body.slice(1)}`],
    ['a 200 with a 500 behind it', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 500 Failed\r\ncontent-length: 0\r\n\r\n'],
    ['a 207 with a next page', `HTTP/1.1 207 Some\r\nlink: </2>; rel="next"\r\ncontent-length: ${body.length}\r\n\r\n${body}`],
    ['a 429 with a 200 behind it', 'HTTP/1.1 429 Later\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'],
  ])('%s', async (_, text) => {
    const before = upstream.arrived.length
    expect(await outcomes(({ socket }) => void socket?.end(text))).toBe('uuu')
    expect(upstream.arrived).toHaveLength(before + 1)
  })

  test.each<[string, string, string]>([
    ['a header of an error', 'uuu', 'HTTP/1.1 200 OK\r\nx-amz-function-error: Unhandled\r\ncontent-length: 2\r\n\r\n{}'],
    ['no error in its header', 'aaa', 'HTTP/1.1 200 OK\r\nx-error-count: 0\r\ncontent-length: 2\r\n\r\n{}'],
    [
      'a place to ask',
      'aaa',
      'HTTP/1.1 202 Accepted\r\nlocation: /jobs/1\r\nretry-after: 1\r\nx-calls-remaining: 9\r\ncontent-length: 2\r\n\r\n{}',
    ],
    ['the status of another server', 'uuu', 'HTTP/1.1 200 OK\r\nstatus: 500 Internal Server Error\r\ncontent-length: 2\r\n\r\n{}'],
    [
      'the statuses of two servers, of which one took it',
      'aaa',
      'HTTP/1.1 200 OK\r\nx-upstream-status: 502, 200\r\ncontent-length: 2\r\n\r\n{}',
    ],
    [
      'a status of no answer',
      'aaa',
      'HTTP/1.1 200 OK\r\nx-cache-status: MISS\r\nstatus: 200 OK\r\ngrpc-status: 0\r\ncontent-length: 2\r\n\r\n{}',
    ],
    ['a failed call behind it', 'uuu', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\ngrpc-status: 13\r\n\r\n'],
    ['an error behind it', 'uuu', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-stream-error: broken\r\n\r\n'],
    [
      'a list of failures, as a header says',
      'raa',
      'HTTP/1.1 207 Some\r\nx-failed-rows: 1\r\ncontent-length: 37\r\n\r\n{"accepted":2,"failed":[{"index":0}]}',
    ],
    ...(
      [
        ['age: 0', 'aaa'],
        ['age: 312', 'uuu'],
        ['x-cache: HIT from proxy', 'uuu'],
        ['x-cache: Miss from cloudfront', 'aaa'],
        ['cache-status: edge; hit; ttl=30', 'uuu'],
        ['cf-cache-status: DYNAMIC', 'aaa'],
        ['warning: 110 proxy "Response is Stale"', 'uuu'],
        ['x-next-page: 2', 'uuu'],
        ['x-next-page: ', 'aaa'],
        ['x-total-pages: 3', 'uuu'],
        ['x-total-pages: 1', 'aaa'],
        ['content-range: items 0-1/3', 'uuu'],
        ['content-type: application/problem+json', 'uuu'],
        ['x-rows-skipped: 2', 'uuu'],
        ['x-rows-skipped: 0', 'aaa'],
        ['x-accepted-rows: 1', 'uuu'],
        ['x-accepted-rows: 3', 'aaa'],
        ['x-ratelimit-remaining-records: 1', 'aaa'],
      ] as const
    ).map(([header, expected]): [string, string, string] => [
      header,
      expected,
      `HTTP/1.1 200 OK\r\n${header}\r\ncontent-length: 2\r\n\r\n{}`,
    ]),
    ['a link to something else', 'aaa', 'HTTP/1.1 200 OK\r\nlink: </next>; rel="self"\r\ncontent-length: 2\r\n\r\n{}'],
    ['something else behind it', 'aaa', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-took: 3\r\n\r\n'],
  ])('a yes with %s is read as %s', async (_, expected, text) => {
    expect(await outcomes(({ socket }) => void socket?.end(text))).toBe(expected)
  })

  test('a body of unsaid length that is there is read as any', async () => {
    expect(await outcomes(({ socket }) => void socket?.end(`HTTP/1.0 200 OK\r\n\r\n${JSON.stringify({ accepted: 3 })}`))).toBe('aaa')
  })
})

describe('what can mean a no is not', () => {
  test.each(
    [
      { errorCode: 'DI_E_10001', errorMessage: 'no such table' },
      { code: 'DI_E_1', category: 'AUTH', message: 'x' },
      { category: 'AUTH' },
      { recordsIngested: 0 },
      { recordsIngested: '2' },
      { RECORDSINGESTED: 0 },
      { status: 'rejected' },
      { status: 'partial' },
      { status: 'PARTIAL_SUCCESS' },
      { status: 'completed_with_errors' },
      { status: 'accepted_for_review' },
      { status: 'pending approval' },
      { status: 'abgelehnt' },
      { status: 'échec' },
      { status: 'something else' },
      { statusCode: 400, message: 'Bad request' },
      { statusCode: '503' },
      { status: 302 },
      { httpStatus: 500 },
      { code: 1 },
      { success: 'false' },
      { Success: 'No' },
      { ok: false },
      { IS_OK: 'FALSE' },
      { applied: false },
      { written: 'false' },
      { rowsWritten: 0 },
      {
        results: [
          { index: 0, status: 'rejected' },
          { index: 1, status: 'ok' },
          { index: 2, status: 'ok' },
        ],
      },
      { results: [{ index: 0, status: 'ok' }] },
      { results: ['ok', 'ok', 'no'] },
      { statuses: [200, 200, 409] },
      { items: [{ ok: true }, { ok: true }, { ok: false }] },
      [{ status: 'ok' }, { status: 'ok' }, { status: 'bad' }],
      { validationErrors: [{ row: 1 }] },
      { VALIDATION_ERRORS: [{ row: 1 }] },
      { userErrors: [{ field: 'x' }] },
      { insertErrors: [{ index: 1 }] },
      { skipped: 3, accepted: 3 },
      { items: [{ index: { status: 400 } }, { index: { status: 201 } }, { index: { status: 201 } }] },
      { batch: { state: 'failed' } },
      { statusCode: 200, body: '{"accepted":2}' },
      { statusCode: 200, body: '{"failed":[{"index":0}]}' },
      { state: 3 },
      { request: { errors: ['x'] } },
      { rateLimit: { exceeded: true } },
      { ignoredRows: 1 },
      { duplicates: ['x'] },
      { data: { errors: [{ index: 0, message: 'x' }] } },
      { result: { failedRows: [{ index: 0 }] } },
      { a: { b: { c: { d: { rejectedCount: 1 } } } } },
      { message: 'Validation failed for all rows' },
      { message: 'No rows were written' },
      { message: '0 rows ingested' },
      { message: 'Accepted 2 of 3 rows' },
      { message: '2 rows accepted' },
      { message: 'Not authorised' },
      { message: 'Please log in' },
      { message: 'Try again later' },
      { message: 'Die Zeilen wurden abgelehnt' },
      { message: 'nothing to do' },
      { msg: "couldn't parse the request" },
      { detail: 'Too many requests' },
      { html: '<!doctype html><title>Login</title>' },
      { location: 'https://login.example.com' },
      { redirectUrl: '/sso' },
      { url: 'https://example.com/login' },
      { throttled: true },
      { rateLimited: 'true' },
      { retryAfter: 5 },
      { requiresApproval: true, approval: 'pending' },
      { dryRun: true },
      { dry_run: 'true' },
      { simulated: true },
      { processed: 2 },
      { inserted: 1, updated: 1 },
      { inserted: 2 },
      { total: 2 },
      { count: '2' },
      { accepted: [] },
      { accepted: [{ index: 0 }, { index: 1 }] },
      { accepted: 2.5 },
      { accepted: 'none' },
      { accepted: { count: 2 } },
      { counts: { ok: 2, ko: 1 } },
      { successRate: 0.66 },
      { successPercent: '66%' },
      { failurePercentage: 33.3 },
      { failed: 1 },
      { failed: '1' },
      { failed: true },
      { failed: 'row 1' },
      { error: 'x' },
      { error: { id: 'x' } },
      { Fault: { faultstring: 'x' } },
      { exception: 'java.lang.NullPointerException' },
      { warnings: ['row 2 was skipped'] },
      { solutionName: 'ANOTHER' },
      { objectName: 'INV_SUPPLIERS_OOTB' },
      { object: 'SUPPLIERS' },
      { operationType: 'UPSERT' },
      { operation: 'delete' },
      { mode: 'validate' },
      { dryRun: 1 },
      { wouldAccept: 3 },
      { message: '3 rows would be accepted' },
      { message: 'stored two of three rows' },
      { message: 'one row accepted' },
      { message: 'a single row accepted' },
      { message: 'most rows accepted' },
      { message: 'accepted=2' },
      { message: 'Accepted rows: 2' },
      { message: '66.6% ingested' },
      { message: '3 rows already exist' },
      { message: 'the buffer is full' },
      { severity: 'FATAL' },
      { readOnly: true },
      { backpressure: true },
      { sso: 'https://sso.example.com/' },
      { success: null },
      { accepted: null },
      { unprocessed_items: [{}] },
      { failedRows: [0] },
      { data: { rejectedIndexes: ['0'] } },
      { skipped: [0, 0] },
      { result: { operationType: 'validate', accepted: 3 } },
      { result: { message: '2 rows accepted' } },
      { status: { message: 'accepted, but not written' } },
      { status: { message: 'out of cheese' } },
      { data: { upsert: {} }, errors: [{}] },
      { results: [{ index: 0 }, null, { index: 2 }] },
      [null, null, null],
      '{"accepted":1e400}',
      '{"accepted":99999999999999}',
      '{"accepted":2,"accepted":3}',
      '{"failed":[{"index":0}],"failed":[]}',
      '{"a":[{"b" : {"\\u0063":1, "c":2}}]}',
      { failed: [], errors: [{ index: 1 }] },
      { failed: [], success: false },
      { failed: [], other: { failed: [] } },
      'ok',
      '"ok"',
      'true',
      '3',
      '<html><form action="/login"></form></html>',
      '[]',
      '',
      '{"accepted":3',
      '['.repeat(100_000) + ']'.repeat(100_000),
      `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`,
    ].map((body) => [named(body).slice(0, 80), body] as const),
  )('%s', async (_, body) => {
    expect(await outcomes({ status: 200, body })).toBe('uuu')
  })

  test.each<[string, string, object | string]>([
    ['two lists', 'ruu', { failed: [{ index: 0 }], errors: [{ index: 1 }] }],
    ['a list beside a switch that is off', 'ruu', { failed: [{ index: 0 }], success: false }],
    ['a list beside another code', 'ruu', { failed: [{ index: 0 }], code: 'DI_E_9' }],
    ['a list, and words on all rows', 'ruu', { failed: [{ index: 0 }], message: 'all rows were rejected' }],
    ['a list beside a short count', 'uuu', { failed: [{ index: 0 }], accepted: 1 }],
    ['a list beside rows that were skipped', 'ruu', { failed: [{ index: 0 }], skipped: 2 }],
    [
      'a list and all that fits it',
      'raa',
      { status: 'partial_success', message: '1 row failed', accepted: 2, total: 3, failedCount: 1, failed: [entry] },
    ],
    ['a list, and the rate of the others', 'raa', { successRate: 0.67, failed: [entry] }],
    ['a list, and that it has errors', 'raa', { hasErrors: true, failed: [entry] }],
    [
      'two entries about one row beside counts',
      'raa',
      { accepted: 2, failedCount: 1, total: 3, failed: [ofColumn('pack_size'), ofColumn('source_id')] },
    ],
    ['one entry twice beside counts', 'raa', { accepted: 2, failed: [ofColumn('pack_size'), ofColumn('pack_size')] }],
    [
      'two entries about one row, and a count of the entries',
      'uuu',
      { accepted: 1, failed: [ofColumn('pack_size'), ofColumn('source_id')] },
    ],
    [
      'two entries that say different things of one column',
      'uaa',
      { failed: [ofColumn('pack_size'), { index: 0, errors: [{ code: 'DI_E_7', column: 'pack_size', message: 'other' }] }] },
    ],
    ['accepted as a list of rows', 'raa', { failed: [entry], accepted: [1, 2].map((index) => ({ index, product_id: `P${index}` })) }],
    ['accepted as a list of keys', 'raa', { failed: [entry], accepted: ['P1', 'FAILED-2'] }],
    ['accepted as a list of too many rows', 'uuu', { failed: [entry], accepted: [0, 1, 2].map((index) => ({ index })) }],
    ['an index as text', 'ara', { failed: [{ index: '1' }] }],
    ['an index as a text that is no number', 'uuu', { failed: [{ index: '1st' }] }],
    ['a list far inside', 'raa', { response: { data: { failed: [entry] } } }],
    ['an entry that says that its row was taken', 'aua', { failed: [{ index: 1, status: 'ok' }] }],
    ['entries on all rows, of which one failed', 'uru', { failed: [0, 1, 2].map((index) => ({ index, failed: index === 1 })) }],
    ['a list within an entry', 'uuu', { failed: [{ index: 1, failed: [{ index: 2 }] }] }],
    ['a name twice in an entry', 'uuu', '{"failed":[{"index":1,"index":2}]}'],
    ['an entry with the key of its row', 'ara', { failed: [{ ...KEY, message: 'x' }] }],
    ['an entry with a key that no row has', 'uuu', { failed: [{ ...KEY, product_id: 'P9', message: 'x' }] }],
    ['an entry whose key is apart', 'ara', { failed: [{ key: KEY, message: 'x' }] }],
    ['an entry with a part of a key', 'uuu', { failed: [{ product_id: 'P1', message: 'x' }] }],
    ['an entry with the key of one row and the index of another', 'uuu', { failed: [{ index: 0, ...KEY }] }],
    ['a list that names all rows, beside anything', 'rrr', { success: false, error: 'x', failed: [0, 1, 2].map((index) => ({ index })) }],
  ])('207: %s', async (_, expected, body) => {
    expect(await outcomes({ status: 207, body })).toBe(expected)
  })

  test.each(['gzip', 'br', 'unheard-of', 'constructor', 'gzip, gzip, gzip, gzip, gzip'])(
    'a body that is not %s, though it says so',
    async (coding) => {
      expect(await outcomes(coded(coding, Buffer.from('{"accepted":3}')))).toBe('uuu')
    },
  )

  test.each<[string, (text: string) => Buffer]>([
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ])('a body of %s with another behind it', async (coding, pack) => {
    const bytes = Buffer.concat([pack('{"accepted":3}'), pack('{"failed":[{"index":0}]}')])
    expect(await outcomes(coded(coding, bytes))).toBe('uuu')
  })

  test('a small body that unpacks into a very large one', async () => {
    expect(await outcomes(coded('gzip', gzipSync('{"accepted":3}'.padEnd(50_000_000))))).toBe('uuu')
  })

  test('a body of more than 8 MiB, whatever it says', async () => {
    expect(await outcomes({ status: 200, body: '{"accepted":3}'.padEnd(8 * 1024 * 1024) })).toBe('aaa')
    expect(await outcomes({ status: 200, body: '{"accepted":3}'.padEnd(8 * 1024 * 1024 + 1) })).toBe('uuu')
  })

  test('it is the same for UPSERT', async () => {
    expect(await outcomes({ status: 200, body: { status: 'rejected' } }, 'upsertProducts')).toBe('uuu')
  })

  test('a dry run is confirmed by what says that it was one', async () => {
    expect(await outcomes({ status: 200, body: { dryRun: true } }, 'appendProducts', true)).toBe('aaa')
    expect(await outcomes({ status: 200, body: { dryRun: false } }, 'appendProducts', true)).toBe('uuu')
    for (const body of [
      { dry_run: 1, wouldAccept: 3 },
      { mode: 'validate', message: 'Dry run: 3 rows would be accepted, nothing was written' },
    ])
      expect(await outcomes({ status: 200, body }, 'appendProducts', true)).toBe('aaa')
    for (const body of [{ wouldAccept: 2 }, { message: 'Dry run: 2 rows would be accepted' }, { message: 'Dry run failed' }])
      expect(await outcomes({ status: 200, body }, 'appendProducts', true)).toBe('uuu')
  })
})

test.each<[string, BufferEncoding, string]>([
  ['application/json; charset=ISO-8859-1', 'latin1', 'arr'],
  ['application/json;charset="utf-16le"', 'utf16le', 'arr'],
  // What some servers say of all that they send.
  ['application/json; charset=ISO-8859-1', 'utf8', 'arr'],
  ['application/json', 'latin1', 'uuu'],
  ['application/json; charset=unheard-of', 'latin1', 'uuu'],
])('the rows of an answer of type %s in %s are read as %s', async (type, encoding, expected) => {
  const text = JSON.stringify({ failed: ['É1', 'É2'].map((product_id) => ({ ...KEY, product_id })) })
  answer = (response) =>
    void response.writeHead(207, { 'content-type': type }).end(Buffer.from(`\uFEFF${text}`.slice(encoding === 'latin1' ? 1 : 0), encoding))
  const { rows } = await gateway.ingest('appendProducts', products(3, 'É'), { token: 'reader' })
  expect(rows.map((row) => LETTERS[row.__typename]).join('')).toBe(expected)
})

function coded(coding: string, bytes: Buffer): FakeAnswer {
  return (response) => void response.writeHead(200, { 'content-encoding': coding }).end(bytes)
}

test('a request says that it is JSON, and its solution is named as it is configured, also with quotes and backslashes in its name', async () => {
  const name = 'The "new" one\\ \n'
  const other = await startGateway({ INGESTION_URL: upstream.url, SOLUTIONS: JSON.stringify([{ name, modules: ['inventory'] }]) })
  answer = { status: 200, body: { solutionName: name, accepted: 1 } }
  expect((await other.ingest('appendProducts', products(1))).acceptedCount).toBe(1)
  expect(upstream.arrived.at(-1)).toMatchObject({ body: { solutionName: name }, headers: { 'content-type': 'application/json' } })
  await other.close()
})

test('what was accepted on its status alone is logged once by its names, and counted', async () => {
  const figure = async () => Number(/unknown_answers_total (\d+)/.exec(await (await fetch(new URL('/metrics', gateway.url))).text())?.[1])
  const before = await figure()
  const lines = () => gateway.logged.filter((line) => line.includes('zebra'))
  for (const body of [
    { zebra: 'A1', apple: 20 },
    { apple: 70, zebra: 'B2' },
    { zebra: 'C3', message: 'accepted' },
    { apple: 10, zebra: 'x', SUP_001: 'y' },
  ])
    expect(await outcomes({ status: 200, body })).toBe('aaa')

  expect(lines().map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 30, names: ['apple', 'zebra'] }),
    expect.objectContaining({ level: 30, names: ['?', 'apple', 'zebra'] }),
  ])
  expect(await figure()).toBe(before + 3)
})

test('of more shapes than a hundred no more are logged, of each shape its first twenty names; all are counted', () => {
  const resource = resourceNamed('Products')
  const solution = { name: 'S', modules: [resource.module], prefix: '', suffix: '' }
  const destination = { tenant: { id: 'T', credential: secret('t') }, solution, resource, operation: 'UPSERT', dryRun: false } as const
  const batch = { destination, rows: wireRows([{ product_id: 'P' }]), origins: [], waitingSince: 0, sentUntil: 0 }
  const told: (readonly string[])[] = []
  let counted = 0
  const report = createShapeReport(
    (names) => told.push(names),
    () => counted++,
  )
  for (let nth = 0; nth < 120; nth++) report([`shape${nth}`, ...Array.from({ length: 30 }, (_, at) => `name${at}`)], batch)
  expect([counted, told.length, new Set(told.map(({ length }) => length))]).toEqual([120, 100, new Set([20])])
})

test('an answer of more values than are looked at is not believed', async () => {
  const answerOf = (values: number) => outcomes({ status: 200, body: { accepted: 3, columns: Array(values).fill('x') } })
  expect([await answerOf(1_000), await answerOf(200_000)]).toEqual(['aaa', 'uuu'])
})

describe('refusals', () => {
  const bad = { code: 'DI_E_10003', column: 'pack_size', message: 'outside of the agreed band' }
  const failed = [{ index: '1', errors: [bad] }]

  test.each([400, 402, 405, 406, 409, 411, 412, 413, 415, 417, 418, 422, 423, 424, 428, 431, 451])(
    '%i was not taken: code and words reach the caller',
    async (status) => {
      answer = { status, body: { error: { code: 'DI_E_7', message: 'The solution is locked' } } }
      const { rows } = await gateway.ingest('appendProducts', products(3), { token: 'refused' })
      expect(rows.map(({ issues }) => issues?.[0])).toEqual(
        [0, 1, 2].map(() =>
          expect.objectContaining({ code: 'UPSTREAM_REFUSED_BATCH', upstreamCode: 'DI_E_7', message: 'The solution is locked' }),
        ),
      )
    },
  )

  test.each([408, 444, 460, 499])('%i leaves it open', async (status) => {
    expect(await outcomes({ status, body: { message: 'timeout' } })).toBe('uuu')
  })

  test.each<[string, number, object]>([
    ['failed beside a message', 400, { code: 'DI_E_1', message: 'Validation failed', failed }],
    ['errors', 422, { code: 'DI_E_1', message: 'Validation failed', errors: [{ index: 1, ...bad }] }],
    ['under a name of its own', 400, { code: 'DI_E_1', message: 'Validation failed', rejectedRows: failed }],
    [
      'among results',
      422,
      {
        code: 'DI_E_1',
        message: 'Validation failed',
        results: [
          { index: 0, status: 'ok' },
          { index: 1, ...bad },
        ],
      },
    ],
    ['by the key in the entry itself', 400, { code: 'DI_E_1', message: 'Validation failed', invalid_records: [{ ...KEY, errors: [bad] }] }],
    [
      'beside the rows that were sent',
      400,
      { code: 'DI_E_1', message: 'Validation failed', data: [KEY, { ...KEY, product_id: 'P0' }], failed },
    ],
    [
      'in a list of rows',
      400,
      {
        code: 'DI_E_1',
        message: 'Validation failed',
        rows: [
          { ...KEY, product_id: 'P0' },
          { ...KEY, errors: [bad] },
        ],
      },
    ],
    [
      'as nothing but a list',
      400,
      [
        { code: 'DI_E_1', message: 'Validation failed' },
        { index: 1, ...bad },
      ],
    ],
    ['beside what was good', 400, { code: 'DI_E_1', message: 'Validation failed', valid: [{ index: 0 }], details: { rows: failed } }],
    [
      'with errors within its error',
      400,
      { code: 'DI_E_1', message: 'Validation failed', failed: [{ index: 1, error: { errors: [bad] } }] },
    ],
    ['in an envelope', 409, { error: { code: 'DI_E_1', message: 'Validation failed', details: failed } }],
    [
      'beside an entry that names none',
      400,
      {
        errors: [
          { code: 'DI_E_1', message: 'Validation failed' },
          { index: 1, ...bad },
        ],
      },
    ],
    [
      'by its key',
      400,
      { code: 'DI_E_1', message: 'Validation failed', failed: [{ row: { product_id: 'P1', updated_at: '2025-01-15 08:00:00' }, ...bad }] },
    ],
  ])('names a row: %s', async (_, status, body) => {
    answer = { status, body }
    const { rows } = await gateway.ingest('appendProducts', products(3), { token: 'refused' })
    const others = {
      __typename: 'RejectedRow',
      retryable: true,
      issues: [{ code: 'UPSTREAM_REFUSED_BATCH', upstreamCode: 'DI_E_1', message: 'Validation failed' }],
    }
    expect(rows[1]).toMatchObject({
      retryable: false,
      issues: [{ code: 'UPSTREAM_REJECTED', field: 'packSize', upstreamCode: 'DI_E_10003', message: bad.message }],
    })
    expect([rows[0], rows[2]]).toMatchObject([others, others])
  })

  test('an index that no row has names none', async () => {
    answer = { status: 400, body: { message: 'Validation failed', failed: [{ index: 0 }, { index: 3 }] } }
    const { rows } = await gateway.ingest('appendProducts', products(3), { token: 'refused' })
    expect(rows.map(({ retryable, issues }) => [retryable, issues?.[0]?.code])).toEqual(
      [0, 1, 2].map(() => [false, 'UPSTREAM_REFUSED_BATCH']),
    )
  })
})

test('a code of the upstream is told with 64 characters at most', async () => {
  answer = { status: 207, body: { failed: [{ index: 1, code: `DI_${'E'.repeat(100)}` }] } }
  const { rows } = await gateway.ingest('upsertProducts', products(3), { token: 'reader' })
  expect(rows[1]?.issues?.[0]?.upstreamCode).toBe(`DI_${'E'.repeat(61)}`)
})

test('of many errors on one row the first are told, and how many more there are', async () => {
  const errors = Array.from({ length: 5_000 }, (_, at) => ({ code: `DI_E_${10_000 + at}` }))
  answer = { status: 207, body: { failed: [{ index: 1, errors }] } }
  const { rows } = await gateway.ingest('upsertProducts', products(3), { token: 'reader' })
  expect(rows[1]?.issues).toHaveLength(33)
  expect(rows[1]?.issues?.at(-1)).toMatchObject({ code: 'MORE_ISSUES', message: 'The row has 4968 more issues.' })
})

test.each([
  'Job accepted',
  'The batch was accepted and will be processed',
  'An ingestion operation has been submitted',
  'HTTP 202 Accepted',
  'All data for the request is stored',
  'Items are written into the data',
  'Records have been received for upsert',
  'status: fully completed',
  'a row to be in append was queued',
  'requests and items are acknowledged',
])('a status in plain words is good: %s', (status) => {
  expect(isGoodStatus(status)).toBe(true)
})

test('an answer that comes byte by byte is read whole', async () => {
  const text = JSON.stringify({ failed: [{ index: 1, message: 'bad'.repeat(800) }] })
  const head = 'HTTP/1.1 207 Multi-Status\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'
  const chunks = Array.from(text, (byte) => `1\r\n${byte}\r\n`).join('')
  const drip = createServer((request) => {
    request.resume().once('end', () => request.socket.end(`${head}${chunks}0\r\n\r\n`))
  }).listen(0, '127.0.0.1')
  await once(drip, 'listening')
  const mine = await startGateway({ INGESTION_URL: `http://127.0.0.1:${(drip.address() as AddressInfo).port}` })
  const { rows } = await mine.ingest('appendProducts', products(3), { token: 'reader' })
  await mine.close()
  drip.close()
  expect(rows.map((row) => LETTERS[row.__typename]).join('')).toBe('ara')
})
