import { describe, expect, test } from 'vitest'
import { wireRows } from '../src/rows/chunk.ts'
import { readAnswer } from '../src/upstream/read-answer.ts'
import { readRefusal } from '../src/upstream/read-refusal.ts'
import { secret } from '../src/util/secret.ts'
import { resourceNamed } from './support/rows.ts'

// Shapes that a service may well give, beside those of `reading-answers.test.ts`, read without HTTP.

const resource = resourceNamed('Products')
const solution = { name: 'INV_OOTB', modules: [resource.module], prefix: '', suffix: '' }
const tenant = { id: 'T', credential: secret('t') }
const reading = { rowIndexBase: 0, keyCase: 'lower' } as const
const LETTERS = { accepted: 'a', rejected: 'r', none: 'u' }

function batchOf(rows: number, dryRun = false) {
  const wire = Array.from({ length: rows }, (_, at) => ({ product_id: `P${at}`, updated_at: '2025-01-15 08:00:00' }))
  const destination = { tenant, solution, resource, operation: 'APPEND', dryRun } as const
  return { destination, rows: wireRows(wire), origins: [], waitingSince: 0, sentUntil: 0 }
}

/** The primary key of a row that was sent. */
const keyOf = (at: number) => ({ product_id: `P${at}`, updated_at: '2025-01-15 08:00:00' })

const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body))
const lettersOf = (verdicts: readonly { kind: keyof typeof LETTERS }[]) => verdicts.map(({ kind }) => LETTERS[kind]).join('')

/** What an answer says of three rows: `a`, `r` and `u` stand for accepted, rejected and open, in order. */
function told(status: number, body: unknown, dryRun = false): string {
  return lettersOf(readAnswer(status, textOf(body), batchOf(3, dryRun), reading).verdicts)
}

/** What a refusal says of three rows; `-` where it says nothing of single ones. */
function refused(body: unknown): string {
  const { named, contradiction } = readRefusal(textOf(body), batchOf(3), reading)
  return lettersOf(contradiction ?? named ?? []) || '-'
}

