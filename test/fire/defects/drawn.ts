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
    [['while (pending.size > 0) await', 'await', 'what is told while the process ends is lost']],
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
]
