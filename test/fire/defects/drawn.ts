import { inFile } from './defect.ts'

/** Defects of lines that were drawn by lot: no test found these until one was written for each. */
export const DRAWN_DEFECTS = [
  ...inFile(
    'graphql/cost/answer-weights.ts',
    ['document-cost'],
    [['bytesPerRow: row - once', 'bytesPerRow: row', 'answers that there is room for are declined']],
  ),
  ...inFile(
    'graphql/fields/me-query.ts',
    ['identity'],
    [
      [
        'right: ingestRight(resource, operation)',
        "right: ingestRight(resource, 'UPSERT')",
        'a caller is told that it may append, and may not',
      ],
    ],
  ),
  ...inFile(
    'graphql/plugins/literals-rule.ts',
    ['server'],
    [["'EnumValue', ", '', 'rows are sent, and their outcomes lost to a wrong literal behind them']],
  ),
  ...inFile(
    'graphql/plugins/use-documents.ts',
    ['document-limits'],
    [['text.length + 1', '1', 'documents that are kept take eight times the memory']],
  ),
  ...inFile(
    'graphql/plugins/use-row-limit.ts',
    ['inbound-limits'],
    [['actual === undefined || actual > maxRows) return', 'actual === undefined) return', 'rows that are declined spend what may come']],
  ),
  ...inFile('http/cors.ts', ['door'], [['idempotency-key|', '', 'a listed page cannot send its rows once']]),
  ...inFile(
    'http/read-body.ts',
    ['reading-turns'],
    [['(rest, shared)\n      large = undefined\n', '(rest, shared)\n', 'the rows of one caller stand in the body of another']],
  ),
  ...inFile(
    'identity/key-set.ts',
    ['identity-keys'],
    [['      hasFailed = false\n    } catch', '    } catch', 'after one failure of its issuer a made-up JWT is told to come again']],
  ),
  ...inFile(
    'idempotency/retried-writes.ts',
    ['keyed-requests'],
    [['      count--\n', '', 'after ten thousand writes of a store that was away no key is taken until a restart']],
  ),
  ...inFile(
    'idempotency/create-idempotency.ts',
    ['idempotency-records'],
    [['      await committer.idle()\n', '', 'what is told while the process ends is lost']],
  ),
  ...inFile(
    'store/sqlite-worker.ts',
    ['store'],
    [[" || commands.some(({ name }) => name === 'close')", '', 'what is written as the store is closed is lost']],
  ),
  ...inFile(
    'store/postgres-migrate.ts',
    ['store'],
    [['client.release(true)', 'client.release()', 'after one transaction that failed a session fails all that is asked']],
  ),
  ...inFile(
    'replicas/note-keeper.ts',
    ['notes'],
    [
      ['store.isShared || !incoming.hasRead()', 'store.isShared', 'solutions are forgotten where the store was slow at the start'],
      ['if (!pending.has(keyOf(note))) put(note)', 'put(note)', 'counts of rows fall back to what they were'],
    ],
  ),
  ...inFile(
    'observability/reports.ts',
    ['observability'],
    [['      outage = undefined\n', '', 'a second outage of the store is not told of']],
  ),
  ...inFile(
    'onboarding/steps.ts',
    ['onboarding'],
    [['rejected + unconfirmed === 0', 'rejected === 0', 'with rows that may be lost the checklist is done']],
  ),
  ...inFile(
    'ingest/limits/tenant-limits.ts',
    ['rate'],
    [['release === undefined || signal?.aborted', 'release === undefined', 'rows leave whose callers were told that they never will']],
  ),
  ...inFile(
    'ingest/batcher.ts',
    ['recorded'],
    [
      [
        '${resource.module}.${resource.object}',
        '${resource.object}',
        'rows of two modules that call a table alike are sent as those of one',
      ],
    ],
  ),
  ...inFile(
    'ingest/attempts.ts',
    ['attempts'],
    [['lastTurn - performance.now()', 'lastTurn + performance.now()', 'rows that never left are told as unconfirmed']],
  ),
  ...inFile(
    'graphql/fields/save-schema-mutation.ts',
    ['save-schema'],
    [["exposeString('appName'", "exposeString('appVersion'", 'a saved schema is told under the name of its version']],
  ),
  ...inFile(
    'upstream/answer/claims.ts',
    ['recorded'],
    [['        TAKEN.has(plainName(name)) ||\n', '', 'a refusal is believed that says when its row was written']],
  ),
  ...inFile(
    'upstream/read-refusal.ts',
    ['recorded'],
    [
      [
        'generalError(of, undefined, depth - 1)',
        'generalError(of, depth - 1, undefined)',
        'a refusal of ever so many envelopes is read to its end',
      ],
    ],
  ),
  ...inFile(
    'upstream/schema-wire.ts',
    ['recorded'],
    [['>= 400 || /^(?:false', '>= 400 || /(?:false', 'a change that was made is told as refused']],
  ),
  ...inFile(
    'upstream/client.ts',
    ['recorded'],
    [['Number.parseInt(hex, 16)', 'Number.parseInt(hex)', 'the answer to another request is believed where its id is escaped']],
  ),
  ...inFile(
    'ingest/upstream-words.ts',
    ['recorded', 'upstream-words'],
    [
      [
        'names.has(column.toLowerCase())',
        'names.has(column)',
        'the column of an issue is not told where the upstream writes it in capitals',
      ],
    ],
  ),
  ...inFile(
    'ingest/submitted-cells.ts',
    ['recorded', 'upstream-words'],
    [['MAX_CELLS = 200_000', 'MAX_CELLS = 200_001', 'one cell more is looked at than there is room for']],
  ),
  ...inFile(
    'ingest/batch.ts',
    ['recorded'],
    [['waitingSince: performance.now(),', '', 'rows that are sent again by themselves seem to have waited since they came']],
  ),
  ...inFile(
    'graphql/types/ingest-payload.ts',
    ['recorded'],
    [['retryableCount ?? count', 'count', 'a caller is told to come again with a key that sends nothing more']],
  ),
  ...inFile('rows/compiled-checks.ts', ['recorded'], [['      lastText = text\n', '', 'an empty timestamp is that of a row before it']]),
  ...inFile(
    'resource/define-resource.ts',
    ['recorded'],
    [['column.allowed ?? column.maxLength', 'column.maxLength', 'a list of texts may be declared for a number']],
  ),
  ...inFile(
    'util/request-origin.ts',
    ['recorded'],
    [['flagsOf(traceparent), 16) & 1', 'flagsOf(traceparent)) & 1', 'the trace of a shared request is lost where a flag is a letter']],
  ),
  ...inFile(
    'ingest/limits/limited-call.ts',
    ['recorded'],
    [["      turn.addEventListener('abort', giveUp)\n", '', 'a schema call waits for others for as long as these take']],
  ),
  ...inFile(
    'idempotency/entry-writer.ts',
    ['journal'],
    [
      [
        'if (!isRefusedForAll(outcomes?.next().value)) note(row)',
        'note(row)',
        'rows that were refused for a token and are sent again are settled before they are answered',
      ],
    ],
  ),
  ...inFile(
    'graphql/fields/find-solution.ts',
    ['arguments'],
    [['  validate: named,\n', '', 'a name of a solution of any length is looked up']],
  ),
  ...inFile(
    'onboarding/steps.ts',
    ['recorded'],
    [["failures[0]?.message ?? 'Nothing", "failures[1]?.message ?? 'Nothing", 'the checklist says that nothing was read, and not why']],
  ),
  ...inFile(
    'observability/tracing.ts',
    ['tracing'],
    [["...(rows !== undefined && { 'rowgate.rows': rows })", '', 'a span of a call does not say of how many rows it was']],
  ),
  ...inFile('app.ts', ['sandbox'], [['      await sandbox?.close()\n', '', 'an embedded sandbox outlives its gateway']]),
  ...inFile('util/files.ts', ['sandbox'], [['  makeFolder(dirname(folder))\n', '', 'a file in a folder of a new folder is not made']]),
  ...inFile(
    'sandbox/ingest.ts',
    ['sandbox-told'],
    [['[name.toLowerCase(), value]', '[name, value]', 'the sandbox refuses columns in capitals, which the upstream takes']],
  ),
  ...inFile(
    'cli/import/plan.ts',
    ['import-told'],
    [['map((name) => name.trim())', 'map((name) => name)', 'a mapping of a header with white space about it is refused']],
  ),
  ...inFile(
    'console/load/create-tasks.ts',
    ['console-load'],
    [['      onProgress()\n', '', 'the page stands still between the click and the first answer']],
  ),
  ...inFile(
    'console/file/read-rows.ts',
    ['console-files'],
    [['    return false\n', '    return true\n', 'a JSON document that is laid out over lines cannot be read']],
  ),
]