test.each<[string, readonly unknown[]]>([
  [
    'a limit that was hit',
    [
      { quotaExceeded: true },
      { rateLimitExceeded: true },
      { limitExceeded: 'yes' },
      { limit: 'exceeded' },
      { rateLimit: 'exceeded' },
      { quota: 'exhausted' },
      { limitReached: true },
      { overLimit: true },
      { limitErrors: ['x'] },
      { rate_limit_status: 'blocked' },
      { quota: { state: 'blocked' } },
      { limits: { rejected: 1 } },
      { rateLimitHit: true },
    ],
  ],
  [
    'a no under the name of a table, a batch or an id',
    [
      { tableNotFound: true },
      { tableMissing: true },
      { tableLocked: true },
      { policyViolation: true },
      { policyViolations: ['x'] },
      { maxErrorsExceeded: true },
      { errorThresholdExceeded: true },
      { maxSizeExceeded: true },
      { maxRowsExceeded: 'true' },
      { batch: 'failed' },
      { request: 'rejected' },
      { ingestion: 'failed' },
      { batch: 'rejected' },
      { table: { error: 'x' } },
      { table: 'not found' },
      { lastAcceptedIndex: 1 },
      { acceptedUpTo: 1 },
      { policy: 'rejected' },
      { server: 'maintenance' },
      { host: 'unavailable' },
      { ids: ['a', 'b'] },
      { acceptedInRequest: 2 },
      { recordsAcceptedThisRequest: 1 },
      { acceptedPerBatch: 1 },
    ],
  ],
  [
    'a warning of which a name says that rows were left out',
    [
      { warnings: { rejected: [1] } },
      { warnings: [{ rowsRejected: 1 }] },
      { warnings: { skippedRows: [0] } },
      { warnings: [{ index: 1, dropped: true }] },
      { warning: { failed: 2 } },
      { warningCount: 1, warnings: ['row 1 left out'] },
      { warnings: ['row 1 was not stored'] },
      { warnings: [['rejected row 1']] },
      { notices: [{ type: 'REJECTED', index: 1 }] },
      { warnings: ['1 row filtered'] },
      { warnings: ['row 2 set to null'] },
      { warnings: ['value replaced by default'] },
      { warnings: ['2 rows removed'] },
    ],
  ],
  [
    'a switch that is off, whatever else its name says',
    [
      { bulkSuccess: false },
      { bulkOk: false },
      { orderAccepted: false },
      { upstreamOk: false },
      { streamAccepted: false },
      { scheduledOk: false },
      { testPassed: false },
      { strictValid: false },
      { idempotentInsertSucceeded: false },
      { cachedOk: 'false' },
      { nextStepOk: false },
      { success: 'off' },
      { success: '0' },
      { ok: 0 },
      { accepted: 'false' },
      { isAccepted: 'F' },
      { success: 'none' },
      { success: 'n/a' },
      { success: 'null' },
      { success: '', ok: false },
      { complete: false },
      { done: 'no' },
      { success: [] },
      { success: {}, status: 'unknown' },
      { success: [false, true, true] },
      { ok: [true, true, false] },
    ],
  ],
  [
    'a share that is not the whole',
    [
      { successPercent: 1 },
      { percent: 1 },
      { successPercentage: '1%' },
      { pctAccepted: 1 },
      { rate: '66' },
      { successRatio: 0.999 },
      { acceptanceRate: '2/3' },
    ],
  ],
  [
    'a denying syllable before a word that means yes',
    [
      { status: 'NOTACCEPTED' },
      { status: 'unsaved' },
      { status: 'uncommitted' },
      { status: 'unfinished' },
      { status: 'notprocessed' },
      { status: 'Teilerfolg' },
      { status: 'overwritten' },
      { status: 'nonaccepted' },
      { status: 'misapplied' },
      { uncommitted: 3 },
      { unpersisted: 3 },
      { unacknowledged: 3 },
      { notaccepted: 3 },
      { unaffected: 3 },
      { rowsUnaffected: 3 },
      { unpublished: 3 },
      { nonAccepted: 3 },
      { unimported: 3 },
      { unqueued: 3 },
      { nonprocessed: 3 },
      { unloaded: 3 },
      { message: 'Rows were notaccepted' },
      { message: '3 rows unsaved' },
      { status: 'disaccepted' },
      { status: 'deferred' },
      { status: 'halfprocessed' },
      { state: 'preprocessed' },
      { unsaved: 3 },
      { unstored: 3 },
      { message: '3 rows undelivered' },
      { status: 'unscheduled' },
    ],
  ],
  [
    'a message in words that are not known, of any language',
    [
      { message: 'Os dados foram rejeitados' },
      { message: 'Falha na validação' },
      { message: 'Requisição recusada' },
      { message: 'De rijen zijn geweigerd' },
      { message: 'Mislukt' },
      { message: 'Fout bij het schrijven' },
      { message: 'Ongeldig verzoek' },
      { message: 'Błąd zapisu' },
      { message: 'Odrzucono' },
      { message: 'ошибка' },
      { message: 'Отклонено' },
      { message: '失败' },
      { message: '拒绝' },
      { message: 'エラーが発生しました' },
      { message: '실패' },
      { message: 'Hata oluştu' },
      { message: 'Başarısız' },
      { message: 'Misslyckades' },
      { message: 'Fejl' },
      { message: 'Avvist' },
      { message: 'Virhe' },
      { message: 'Chyba' },
      { message: 'Zeilen wurden übersprungen' },
      { message: 'Lignes ignorées' },
      { message: 'lignes refusées' },
      { message: "Impossible d'écrire" },
      { message: 'Datos incorrectos' },
      { message: 'Filas descartadas' },
      { message: 'richiesta respinta' },
      { message: 'Errore' },
      { message: 'righe scartate' },
      { message: 'Scaduto' },
      { message: 'σφάλμα' },
      { message: 'خطأ' },
      { message: 'שגיאה' },
      { ошибка: 'да' },
      { 错误: '表不存在' },
      { 状态: '失败' },
      { status: '成功しませんでした' },
      { message: '❌' },
      { message: 'Row 2 👎' },
      { result: { fehler: 'ja' } },
      { Fehlercode: 7 },
      { meldung: 'Tabelle gesperrt' },
      { meldung: 'Anfrage verweigert' },
      { nachricht: 'Vorgang abgebrochen' },
      { meldung: 'unbekannte Tabelle' },
      { mensaje: 'tabla no encontrada' },
      { message: 'Accès interdit' },
      { message: 'Ungültige Zeilen' },
    ],
  ],
  [
    'a number below that of the rows sent',
    [
      { message: 'Accepted 2' },
      { message: 'accepted two' },
      { message: 'Inserted 2.' },
      { message: 'OK (2)' },
      { message: 'INSERT 0 2' },
      { message: '2 products accepted' },
      { message: '2 documents written' },
      { message: '2 docs' },
      { message: 'accepted the first two' },
      { accepted: 'two' },
      { message: 'wrote 2' },
      { message: '2 messages published' },
      { message: 'UPDATE 2' },
      { message: '0' },
      { message: 'Created 1 product' },
      { message: 'Processed through row 1' },
      { message: 'Rows 0 to 1 accepted' },
      { message: 'accepted 1/3' },
      { n: 0, ok: true },
      { num: 1 },
      { info: 'one product stored' },
      { message: 'stored two products' },
      { message: 'acceptées: 2' },
      { message: '2 Zeilen angenommen' },
      { message: '2 lignes acceptées' },
      { message: '2 filas aceptadas' },
      { message: 'a couple of rows accepted' },
      { message: 'Accepted a subset' },
      { message: 'first row accepted' },
      { message: 'accepted until row 1' },
    ],
  ],
  [
    'a list that leaves a row out, or names one twice',
    [
      { accepted: [{ index: 0 }, { index: 1 }, { index: 1 }] },
      { acceptedIndexes: [0, 1, 1] },
      { acceptedIndexes: [1, 2, 3] },
      {
        results: [
          { index: 0, status: 'ok' },
          { index: 0, status: 'ok' },
          { index: 1, status: 'ok' },
        ],
      },
      {
        results: [
          { index: 1, status: 'ok' },
          { index: 2, status: 'ok' },
          { index: 3, status: 'ok' },
        ],
      },
      { items: [{ id: 'a' }, { id: 'b' }] },
      { data: [{ product_id: 'P0' }, { product_id: 'P2' }] },
      { results: { '0': 'ok', '1': 'ok', '2': 'nope' } },
      { results: { '0': 'ok' } },
      { rows: { '0': 'ok', '1': 'nah', '2': 'ok' } },
      { created: ['a', 'b'] },
      { items: [], accepted: 0 },
      { results: ['ok', 'ok', ''] },
      { results: ['ok', 'ok', 'x'] },
      { results: [{}, {}, {}], status: 'x' },
      { results: [true, true, false] },
      { results: [1, 1, 0] },
      { results: [200, 200, 500] },
      { outcomes: [{ index: 0 }, { index: 1 }] },
      { responses: [{ status: 200 }, { status: 200 }, { status: 400 }] },
      { responses: [{ code: 200 }, { code: 200 }, { code: 'E1' }] },
      { multistatus: [{ status: 'HTTP/1.1 200 OK' }, { status: 'HTTP/1.1 424 Failed Dependency' }] },
      { entries: [{ ok: 1 }, { ok: 0 }, { ok: 1 }] },
      [{ index: 0 }, { index: 1 }],
      [{ error: null }, { error: null }, { error: 'x' }],
      [0, 1],
      ['ok', 'ok'],
      [[]],
      [null],
      [{ index: 0 }, { index: 0 }, { index: 0 }],
      [{ index: 5 }, { index: 6 }, { index: 7 }],
    ],
  ],
  [
    'an answer within a text',
    [
      { body: '{"accepted":2,"accepted":3}' },
      { body: '{"failed":[{"index":0}],"failed":[]}' },
      { message: 'result: {"failed":[0]}' },
      { body: "{'accepted':2}" },
      { body: '<error>no</error>' },
      { body: '<response status="failed"/>' },
    ],
  ],
  [
    'what is about something that went wrong, or elsewhere',
    [
      { next: 'https://login.example.com/' },
      { action: 'login' },
      { href: 'https://x/login' },
      { html: '<form>' },
      { type: 'about:blank', title: 'Conflict', status: 409 },
      { type: 'https://x/probs/out-of-credit', title: 'Out of credit' },
      { kind: 'Status', status: 'Failure' },
      { kind: 'Error' },
      { type: 'error' },
      { type: 'ValidationError' },
      { level: 'error' },
      { severity: 'error' },
      { result: 'error' },
      { '@type': 'Error' },
      { event: 'rejected' },
      { reason: 'x' },
      { exceptionClass: 'X' },
      { stack: 'Error: x at y' },
      { stackTrace: 'x' },
      { cause: 'x' },
      { fault: true },
      { ack: false },
      { nack: 3 },
      { acked: 2 },
      { dlqCount: 3 },
      { deadLettered: 3 },
      { dead_letter: 1 },
      { failed_rows: 3 },
      { notWritten: 3 },
      { invalidCount: 1 },
      { 'rows-rejected': 1 },
      { 'Rows Rejected': 1 },
      { rowsrejected: 1 },
      { FAILEDCOUNT: 1 },
      { nbErrors: 1 },
      { num_err: 1 },
      { errs: ['x'] },
      { err: 'x' },
      { e: 'x', error: 'y' },
      { warn: 'rows rejected' },
    ],
  ],
  [
    'a trial that nobody asked for',
    [
      { dryRun: 'yes' },
      { mode: 'dry-run' },
      { mode: 'simulation' },
      { validated: true, persisted: false },
      { validateOnly: true },
      { test: true, mode: 'test' },
      { sandbox: true },
      { message: 'This was a test' },
      { environment: 'mock', mocked: true },
      { message: 'Dry-run complete' },
      { preview: [{}, {}, {}] },
      { commit: false },
      { rolledBack: true },
      { transaction: 'rolled back' },
      { transaction: 'aborted' },
      { message: 'validated, not persisted' },
      { message: 'validated', written: 0 },
    ],
  ],
  [
    'what contradicts itself',
    [
      { status: 'accepted', state: 'failed' },
      { status: 200, error: 'x' },
      { accepted: 3, failedCount: 1 },
      { accepted: 4 },
      { total: 4 },
      { accepted: 3, total: 4 },
      { accepted: 2, rejected: 1 },
      { summary: { ok: 3, error: 1 } },
      { data: { data: { data: { ok: false } } } },
      { data: null, error: { message: 'x' } },
      { data: null, errors: [{ message: 'x' }] },
      '{"errors":[{"message":"x"}],"data":null}',
      '{"failed":[{"index":0}],"FAILED":[]}',
      '{"failed":[],"Failed":[{"index":0}]}',
      '{"accepted":3,"ACCEPTED":2}',
      '{"success":true,"Success":false}',
    ],
  ],
  [
    'what is too long to be looked at as a whole',
    [
      { message: `${'accepted '.repeat(300)}failed` },
      { accepted: 3, log: 'step done. '.repeat(300) },
      { [`${'x'.repeat(300)}Failed`]: true },
    ],
  ],
  [
    'what only speaks of some rows, or of none',
    [
      { index: 0, status: 'ok' },
      { accepted: '' },
      { objectIDs: ['a', 'b'] },
      { messageIds: ['m1'] },
      { ids: ['a', null, 'c'] },
      { results: [{ id: 1 }, {}, { id: 3 }] },
      { results: { P1: { status: 200 }, P2: { status: 200 } } },
    ],
  ],
  [
    'a message that says yes beside words that are not known',
    [
      { message: 'Accepted; see report for oddities' },
      { message: 'Created a support ticket' },
      { message: 'Token accepted but scope insufficient' },
      { message: 'Completed abnormally' },
      { message: 'Accepted 1st row, rest on their way' },
      { message: 'Ingest stalled' },
      { message: 'Stored values were clamped' },
      { message: 'Received by the fallback handler' },
      { message: 'Accepted: n/a' },
    ],
  ],
  [
    'one page of an answer',
    [
      { hasMore: true },
      { more: 'true' },
      { moreResults: true, accepted: 3 },
      { next: '/api/v2/results?page=2' },
      { nextPageToken: 'x', status: 'ok' },
      { next_cursor: 'abc' },
      { continuationToken: 'x' },
      { '@odata.nextLink': 'x' },
      { _links: { self: { href: '/1' }, next: { href: '/2' } } },
      { page: 1, pages: 2 },
      { page: { number: 0, size: 20, totalPages: 2 }, accepted: 3 },
    ],
  ],
  [
    'what may count or list some rows under a name that is not known, and nothing else that says yes',
    [
      { anomalies: ['x'] },
      { message: 'ok', alerts: [{ id: 1 }, { id: 2 }] },
      { flushed: 0 },
      { message: 'ok', flushed: 0 },
      { docs: 2 },
      { landed: '2' },
      { indexed: 2, tookMs: 5 },
      { input: 3, output: 2 },
      { coverage: 0.5 },
    ],
  ],
  [
    'a number in digits of another script, or in words for two',
    [
      { accepted: '２' },
      { accepted: '٣' },
      { message: '２ rows accepted' },
      { message: '٢ rows accepted' },
      { message: 'accepted ② rows' },
      { message: 'accepted ⅔' },
      { message: 'both rows accepted' },
      { accepted: 3, note: 'stored ２' },
    ],
  ],
  [
    'a number below that of the rows under a name that is not known, beside a status or a switch that says yes',
    [
      { status: 'ok', docs: 2 },
      { status: 'success', output: '2' },
      { success: true, flushed: 0 },
      { status: 'ok', in: 3, out: 2 },
      { total: 3, landed: 2 },
      { received: 3, kept: 2 },
      { status: 'ok', products: 2 },
      { result: 'ok', data: { product: 1 } },
    ],
  ],
  [
    'a word for what was done with rows that counts fewer of them',
    [
      { accepted: 3, flushed: 2 },
      { accepted: 3, indexed: 2 },
      { accepted: 3, rows_landed: 2 },
      { accepted: 3, staged: '2' },
      { status: 'ok', forwarded: ['a', 'b'] },
    ],
  ],
  [
    'a list or an object that names some of the rows, under any name and beside any yes',
    [
      { status: 'accepted', products: ['P0', 'P1'] },
      { status: 'accepted', products: [{ product_id: 'P0' }, { product_id: 'P1' }] },
      { status: 'accepted', keys: ['P0', 'P1'] },
      { status: 'ok', list: [keyOf(0), keyOf(1)] },
      { status: 'ok', payload: [keyOf(0), keyOf(1)] },
      { accepted: 3, value: [{ ...keyOf(2), pack_size: 0 }] },
      { status: 'ok', record: keyOf(0) },
      { status: 'ok', row: keyOf(0) },
      { ...keyOf(0), status: 'ok' },
      { response: { data: { row: keyOf(0), status: 'ok' } } },
      { message: 'row 0 accepted' },
      { message: 'row 0 and row 1 accepted' },
      { accepted: 3, note: 'record 2 bounced' },
    ],
  ],
  [
    'a word that is neither yes nor no where one belongs',
    [
      { accepted: 'TBD' },
      { succeeded: 'nope' },
      { success: 'see the report' },
      { status: 206 },
      { status: 207 },
      { statusCode: '226' },
      { verdicts: ['A', 'A', 'R'] },
      { codes: ['', '', 'DI_E_10003'] },
      { states: { done: 2, open: 1 } },
      { progress: 66 },
      { results: [{ action: 'insert' }, { action: 'insert' }, { action: 'noop' }] },
      { operations: [{ action: 'insert' }, { action: 'no-op' }, { action: 'insert' }] },
      { ok: { 0: {}, 1: {} } },
      { accepted: { 0: true, 1: true } },
      { results: [{ column: 'pack_size' }, { column: 'pack_size' }, { field: 'packSize' }] },
      { status: 'ok', products: [] },
      { status: '/errors/7' },
      { rate: { remaining: 2, failed: 1 } },
      { accepted: 3, voided: 1 },
      { accepted: 3, rows_dumped: 1 },
      { status: 'ok', dupes: ['P0'] },
      { success: true, stalled: true },
      { accepted: 3, superseded: 1 },
      { accepted: 3, rounded: 1 },
      { accepted: 3, clamped: ['pack_size'] },
      { accepted: 3, flagged: 1 },
      { accepted: 3, nulled: { pack_size: 1 } },
      { slowDown: true },
    ],
  ],
  [
    'a no in words of its own',
    [
      { accepted: {} },
      { ok: true, stored: {} },
      { locked: true },
      { message: 'Rows may have been written' },
      { acknowledgement: 'NEGATIVE' },
      { rc: 8 },
      { retval: 1 },
      { accepted: 3, deduped: 1 },
      { accepted: 3, removed: 1 },
      { accepted: 3, late: 1 },
      { accepted: 3, ineligible: 1 },
      { P1: ['pack size is too small'] },
      { rc: -1 },
      { outOfRange: 1 },
      { deferred: 1 },
      { backoffMs: 1000 },
      { authUrl: 'https://idp.example/authorize' },
      { fout: 'x' },
      { błąd: 1 },
      { hata: ['x'] },
      { unknownTable: 'INV_PRODUCTS_OOTB' },
      { firstFailedIndex: 0 },
      { stoppedAtRow: 1 },
      { message: 'Stored in dead-letter topic' },
      { message: 'Saved as draft' },
      { message: 'Received; validation is outstanding' },
      { message: 'Queued for manual inspection' },
    ],
  ],
])('%s is not believed', (_, bodies) => {
  expect(bodies.filter((body) => told(200, body).includes('a'))).toEqual([])
})

