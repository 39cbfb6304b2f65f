import { inFile } from './defect.ts'

/** Defects of those who send rows to a gateway: the client, and the page that has a file. */
export const SENDERS_DEFECTS = [
  ...inFile(
    'client/ingest-request.ts',
    ['client-manners'],
    [
      [
        'texts.filter((_, at) => places.has(at)).length !== listed',
        'places.size !== listed',
        'a row that an answer misnames counts as accepted',
      ],
      ['acceptedCount + listed !== texts.length ||', '', 'rows that an answer leaves out count as accepted'],
    ],
  ),
  ...inFile(
    'client/send-chunk.ts',
    ['client-manners', 'client'],
    [
      [
        'key: sending.key && `${sending.key}:${number}`',
        'key: sending.key',
        'the second chunk of a run is declined for the key of the first',
      ],
      ["target.operation === 'append' || ", '', 'rows are appended without the key that keeps them from being written twice'],
      ['    settled.failure = undefined\n', '', 'a run ends by an answer that was put right when it was asked for again'],
    ],
  ),
  ...inFile(
    'client/run.ts',
    ['client-manners'],
    [[' || sharesKey(chunk, underWay.values())', '', 'of two rows of a key the earlier one is written last']],
  ),
  ...inFile('client/retry.ts', ['client-manners', 'client'], [[" || code === 'UNREACHABLE'", '', 'a lost connection ends a run']]),
  ...inFile(
    'client/chunks.ts',
    ['client-rows'],
    [['size + bytes > CHUNK.bytes', 'size > CHUNK.bytes', 'a request is larger than any gateway takes']],
  ),
  ...inFile(
    'client/row-text.ts',
    ['client-rows'],
    [["typeof value === 'number' && !Number.isFinite(value)", 'Number.isNaN(value)', 'an infinite number is written as null']],
  ),
  ...inFile(
    'client/upstream-row.ts',
    ['client-rows'],
    [['field === undefined || field in renamed', 'field === undefined', 'of a column that comes twice one value is dropped']],
  ),
  ...inFile(
    'client/transport.ts',
    ['client-manners'],
    [[' && (await known) === refused', '', 'each of the requests that were refused together asks for a token']],
  ),
  ...inFile(
    'client/outcome-queue.ts',
    ['client-manners'],
    [['isRead && number - next >= most', 'isRead && number < next', 'memory grows with all that its reader is behind']],
  ),
  ...inFile(
    'client/stop-rules.ts',
    ['client-manners', 'client'],
    [['rejected <= maxRejected', 'rejected < maxRejected', 'a run stops at a row that may be rejected']],
  ),
  ...inFile(
    'client/tally.ts',
    ['client'],
    [['told.get(sent++)', 'told.get(place)', 'rows behind one that cannot be sent have the outcome of another']],
  ),
  ...inFile(
    'console/file/send-rows.ts',
    ['console-load'],
    [['if (isRagged(row.cells, plan.headers.length))', 'if (row.cells.length === 0)', 'rows whose cells are shifted are written']],
  ),
  ...inFile(
    'console/load/plan.ts',
    ['console-load'],
    [["operation === 'append' && !isNew", 'isNew', 'a file that is dropped again is appended once more']],
  ),
  ...inFile(
    'console/load/corrections.ts',
    ['console-load'],
    [['!isStopped && numbers.has(row.number)', 'numbers.has(row.number)', 'corrected rows count as accepted though nobody has answered']],
  ),
  ...inFile(
    'console/load/create-tasks.ts',
    ['console-load'],
    [['`${input.key}:${hashText(JSON.stringify(rows))}`', 'input.key', 'corrected rows are declined for the key of their file']],
  ),
  ...inFile(
    'console/file/read-xlsx.ts',
    ['console-files'],
    [['  expectResults(sheet, width)\n', '', 'rows of a workbook lose what its formulas stand for']],
  ),
  ...inFile(
    'tabular/read/csv-records.ts',
    ['console-files', 'import-reading'],
    [['line = lines.lineAt(bytes)', 'line += 1', 'what is wrong is looked for in the wrong line']],
  ),
  ...inFile(
    'tabular/convert-cell.ts',
    ['tabular'],
    [['Number.isFinite(value) && isHeld(written, value)', 'Number.isFinite(value)', 'long numbers of a file lose their last digits']],
  ),
  ...inFile(
    'tabular/match-headers.ts',
    ['tabular'],
    [["typeof target === 'string' && first < other", 'false', 'of two columns of a file that are one the second wins in silence']],
  ),
  ...inFile(
    'tabular/make-row.ts',
    ['tabular'],
    [['whole === undefined || isObject ?', 'true ?', 'custom attributes that cannot be read are dropped in silence']],
  ),
  ...inFile('client/retry.ts', ['client-manners'], [['status >= 500', 'status > 500', 'a page with status 500 ends a run']]),
  ...inFile('client/run.ts', ['client-manners'], [['    stop.end()\n', '', 'each run leaves a listener with the signal of its caller']]),
  ...inFile(
    'client/send-chunk.ts',
    ['client-manners'],
    [['    if (next.retryableCount < payload.retryableCount) rounds = 0\n', '', 'rows are given up while fewer are left each time']],
  ),
  ...inFile(
    'client/stop-rules.ts',
    ['client-manners'],
    [
      [
        'payload.acceptedCount + payload.unconfirmedCount > 0',
        'payload.acceptedCount > 0',
        'refused rows beside one that may be written end a run',
      ],
    ],
  ),
  ...inFile(
    'client/transport.ts',
    ['client-manners'],
    [["status !== 401 && code !== 'UNAUTHENTICATED'", 'status !== 401', 'a token that has expired ends a run at its first query']],
  ),
  ...inFile(
    'console/file/scan.ts',
    ['console-files'],
    [['    signal.throwIfAborted()\n', '', 'a file whose reading was cancelled is read to its end']],
  ),
  ...inFile(
    'tabular/read/gzip-ratio.ts',
    ['console-files'],
    [['given > taken * MAX_RATIO', 'given > taken + MAX_RATIO', 'no gzip file of some size can be loaded']],
  ),
  ...inFile(
    'console/load/rejected-csv.ts',
    ['console-files'],
    [['.filter(({ name }) => !isRejectedColumn(name))', '', 'rejected rows of a file of rejected rows cannot be loaded']],
  ),
  ...inFile(
    'console/parts/number-text.ts',
    ['console-load'],
    [['Math.min(99.9, Math.max(0.1, share * 100))', 'share * 100', '100 % are said to be accepted where some rows were not']],
  ),
  ...inFile(
    'console/session/store.ts',
    ['console-load'],
    [['() => watchers.delete(onChange)', '() => {}', 'what has left the page is drawn on']],
  ),
  ...inFile(
    'cli/import/failure.ts',
    ['import-bad-input'],
    [['text.replaceAll("\'", "\'\\\\\'\'")', 'text', 'a command to be copied ends at a quote']],
  ),
  ...inFile(
    'cli/import/options.ts',
    ['import-bad-input'],
    [["url.username !== '' || url.password", 'url.password', 'the user of an address is taken, and shown']],
  ),
  ...inFile(
    'client/outcome-queue.ts',
    ['client-manners'],
    [['if (isRead) waiting.set', 'waiting.set', 'outcomes that nobody reads are kept to the end of a run']],
  ),
  ...inFile(
    'cli/import/columns.ts',
    ['import-reading'],
    [['files.every(({ headers })', 'files.some(({ headers })', 'a mapping for one file of a folder ends the load of all']],
  ),
  ...inFile(
    'cli/import/guard.ts',
    ['import-reading'],
    [['  if (!earlier.isTold) return\n', '', 'a file of which nothing came through cannot be appended any more']],
  ),
  ...inFile(
    'cli/import/load.ts',
    ['import'],
    [
      [
        'accepted + unconfirmed > 0) onWritten',
        'accepted > 0) onWritten',
        'a file of unconfirmed rows is appended again when the gateway has forgotten it',
      ],
    ],
  ),
  ...inFile(
    'cli/import/catalogue.ts',
    ['import-reading'],
    [
      [
        'const found = inSolution.length > 0 ? inSolution : all',
        'const found = all',
        'of two resources of one object the solution does not decide',
      ],
    ],
  ),
  ...inFile(
    'client/transport.ts',
    ['client-edges'],
    [
      ['        clearTimeout(timer)\n', '', 'a program does not end for two minutes after its last request'],
      ['        stop.signal.throwIfAborted()\n', '', 'a query that was stopped is answered with nothing'],
    ],
  ),
  ...inFile(
    'client/retry.ts',
    ['client-edges'],
    [
      ['pauseMs(nth, error', 'pauseMs(1, error', 'a gateway that is away is asked twice a second'],
      ['nth < triesFor', 'nth <= triesFor', 'what fails is tried once more than is said'],
    ],
  ),
  ...inFile(
    'client/ingest-request.ts',
    ['client'],
    [['only: [REJECTED, UNCONFIRMED]', 'only: [REJECTED]', 'a request of which a row is unconfirmed ends the run']],
  ),
  ...inFile(
    'cli/import/load-plan.ts',
    ['import-told'],
    [
      [
        'finishedAt: null, mayBeWritten: true',
        'finishedAt: null, mayBeWritten: false',
        'a file that is changed after its load was killed is appended again as a whole',
      ],
    ],
  ),
  ...inFile(
    'cli/import/options.ts',
    ['import-told'],
    [["url.username !== '' || url.password !== ''", "url.username !== ''", 'a password in --url is kept beside the file']],
  ),
  ...inFile(
    'cli/import/rejected-file.ts',
    ['import-reading'],
    [['.filter(([name]) => !isRejectedColumn(name))', '', 'a row that is rejected again stands with what was wrong with it before']],
  ),
  ...inFile(
    'console/file/run-task.ts',
    ['browser/console-pages'],
    [['once(rows), { ...running, key })', 'once(rows), running)', 'a correction that is sent twice is appended twice']],
  ),
  ...inFile(
    'console/setup/rollout-form.tsx',
    ['browser/console-pages'],
    [
      [
        'targetSchemaName, ...(module',
        "targetSchemaName: 'STAGE', ...(module",
        'tables are rolled out to another schema than the one that was typed in',
      ],
    ],
  ),
  ...inFile(
    'console/session/use-query.ts',
    ['browser/console-pages'],
    [['state.question === question ? state : unanswered', 'state', 'the outcomes of one solution are shown as those of another']],
  ),
]
