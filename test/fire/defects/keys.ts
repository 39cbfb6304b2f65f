import { inFile } from './defect.ts'

/** Defects of requests with a key: what is recorded, when rows leave, and what is told. */
export const KEYS_DEFECTS = [
  ...inFile(
    'ingest/departure.ts',
    ['journaled-sending', 'keyed-simulation'],
    [
      ['.catch(() => false)', '.catch(() => true)', 'an APPEND leaves although it could not be recorded that it does'],
      [
        'if (left.length === journaled.length && !signal.aborted)',
        'if (left.length > 0 && !signal.aborted)',
        'rows that may not leave go with those that may',
      ],
    ],
  ),
  ...inFile(
    'idempotency/committer.ts',
    ['idempotency', 'idempotency-unusable-stores'],
    [
      [
        'setTimeout(hang, STORE_TIMEOUT_MS)',
        'setTimeout(() => {}, STORE_TIMEOUT_MS)',
        'a store that hangs keeps callers waiting whose rows have their outcomes',
      ],
      ['        clearTimeout(timer)\n', '', 'a store that was quick is taken for one that hangs'],
      ['if (left !== undefined) one.reject(left)\n      else if (', 'if (', 'each who comes waits for a store that hangs'],
    ],
  ),
  ...inFile(
    'idempotency/journal.ts',
    ['keyed-requests', 'keyed-simulation'],
    [
      ['} while (recording.length > 0)', '} while (false)', 'an outcome is told that a crash makes unknown again'],
      ["      stopped = 'taken over'\n", '', 'who was taken over tells rows as not sent that the other has written'],
    ],
  ),
  ...inFile(
    'idempotency/fold.ts',
    ['idempotency-door'],
    [
      [
        'mayBeTakenLater(outcome) ?',
        "outcome.status === 'REJECTED' && outcome.retryable ?",
        'a key whose token was refused is refused for good',
      ],
    ],
  ),
  ...inFile(
    'idempotency/fold.ts',
    ['idempotency', 'keyed-simulation'],
    [
      [
        'isNotTaken && !claim.withdraw(row, entry.number)',
        'isNotTaken',
        'a rejection by one process frees a row that another may have appended',
      ],
      [
        "entry.kind === 'withdrawn' || outcome?.status === 'REJECTED'",
        "entry.kind === 'withdrawn'",
        'a row that was not taken is never sent again',
      ],
    ],
  ),
  ...inFile(
    'idempotency/doubts.ts',
    ['journal', 'keyed-simulation'],
    [['(toldAt[row] as number) < claim.epoch - 1', 'false', 'an UPSERT that an interrupted process wrote is called rejected']],
  ),
  ...inFile(
    'idempotency/entry-writer.ts',
    ['journal', 'keyed-simulation'],
    [
      ['const own = isWritten ? []', 'const own = last ? []', 'the last outcome of a claim that was taken over is lost'],
      ['isComplete: () => left === 0', 'isComplete: () => false', 'each request with a key costs a commit more'],
      [
        "        writes.owe(writeOf('fact', { kind: 'withdrawn', ...stamp(), rows }))\n",
        '',
        'an intent that could not be written is never withdrawn',
      ],
    ],
  ),
  ...inFile(
    'idempotency/create-idempotency.ts',
    ['idempotency-records', 'keyed-simulation'],
    [
      ['(toldAt[row] as number) < epoch', 'false', 'an UPSERT that is being written is called rejected'],
      ['=== SWEPT_AT_ONCE);', '> SWEPT_AT_ONCE);', 'more records come in than are swept'],
    ],
  ),
  ...inFile(
    'idempotency/keyed-requests.ts',
    ['keyed-requests', 'keyed-simulation'],
    [
      ['    if (journal.isTakenOver()) throw inProgress()\n', '', 'who was taken over tells what it does not know'],
      ['if (await isOwned(opened)) throw reused()', 'throw reused()', 'a stranger who tries a key has its owner declined'],
    ],
  ),
  ...inFile(
    'idempotency/fold.ts',
    ['idempotency'],
    [
      [
        "if (states[row] === 'SETTLED' && !isConfirmed) return",
        "if (states[row] === 'SETTLED') return",
        'a row of which it came out that it was written is told as unknown for good',
      ],
      [
        "(state === 'UNSENT' && isStuck(outcomes[row]))",
        'isStuck(outcomes[row])',
        'a row that is on its way once more is told as refused for good',
      ],
    ],
  ),
]