test('what says yes is believed, whatever stands beside it', () => {
  expect(YES.filter((body) => told(200, body) !== 'aaa')).toEqual([])
})

const YES: readonly unknown[] = [
  { accepted: 3, learnMore: 'https://example.com/docs', hasMore: false, next: null, page: 1, pages: 1 },
  { accepted: 3, _links: { self: { href: '/jobs/1' } } },
  { priority: 1, etaMinutes: 2 },
  { docs: 3 },
  { status: 'ok', tags: ['a'] },
  { parts: ['a', 'b', 'c'], notes: [] },
  { rc: 0 },
  { accepted: 3, deleted: 0 },
  { message: '1 batch accepted' },
  { text: 'All good' },
  { message: 'Data accepted, to be visible within 5 minutes' },
  { results: [0, 1, 2].map((index) => ({ index, status: 'accepted', message: `Row ${index} was accepted` })) },
  {},
  { message: 'queued' },
  { status: 'OK' },
  { failed: [] },
  { requestId: 'x', accepted: 3, failed: [], tookMs: 12 },
  { error: null, errors: [], warnings: [] },
  { data: { accepted: 3, failed: [] } },
  { requestId: 'order-fail-7' },
  { table: 'INV_PRODUCTS_FAILED' },
  { failedRowsTable: 'x_failed_rows' },
  { rateLimit: { limit: 50, remaining: 47, reset: 1 } },
  { quota: 'unlimited', accepted: 3 },
  { limits: { rows: 500, bytes: 1000000 } },
  { maxErrors: 10 },
  { errorThreshold: 5 },
  { message: 'Accepted 3 of 3 records in 12 ms' },
  { message: 'Request 4711 accepted' },
  { message: 'accepted by node 2' },
  { message: 'API v2: accepted' },
  { message: 'Success (200)' },
  { version: 2, message: 'ok' },
  { message: 'All rows and columns were accepted' },
  { message: 'Alle Zeilen und Spalten wurden angenommen' },
  { error: { code: null, message: null } },
  { errors: { count: 0 } },
  { unchanged: 1, inserted: 2 },
  { unique: true, accepted: 3 },
  { units: 'rows', accepted: 3 },
  { notes: 'stored', notification: 'sent' },
  { note: 'accepted' },
  { nonce: 'abc', accepted: 3 },
  { accepted: [0, 1, 2] },
  { acceptedIndexes: [0, 1, 2] },
  { accepted: ['P0', 'P1', 'P2'] },
  {
    results: [
      { index: 0, status: 'accepted' },
      { index: 1, status: 'accepted' },
      { index: 2, status: 'accepted' },
    ],
  },
  { items: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] },
  { data: [{ product_id: 'P0' }, { product_id: 'P1' }, { product_id: 'P2' }] },
  { data: [], message: 'ok' },
  { message: 'Enqueued' },
  { status: 'enqueued' },
  { status: 'successfully processed' },
  { async: true, scheduled: false },
  { message: '3 Zeilen angenommen' },
  { message: 'Data accepted in 1 batch' },
  { batch: 'b-17', accepted: 3 },
  { batch: 'failover-eu', accepted: 3 },
  { ids: ['a', 'b', 'c'] },
  { jobIds: ['j1'] },
  { successPercent: 100 },
  { successRate: 1 },
  { timestamp: '2025-01-01T00:00:00Z', message: 'ok' },
  { elapsed: '12 ms', message: 'ok' },
  { acceptedAt: '2025-01-15 08:00:00' },
  { status: 'success', message: null, data: { ingested: 3 } },
  { code: 200, message: 'success', data: {} },
  { meta: { took: 12 }, result: 'ok' },
  { message: 'Ingestion job 12 created' },
  { message: 'Accepted. Data will be visible in about 10 seconds.' },
  { statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: '{"accepted":3}' },
  { value: [0, 1, 2].map((at) => ({ key: `${at}`, status: true, errorMessage: null, statusCode: 201 })) },
  [0, 1, 2].map((at) => ({ ok: true, id: `${at}`, rev: '1-96' })),
  { success: true, result: [0, 1, 2].map((seq) => ({ seq, id: 50 + seq, status: 'updated' })) },
  { objectIDs: ['a', 'b', 'c'] },
  { results: { P0: { status: 200 }, P1: { status: 201 }, P2: { status: 200 } } },
  { info: 'Records: 3  Duplicates: 0  Warnings: 0' },
  { message: 'Ingestion request submitted successfully. It may take up to 5 minutes for data to appear.' },
  { message: 'Your data has been received and will be processed shortly' },
  { message: 'Import accepted, see /jobs/8 for its progress' },
  { message: '3 products upserted into inventory' },
  { accepted: 3, failed: [], message: 'Accepted by the merry men of INV_PRODUCTS_OOTB' },
  { self: '/jobs/1', status_url: 'https://host/jobs/1/status', id: 1 },
  { writeResults: [{}, {}, {}] },
  { index: 'inv_products', accepted: 3, failed: [] },
  { status: 'ok', copyright: 'by the makers of it' },
  { success: 'Data received' },
  { status: 'ok', products: 3, docs: 3 },
  { status: 'ok', workers: 2, lag: 0, ttl: 1, eta: 0, tookMs: 1 },
  { accepted: 3, cores: 2, flushed: 3 },
  { failed: [], cores: 2 },
  { status: 'ok', products: ['P0', 'P1', 'P2'] },
  { status: 'ok', payload: [keyOf(0), keyOf(1), keyOf(2)] },
  { results: [0, 1, 2].map((at) => ({ row: keyOf(at), status: 'ok', message: `row ${at} stored` })) },
  { accepted: [0, 1, 2].map((at) => ({ row: keyOf(at) })) },
  { results: [0, 1, 2].map((at) => ({ index: at, status: 'ok', notes: [`row ${at} stored`] })) },
  { accepted: 3, dumpFile: 'x', brokenLinks: [], dupes: 0, stalled: false, driftMs: 2 },
  { inserted: [keyOf(0)], updated: [keyOf(1), keyOf(2)] },
  { ok: { 0: { id: 7 }, 1: { id: 8 }, 2: { id: 9 } } },
  { message: 'Request accepted', links: { status: '/api/v2/requests/abc' } },
  { status: 'ok', batchCount: 1, columnCount: 2, payloadSize: 2, sizeInKb: 1, partitions: 1 },
  { accepted: 3, rate: { limit: 50, remaining: 2 }, scheduledIngestion: false },
  { status: 'ok', keys: ['product_id', 'updated_at'] },
  { progress: 100 },
  { warnings: [{ ...keyOf(1), message: 'column is deprecated' }], accepted: 3 },
  { stagedFile: 's3://bucket/part-1.json', indexedFields: ['pack_size'], accepted: 3 },
]
const entry = { index: 0 }
const good = [1, 2].map((index) => ({ index, status: 201 }))

