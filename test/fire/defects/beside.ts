import { inFile } from './defect.ts'

/** Defects of the rooms beside the way of a row. */
export const BESIDE_DEFECTS = [
  ...inFile(
    'lifecycle/schema-cache.ts',
    ['custom-attributes', 'elsewhere'],
    [
      ['`${tenant.id}\\n${solutionName}`', '`${solutionName}`', 'rows of one tenant are judged by the attributes of another'],
      ['Math.min(RETRY_MS, maxAgeMs)', 'maxAgeMs', 'a schema that could not be read once is not asked for again'],
    ],
  ),
  ...inFile(
    'lifecycle/rollout.ts',
    ['rollout'],
    [['failed.length === 0 && expected.every', 'failed.length === 0 && expected.some', 'a rollout that lacks tables is called complete']],
  ),
  ...inFile(
    'lifecycle/drift.ts',
    ['drift'],
    [["presence === 'required' && hasDefault !== true", "presence === 'required'", 'operators are told of refusals that do not come']],
  ),
  ...inFile(
    'lifecycle/attribute.ts',
    ['attribute'],
    [['minLength > maxLength &&', 'minLength >= maxLength &&', 'a text of one length only is refused']],
  ),
  ...inFile(
    'lifecycle/find-attributes.ts',
    ['elsewhere'],
    [['await read(since)', 'await read()', 'an attribute that was added elsewhere is refused']],
  ),
  ...inFile(
    'lifecycle/find-attributes.ts',
    ['custom-attributes'],
    [[' && !isOfAnother', '', 'rows are held to what another module requires']],
  ),
  ...inFile(
    'lifecycle/table-definition.ts',
    ['save-schema', 'checklist-walk'],
    [["isInAll ? laxest(presences) : 'optional'", 'laxest(presences)', 'rows of one module lack what the table requires for another']],
  ),
  ...inFile(
    'onboarding/steps.ts',
    ['onboarding'],
    [
      ['readings.some((reading)', 'readings.every((reading)', 'a token that works is said not to'],
      ['runs.length === 0 || missing > 0', 'runs.length === 0', 'the dry run counts as done though tables are missing'],
    ],
  ),
  ...inFile(
    'onboarding/dry-run.ts',
    ['onboarding', 'checklist-walk'],
    [['dryRun: true', 'dryRun: false', 'to ask for the checklist writes rows']],
  ),
  ...inFile(
    'quality/ledger.ts',
    ['quality'],
    [
      ['start < until', 'start <= until', 'a minute counts in two periods'],
      ['of.solution === solution && (', '(', 'solutions are counted together'],
      ['start - REMEMBERED_MS', 'start + REMEMBERED_MS', 'what was counted is forgotten at once'],
    ],
  ),
  ...inFile('quality/rejections.ts', ['quality'], [[' || destination.dryRun', '', 'rejections of dry runs are remembered']]),
  ...inFile(
    'quality/report.ts',
    ['quality'],
    [['accepted / rows', 'accepted / (accepted + rejected)', 'unconfirmed rows raise the pass rate']],
  ),
  ...inFile(
    'quality/minutes.ts',
    ['quality', 'edges'],
    [['counts.size >= MAX_KINDS', 'counts.size < MAX_KINDS', 'complaints are not told apart by field']],
  ),
  ...inFile(
    'observability/ingest-metrics.ts',
    ['observability', 'neighbours'],
    [
      ['seconds.observe(ms / 1_000)', 'seconds.observe(ms)', 'requests seem to take a thousand times as long'],
      ["isOpen ? 'open' : 'closed'", "isOpen ? 'closed' : 'open'", 'alarms ring when the upstream is back'],
    ],
  ),
  ...inFile(
    'observability/log.ts',
    ['defects', 'server'],
    [['.filter((line) => /^\\s+at /.test(line))', '', 'a defect puts a value into the log']],
  ),
  ...inFile(
    'observability/log-events.ts',
    ['observability'],
    [
      [
        "if (outcome.status === 'UNCONFIRMED') add(outcome.reason, count)",
        "if (outcome.status === 'UNCONFIRMED') count(outcome.status)",
        'the log does not say why rows are unconfirmed',
      ],
    ],
  ),
  ...inFile(
    'config.ts',
    ['config', 'answers'],
    [['s.ROW_INDEX_BASE === 1 ? 1 : 0', 's.ROW_INDEX_BASE === 1 ? 0 : 0', 'the verdict on a row is told of its neighbour']],
  ),
  ...inFile(
    'settings.ts',
    ['config', 'server'],
    [["!== 'production' || INGESTION_URL", "=== 'production' || INGESTION_URL", 'production runs on the sandbox without anybody knowing']],
  ),
  ...inFile(
    'idempotency/states.ts',
    ['idempotency', 'idempotency-laws'],
    [
      [
        'INTENDED: { UPSERT: true, APPEND: false }',
        'INTENDED: { UPSERT: true, APPEND: true }',
        'a row that may have been appended is appended again',
      ],
    ],
  ),
  ...inFile(
    'idempotency/committer.ts',
    ['idempotency'],
    [['      await ask(group)', '      void ask(group)', 'commits overtake each other']],
  ),
  ...inFile(
    'idempotency/idempotency-key.ts',
    ['idempotency'],
    [['[resource, operation, solution]', '[resource, operation]', 'a key that was used for another solution answers for this one']],
  ),
  ...inFile(
    'idempotency/idempotency-key.ts',
    ['idempotency'],
    [['JSON.stringify([tenantId, key])', 'JSON.stringify([key])', 'one tenant is answered with the outcomes of another']],
  ),
  ...inFile(
    'idempotency/idempotency-key.ts',
    ['row-reader', 'idempotency-door'],
    [
      ['good?.isCompact ?? false', 'good !== undefined', 'the same rows with white space between them are another request'],
      [
        "if ('length' in run) add(",
        "if ('rows' in run && run.rows.length > 1) add(",
        'a row that is parsed alone may change under its key',
      ],
    ],
  ),
  ...inFile(
    'idempotency/entry-writer.ts',
    ['journal', 'idempotency-laws'],
    [['      if (writes.owes(claim.id)) await writes.retry(claim.id)\n', '', 'what the store failed to take is lost at the end']],
  ),
  ...inFile(
    'idempotency/keyed-requests.ts',
    ['keyed-requests'],
    [['    if (!writes.mayOpen(id)) throw unavailable()\n', '', 'outcomes that the store failed to take are forgotten']],
  ),
  ...inFile(
    'idempotency/stored-outcome.ts',
    ['idempotency', 'journal'],
    [['    left[purse] -= bytes\n', '', 'a record grows without end']],
  ),
  ...inFile(
    'store/sqlite-records.ts',
    ['store'],
    [
      [
        "  if (row.fingerprint !== fingerprint) return { kind: 'reused' }\n",
        '',
        'another request under the same key is answered with the outcomes of the first',
      ],
      [' AND owner IS NULL ORDER BY', ' ORDER BY', 'a record is deleted while somebody is at work on it'],
      ['const HELD = `id = ? AND epoch = ?', 'const HELD = `id = ? AND ? > 0', 'who was taken over goes on writing intents'],
    ],
  ),
  ...inFile(
    'store/postgres-statements.ts',
    ['store'],
    [
      ['r.fingerprint = excluded.fingerprint AND ', '', 'another request under the same key goes on with the first'],
      [
        'NOT ${IS_OPENED_SINCE} AND ',
        '',
        'a process that has only just started loses a key that it was given to one that asks at the same time',
      ],
    ],
  ),
  ...inFile(
    'store/postgres-statements.ts',
    ['store-races'],
    [
      [
        'abs(extract(epoch FROM now() - p.seen_at))',
        'extract(epoch FROM now() - p.seen_at)',
        'once the clock of the database was set back, nobody goes on with a request whose process is gone',
      ],
      ['OR j.known > (', 'OR 0 <= (', 'an outcome that a caller was told is lost to whoever settles the request without knowing it'],
    ],
  ),
  ...inFile(
    'store/postgres-statements.ts',
    ['store'],
    [
      [
        ' AND w.body IS NOT NULL)',
        ' AND w.body IS NULL AND w.id IS NULL)',
        'a key is freed with an entry that is written at the same time, and whoever takes it next keeps no journal',
      ],
    ],
  ),
  ...inFile(
    'store/postgres.ts',
    ['store-races'],
    [
      ['      await beaten.catch(() => {})\n', '', 'who has ended holds its keys, where a heartbeat was under way'],
      [
        "writes.some(({ kind }) => kind === 'forget') ? locked(pool, writes, work) : work(pool)",
        'work(pool)',
        'a key is freed while another session writes under it, and whoever takes it next keeps no journal',
      ],
    ],
  ),
  ...inFile(
    'store/sqlite-database.ts',
    ['store-races'],
    [
      ['[file, `${file}-wal`]', '[file]', 'what is told durable is lost with a log that was removed'],
      ['    checkPlace()\n    return result\n', '    return result\n', 'what is told durable is lost with a file that was removed'],
    ],
  ),
  ...inFile(
    'sandbox/ingest.ts',
    ['sandbox', 'import'],
    [
      [
        'ask.data.length > LIMITS.rows',
        'ask.data.length >= LIMITS.rows',
        'the sandbox refuses a batch of exactly as many rows as are taken',
      ],
      ['if (!dryRun) for', 'for', 'a dry run on the sandbox leaves failed rows behind'],
    ],
  ),
  ...inFile(
    'sandbox/server.ts',
    ['sandbox', 'rate'],
    [['times.length >= limit', 'times.length > limit', 'the sandbox takes one request a second more than the upstream']],
  ),
  ...inFile(
    'sandbox/saved-schemas.ts',
    ['save-schema', 'sandbox'],
    [['      if (dryRun === true) return', '      if (dryRun === undefined) return', 'a dry run on the sandbox uses the version up']],
  ),
  ...inFile(
    'replicas/note-keeper.ts',
    ['notes'],
    [['      for (const timer of timers) clearInterval(timer)\n', '', 'a gateway that was closed goes on asking its store']],
  ),
  ...inFile(
    'identity/jwt.ts',
    ['identity'],
    [['before?.entry === entry', 'before !== undefined', 'a credential that was changed is used on for ten minutes']],
  ),
  ...inFile(
    'identity/jwt.ts',
    ['identity-keys'],
    [[' || error instanceof TypeError', '', 'a weak key beside the right one declines every JWT that names none']],
  ),
  ...inFile(
    'quality/ledger.ts',
    ['quality'],
    [['    unknown.forget(tenantId)\n', '', 'what a tenant sent before its token was known takes room from others for a day']],
  ),
  ...inFile('observability/reports.ts', ['drift'], [['if (differences.length === 0) return', '', 'tables as declared are warned of']]),
  ...inFile(
    'util/once-per-minute.ts',
    ['replicas'],
    [['    toldAt.set(subject, now())\n', '', 'what is said once a minute is said each second']],
  ),
  ...inFile(
    'observability/tracing.ts',
    ['tracing'],
    [['    if (result.sent.rows === 0) request.queuedAt = undefined\n', '', 'rows that were refused at once seem to have waited']],
  ),
  ...inFile(
    'observability/otel-sdk.ts',
    ['tracing'],
    [['      decided = undefined\n', '', 'a batch of several callers is in the trace of a request that came before it']],
  ),
  ...inFile(
    'observability/store-metrics.ts',
    ['observability'],
    [
      [
        'if (figures === undefined) this.remove()\n        else',
        'if (figures !== undefined)',
        'while the store is away its last figures are told as those of now',
      ],
    ],
  ),
  ...inFile(
    'observability/log-events.ts',
    ['request-ids'],
    [['...(tenantId !== undefined && { tenant: tenantId }), ', '', 'the log does not say whose requests are withheld']],
  ),
  ...inFile(
    'lifecycle/drift.ts',
    ['drift'],
    [['isKey !== undefined && !declared', '!declared', 'an upstream that does not say what is a key is said to differ']],
  ),
  ...inFile(
    'onboarding/steps.ts',
    ['onboarding'],
    [['(found.prefix ?? solution.prefix) === solution.prefix &&', '', 'a solution with another prefix upstream is said to be the same']],
  ),
  ...inFile(
    'settings.ts',
    ['config'],
    [['.pipe(z.array(solution).min(1))', '.pipe(z.array(solution))', 'a gateway starts that has no solution']],
  ),
  ...inFile(
    'lifecycle/schema-cache.ts',
    ['custom-attributes'],
    [['unread.peek(key) !== entry || ', '', 'the tables of before a change count after it']],
  ),
  ...inFile(
    'onboarding/checklist.ts',
    ['onboarding'],
    [['code: error.code, message: error.message', "code: error.code, message: ''", 'the checklist says that a step failed, and not why']],
  ),
  ...inFile(
    'observability/reports.ts',
    ['observability'],
    [['      if (mayTellNewer())\n', '', 'each request with a key of a newer version is a line in the log']],
  ),
  ...inFile(
    'store/postgres.ts',
    ['store'],
    [['  await pool.query(sql.DELETE_PROCESSES)\n', '', 'processes that have ended are kept for ever']],
  ),
  ...inFile('store/sqlite.ts', ['store'], [['() => worker.terminate()', 'async () => {}', 'a program that closes its store does not end']]),
  ...inFile(
    'store/sqlite-records.ts',
    ['store'],
    [['WHERE settled_at IS NULL', 'WHERE settled_at IS NOT NULL', 'the alarm of open records tells of settled ones']],
  ),
  ...inFile('errors.ts', ['recorded'], [['retryable: true', 'retryable: false', 'nobody is told when to try again']]),
  ...inFile(
    'main.ts',
    ['stopping'],
    [
      ["'SIGTERM', 'SIGINT', 'SIGHUP'", "'SIGTERM'", 'Ctrl-C, or a terminal that is closed, breaks off what is under way'],
      ['config.http.shutdownDelayMs + config', 'config', 'a gateway that was told to wait breaks off before it has begun to stop'],
    ],
  ),
  ...inFile(
    'sandbox/tables.ts',
    ['sandbox-told'],
    [
      [
        'solutionName === undefined || solution.solutionName === solutionName',
        'true',
        'the sandbox takes rows by a solution that has no such table',
      ],
    ],
  ),
]