test.each<[string, string, unknown]>([
  ['a row that failed is listed as accepted as well', 'uuu', { failed: [entry], accepted: [entry, { index: 1 }] }],
  ['a row is accepted twice, and another not at all', 'uuu', { failed: [entry], accepted: [{ index: 1 }, { index: 1 }] }],
  ['the places of accepted rows have one that failed', 'uuu', { failed: [entry], acceptedIndexes: [0, 1] }],
  ['the results of all rows say the same', 'raa', { failed: [entry], results: [{ ...entry, status: 400 }, ...good] }],
  ['the results say the same in words', 'raa', { failed: [entry], results: [{ ...entry, status: 'rejected', errors: ['bad'] }, ...good] }],
  [
    'the results leave another row open',
    'ruu',
    { failed: [entry], results: [{ ...entry, status: 400 }, good[0], { index: 2, status: 'no' }] },
  ],
  ['the results say that the row that failed was taken', 'uuu', { failed: [entry], results: [{ ...entry, status: 201 }, ...good] }],
  ['a limit was hit beside the list', 'ruu', { failed: [entry], quotaExceeded: true }],
  ['a warning tells of another row', 'ruu', { failed: [entry], warnings: [{ index: 1, dropped: true }] }],
  ['a message counts other failures', 'ruu', { failed: [entry], message: '2 rows failed' }],
  ['a message counts fewer accepted rows', 'ruu', { failed: [entry], message: '1 row accepted' }],
  ['a message in unknown words', 'ruu', { failed: [entry], message: 'Ошибка: все строки' }],
  ['there are two lists, one of them empty', 'uuu', { failed: [entry], FAILED: [] }],
  ['there is another page of it', 'ruu', { failed: [entry], page: 1, totalPages: 2 }],
  ['there is more of it behind a link', 'ruu', { failed: [entry], links: { next: '/failed?page=2' } }],
  ['it is its only page', 'raa', { failed: [entry], page: 1, totalPages: 1, next: null }],
  ['an entry has two indexes', 'uuu', { failed: [{ index: 0, rowIndex: 2 }] }],
  ['an entry has two indexes, by names of different case', 'uuu', { failed: [{ index: 0, Index: 1 }] }],
  [
    'an entry echoes one row and has the key of another',
    'uuu',
    {
      failed: [
        { row: { product_id: 'P1', updated_at: '2025-01-15 08:00:00' }, key: { product_id: 'P0', updated_at: '2025-01-15 08:00:00' } },
      ],
    },
  ],
  [
    'an entry echoes a row, and has its key',
    'ara',
    {
      failed: [
        { row: { product_id: 'P1', updated_at: '2025-01-15 08:00:00' }, key: { product_id: 'P1', updated_at: '2025-01-15 08:00:00' } },
      ],
    },
  ],
  ['an entry has an index and the number that follows', 'raa', { failed: [{ index: 0, rowNumber: 1 }] }],
  ['an entry says how many rows it is about', 'uuu', { failed: [{ index: 0, count: 2 }] }],
  ['an entry has an index, and a list of rows', 'uuu', { failed: [{ index: 0, affectedRows: [0, 2] }] }],
  ['an entry is about a range of rows', 'uuu', { failed: [{ index: 0, toIndex: 2 }] }],
  ['an error within an entry is about another row', 'uuu', { failed: [{ index: 0, errors: [{ index: 2, code: 'X' }] }] }],
  ['the errors within an entry have numbers of their own', 'aar', { failed: [{ index: 2, errors: [{ index: 0 }, { index: 1 }] }] }],
  [
    'the errors within an entry are about its row',
    'aar',
    { failed: [{ index: 2, count: 1, rows: [2], errors: [{ index: 2, code: 'X' }] }] },
  ],
  ['its message says how many of how many', 'raa', { failed: [entry], message: 'Partial success: 2 of 3 records ingested, 1 failed' }],
  ['its message says how many of how many failed', 'raa', { failed: [entry], message: '1 of 3 rows failed' }],
  ['its message counts all rows wrongly', 'ruu', { failed: [entry], message: '2 of 4 records ingested' }],
  ['its message says that all was undone', 'ruu', { failed: [entry], message: 'batch rolled back' }],
  ['a text says that all was undone', 'ruu', { failed: [entry], transaction: 'rolled back' }],
  ['its message says that it ends early', 'ruu', { failed: [entry], message: 'stopped at first failure' }],
  ['a place is where it stopped', 'ruu', { failed: [entry], stoppedAt: 0 }],
  ['a number is that after which it stopped', 'ruu', { failed: [entry], abortedAfter: 1 }],
  ['a number is that of rows that were not taken, too', 'ruu', { failed: [entry], unprocessed: 1 }],
  ['such a number fits all others', 'raa', { failed: [entry], unprocessed: 1, accepted: 2 }],
  ['nothing was stopped', 'raa', { failed: [entry], aborted: 0, rolledBack: false }],
  ['a share is too low', 'ruu', { failed: [entry], passRate: 0.33 }],
  ['a share in percent is too low', 'ruu', { failed: [entry], successRate: '33 %' }],
  ['a share of failures is too high', 'ruu', { failed: [entry], failurePercentage: 66.7 }],
  ['shares fit', 'raa', { failed: [entry], passRate: 0.666, failureRate: '33.3%', errorPercent: 33, ratio: 0.67 }],
  ['its status says that it is complete, with errors', 'raa', { failed: [entry], status: 'COMPLETED_WITH_ERRORS' }],
  ['an entry has an index and another number', 'uuu', { failed: [{ index: 0, rowNumber: 3 }] }],
  ['an entry says that its row is pending', 'uaa', { failed: [{ index: 0, status: 'pending' }] }],
  ['an entry says that its row is tried again', 'uaa', { failed: [{ index: 0, state: 'retrying' }] }],
  ['an entry says that nothing is known of its row', 'uaa', { failed: [{ index: 0, outcome: 'UNKNOWN' }] }],
])('a list of failures: %s', (_, expected, body) => {
  expect(told(207, body)).toBe(expected)
})

test.each<[string, boolean, unknown]>([
  ['says so', true, { message: 'Dry run: all rows valid' }],
  ['says nothing else', true, { message: 'Dry run' }],
  ['finds a row wrong', false, { message: 'Dry run: 1 row invalid' }],
  ['speaks in unknown words', false, { message: 'Probelauf beendet' }],
])('a dry run that was asked for and %s', (_, isBelieved, body) => {
  expect(told(200, body, true)).toBe(isBelieved ? 'aaa' : 'uuu')
})

describe('a refusal', () => {
  test.each<[string, unknown]>([
    ['ruu', { accepted: 2, failed: [entry] }],
    ['ruu', { inserted: 2, failed: [entry] }],
    ['ruu', { data: { acceptedRows: 2, failed: [entry] } }],
    ['ruu', { accepted: [{ index: 1 }, { index: 2 }], failed: [entry] }],
    ['ruu', { status: 'partial_success', failed: [entry] }],
    ['uuu', { status: 'PARTIALLY_ACCEPTED' }],
    ['uuu', { accepted: [entry], failed: [{ index: 1 }] }],
    ['uuu', { written: 2, message: 'Conflict' }],
    ['uuu', { rowsIngested: '3' }],
    ['uuu', { message: '2 of 3 rows were written' }],
    ['uuu', { error: { message: 'Partially processed' } }],
    [
      'uuu',
      {
        results: [
          { index: 0, status: 'rejected' },
          { index: 1, status: 'accepted' },
        ],
      },
    ],
    ['uuu', { accepted: true }],
    ['ruu', { nInserted: 2, writeErrors: [entry], failed: [entry] }],
    ['uuu', { message: 'partial write: a type conflict, dropped=1' }],
    ['uuu', { message: 'Failed at row 2; the rows before it were committed' }],
    ['uuu', { message: 'Inserted 2 rows, 1 failed' }],
    ['uuu', { insertedIds: ['a', 'b'] }],
    ['uuu', { partialSuccess: true }],
    ['uuu', { error: { code: 'PARTIAL_WRITE' } }],
    ['ruu', { successCount: 2, failed: [entry] }],
    ['uuu', { message: 'Stopped at row 1; previous rows committed' }],
    ['uuu', 'partial write: dropped=1'],
    ['uuu', { message: '3 rows were written, others failed' }],
    ['uuu', { message: 'only 2 rows were written' }],
    ['uuu', { message: 'Row 2 is not valid and 2 rows were written' }],
    ['uuu', { message: '2 rows were inserted into the table but 1 failed' }],
    ['uuu', { message: '2 rows were written, 1 row was rolled back' }],
    ['ruu', { status: 207, failed: [entry] }],
    ['ruu', { status: 'COMPLETED_WITH_ERRORS', failed: [entry] }],
    ['uuu', { message: 'wrote 2 then failed' }],
    ['uuu', { message: '2 of 3 rows were loaded' }],
    ['uuu', { message: 'Rows 0 and 1 were committed, row 2 is wrong' }],
    ['uuu', { message: '1 row failed, the others were accepted' }],
    ['uuu', { message: '1 row failed, others accepted' }],
    ['uuu', { message: 'the remaining rows have been queued' }],
    ['uuu', { accepted: ['P0', 'P1'], rejected: ['P2'] }],
    ['uuu', { lastCommittedIndex: 1 }],
    ['uuu', { committedUpTo: 1 }],
    ['uuu', { results: ['inserted', 'inserted', 'failed'] }],
    [
      'uuu',
      {
        results: [
          { index: 0, status: 400 },
          { index: 1, status: 201 },
        ],
      },
    ],
  ])('that says that rows were taken leaves those open that it does not name: %s %j', (expected, body) => {
    expect(refused(body)).toBe(expected)
  })

  test.each<[string, unknown]>([
    ['r', { accepted: 0, failed: [entry] }],
    ['r', { valid: 2, invalid: 1, failed: [entry] }],
    ['r', { processed: 3, total: 3, failed: [entry] }],
    ['-', { received: 3 }],
    ['-', { message: 'only 500 rows are accepted' }],
    ['-', { accepted: ['application/json'] }],
    ['-', { accepted: false, success: false, createdAt: 1, updated: '2025-01-15' }],
    ['-', { maxRows: 2, acceptedRows: 500 }],
    ['-', { message: 'Row 1 is wrong: the rows were not written' }],
    ['-', { message: 'rows of this batch could not have been stored' }],
    ['-', { success: true, message: 'no rows written' }],
    ['-', { message: 'At most 2 rows accepted per request' }],
    ['-', 'limit: 3 records accepted'],
    ['-', { message: 'The others were not accepted' }],
    ['-', { allowed: ['inserted', 'updated'] }],
    ['-', { accepted: ['text/csv', 'application/json'] }],
    ['-', { message: 'Files are loaded 2 at a time' }],
    ['-', { message: 'None of the 3 rows were written' }],
    ['-', { message: 'Request aborted before any rows were written' }],
    ['-', { message: 'Transaction rolled back: 2 rows were inserted before the error' }],
    ['-', { message: 'Bad rows were stored in inv_products_failed_rows' }],
    ['-', { successCount: 0, partial: false }],
    [
      'r',
      {
        results: [
          { index: 0, valid: false, code: 201 },
          { index: 1, valid: true, code: 0 },
        ],
      },
    ],
    [
      'r',
      {
        results: [
          { index: 1, status: 'ok' },
          { index: 0, errors: ['x'] },
        ],
      },
    ],
  ])('that only looked at rows has written nothing: %s %j', (expected, body) => {
    expect(refused(body)[0]).toBe(expected)
    expect(refused(body)).not.toContain('a')
  })

  test.each<[string, unknown]>([
    ['a JSON Pointer', { errors: [{ pointer: '#/data/1/pack_size', code: 'X1', detail: 'bad' }] }],
    ['a JSON Pointer in its source', { errors: [{ source: { pointer: '/data/1/attributes/pack_size' }, code: 'X1', detail: 'bad' }] }],
    ['dots and brackets', { message: 'Invalid', errors: [{ path: 'data[1].pack_size', code: 'X1', message: 'bad' }] }],
    ['brackets and quotes', { violations: [{ propertyPath: "data[1]['pack_size']", code: 'X1', message: 'bad' }] }],
    ['its field', { error: { details: [{ field: 'body.data.1.pack_size', code: 'X1', description: 'bad' }] } }],
    ['steps', { detail: [{ loc: ['body', 'data', 1, 'pack_size'], code: 'X1', msg: 'bad' }] }],
    ['the name it stands under', { errors: { 'data.1.pack_size': [{ code: 'X1', message: 'bad' }] } }],
    ['the name of what is invalid', { 'invalid-params': [{ name: 'data[1].pack_size', code: 'X1', reason: 'bad' }] }],
    ['its index as the name it stands under', { errors: { 1: { code: 'X1', column: 'pack_size', message: 'bad' } } }],
    ['its index, with a list as its error', { failed: [{ index: 1, error: [{ code: 'X1', column: 'pack_size', message: 'bad' }] }] }],
    ['its index, with an object as its errors', { failed: [{ index: 1, errors: { code: 'X1', column: 'pack_size', message: 'bad' } }] }],
    [
      'its index, with details beside its code',
      { failed: [{ index: 1, code: 'X1', column: 'pack_size', message: 'bad', details: ['x'] }] },
    ],
    ['its index, with reasons', { rejected: [{ index: 1, reasons: [{ code: 'X1', column: 'pack_size', message: { value: 'bad' } }] }] }],
  ])('names a row by %s', (_, body) => {
    const { named } = readRefusal(textOf(body), batchOf(3), reading)
    expect(named?.map((verdict) => (verdict.kind === 'rejected' ? verdict.errors : verdict.kind))).toEqual([
      'none',
      [{ code: 'X1', column: 'pack_size', message: 'bad' }],
      'none',
    ])
  })

  test('says what is wrong in any envelope', () => {
    const error = { code: 'X1', message: 'bad' }
    for (const body of [error, { error }, { data: { error } }, { response: { data: { fault: error } } }, [{ error }]])
      expect(readRefusal(textOf(body), batchOf(3), reading)).toEqual({ error })
  })

  test.each<[string, unknown, object]>([
    ['plain text', 'Jwt is missing', { message: 'Jwt is missing' }],
    ['a text in JSON', '"Solution not found"', { message: 'Solution not found' }],
    ['OAuth', { error: 'invalid_token', error_description: 'It expired' }, { code: 'invalid_token', message: 'It expired' }],
    ['a fault', { fault: { faultstring: 'Invalid key' } }, { message: 'Invalid key' }],
    ['nothing', 'null', {}],
  ])('says what is wrong in the form of %s', (_, body, error) => {
    expect(readRefusal(textOf(body), batchOf(3), reading)).toEqual({ error })
  })

  test('counts the rows of a path from 0, whatever an index counts from', () => {
    const byPath = { errors: [{ pointer: '/data/1/pack_size' }] }
    const { named } = readRefusal(textOf(byPath), batchOf(3), { ...reading, rowIndexBase: 1 })
    expect(lettersOf(named ?? [])).toBe('uru')
  })
})

describe('an answer with more than is examined', () => {
  const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`trace_id_${at}`, 1]))
  const values = (count: number) => ({ trace: Array.from({ length: count }, () => 1) })

  test.each<[string, (count: number) => object, number]>([
    ['names', names, 10_000],
    ['values', values, 200_000],
  ])('settles no row, whatever its status says: %s', (_, many, limit) => {
    const body = (count: number) => ({ accepted: 2, failed: [{ index: 1 }], meta: many(count) })
    // The members around those take a few, and names are counted by their hashes.
    expect(told(200, body(limit - 10))).toBe('ara')
    expect(told(200, body(limit * 1.1))).toBe('uuu')
    expect(refused({ errors: [{ index: 1 }], meta: many(limit - 10) })).toBe('uru')
    expect(refused({ errors: [{ index: 1 }], meta: many(limit * 1.1) })).toBe('uuu')
  })

  test('settles no row either where it lies in a text of another', () => {
    const body = (count: number) => ({ accepted: 3, failed: [], body: JSON.stringify(names(count)) })
    expect([told(200, body(9_000)), told(200, body(11_000))]).toEqual(['aaa', 'uuu'])
  })

  test('settles no row either where it lies in many short texts, be they beside or within each other', () => {
    const text = JSON.stringify({ traceId: 'x'.repeat(1_000) })
    const beside = (count: number) => ({ accepted: 3, failed: [], traces: Array.from({ length: count }, () => text) })
    expect([told(200, beside(900)), told(200, beside(1_100))]).toEqual(['aaa', 'uuu'])
    const within = (length: number) => {
      const inner = { traces: Array.from({ length }, (_, at) => at) }
      return { accepted: 3, failed: [], body: JSON.stringify({ body: JSON.stringify({ body: JSON.stringify(inner) }) }) }
    }
    expect([told(200, within(40_000)), told(200, within(65_000))]).toEqual(['aaa', 'uuu'])
  })
})
