import { inFile } from './defect.ts'

/** Defects of the room that decides what is sent, when, and what came of it. */
export const INGEST_DEFECTS = [
  ...inFile(
    'ingest/batcher.ts',
    ['identity'],
    [
      [
        '${tenant.credential.reveal()}\\n${prefix}',
        '${prefix}',
        'a token that was replaced is used for new rows, as long as there are always rows on their way',
      ],
    ],
  ),
  ...inFile(
    'ingest/batcher.ts',
    ['queue', 'compiled-selection', 'ingest'],
    [
      ['return `${tenant.id}\\n', 'return `', 'rows of two tenants share a request, under the token of one'],
      [
        'if (withdrawn !== undefined) queue[withdrawn]()',
        '',
        'rows that were gathered when the process stopped are sent after all others were given back',
      ],
      ['waiting + rows <=', 'waiting + rows <', 'the room for rows that wait is never filled'],
      [
        "'bulk' ? maxQueuedRows * BULK_ROOM : maxQueuedRows",
        "'bulk' ? maxQueuedRows : maxQueuedRows * BULK_ROOM",
        'imports have the room of small mutations',
      ],
      ['return `${operation} ${dryRun} ', 'return `${dryRun} ', 'an APPEND leaves as an UPSERT, or the other way round'],
    ],
  ),
  ...inFile(
    'ingest/limits/circuit-breaker.ts',
    ['breaker', 'sending'],
    [
      ['failures >= FAILURES_TO_OPEN', 'failures > FAILURES_TO_OPEN', 'one failure more until the upstream is spared'],
      ['hasFailed ? failures + 1 : 0', 'hasFailed ? failures + 1 : failures', 'ten failures in a day withhold the requests of a tenant'],
      ["kind === 'unsent' || (kind", '(kind', 'refused connections never open the breaker'],
    ],
  ),
  ...inFile(
    'ingest/destination-queue.ts',
    ['queue', 'ingest'],
    [
      ['    limits.waiting[chunk.priority] -= rowsIn(unsent)\n', '', 'rows that were given up on count as waiting for ever'],
      [
        '    if (left === 0) answer(outcomes)\n',
        '    if (left <= 1) answer(outcomes)\n',
        'a mutation is answered before its last row is settled',
      ],
    ],
  ),
  ...inFile(
    'ingest/send-batch.ts',
    ['repeats', 'sending'],
    [
      [' || performance.now() >= until', '', 'a batch is divided on when its time is up'],
      ['requests += attempted.requests', 'requests += 1', 'repeats do not count to the forty requests of a batch'],
    ],
  ),
  ...inFile(
    'ingest/retry-policy.ts',
    ['attempts', 'queue', 'sending'],
    [["if (verdict.kind === 'accepted') return\n", '', 'rows that were accepted are sent again']],
  ),
  ...inFile(
    'ingest/retry-policy.ts',
    ['named-refusals', 'sending'],
    [["'APPEND' && !bisectAppend", "'APPEND' && bisectAppend", 'a declined APPEND is sent again without anybody having allowed that']],
  ),
  ...inFile(
    'ingest/limits/fair-semaphore.ts',
    ['queue', 'neighbours'],
    [['    last = priority\n', '', 'imports are starved by small mutations, or the other way round']],
  ),
  ...inFile(
    'ingest/limits/circuit-breaker.ts',
    ['neighbours'],
    [
      ['leftAt < answeredAt || earlier >= COUNTED_PER_TENANT', 'leftAt < answeredAt', 'one tenant withholds the requests of all'],
      ['leftAt < answeredAt || earlier', 'earlier', 'the host is spared although it has just answered'],
    ],
  ),
  ...inFile(
    'ingest/ingest.ts',
    ['edges', 'ingest'],
    [
      ['if (issues !== last.issues)', 'if (issues.length !== last.issues.length)', 'a row is told the issues of another'],
      ['judged.count > maxBatchRows', 'judged.count >= maxBatchRows', 'a mutation of exactly one batch is made to wait as bulk'],
      ['asked ?? (judged', '(judged', 'what says that it may wait goes before what does not'],
    ],
  ),
  ...inFile(
    'ingest/limits/limited-call.ts',
    ['schema-reads'],
    [['AbortSignal.timeout(maxWaitMs), ', '', 'a schema call waits for its turn without end']],
  ),
  ...inFile(
    'ingest/outcome.ts',
    ['answers', 'repeats', 'sending', 'quality'],
    [
      ['outcomes[to] === outcome', 'outcomes[to]?.status === outcome.status', 'all issues of a mutation are counted as its first'],
      ["'UPSERT' || dryRun", "'UPSERT' && dryRun", 'an unconfirmed UPSERT is said to be unsafe to send again'],
      [
        "earlier?.status === 'UNCONFIRMED' &&",
        "earlier?.status !== 'UNCONFIRMED' &&",
        'a row that may have been written is called rejected',
      ],
    ],
  ),
  ...inFile(
    'ingest/send-batch.ts',
    ['sending'],
    [['inVain = hasGoodRows ? undefined : refusal', 'inVain = refusal', 'good rows of later batches are rejected with the bad ones']],
  ),
  ...inFile(
    'ingest/repeated-keys.ts',
    ['keys'],
    [[', resource.graphqlName, dryRun]', ', resource.graphqlName]', 'a dry run keeps the same rows from being appended after it']],
  ),
  ...inFile(
    'ingest/repeated-keys.ts',
    ['idempotency-door', 'journaled-sending'],
    [['if (accepted === undefined) return []', 'return []', 'an UPSERT that is sent again undoes a later row of its key']],
  ),
  ...inFile(
    'ingest/retry-policy.ts',
    ['retry-budget'],
    [
      ['* RESERVE_PER_SECOND) / 1_000', '* RESERVE_PER_SECOND) / 60_000', 'ten repeats a minute instead of a second'],
      ['const KEPT_SECONDS = 10', 'const KEPT_SECONDS = 60', 'six times as many repeats at a failing upstream'],
    ],
  ),
  ...inFile(
    'ingest/retry-policy.ts',
    ['statuses', 'repeats', 'sending'],
    [
      ['UNAVAILABLE: { UPSERT: 5, APPEND: 1,', 'UNAVAILABLE: { UPSERT: 5, APPEND: 5,', 'an APPEND is written twice after a 503'],
      ['errors.every(', 'errors.some(', 'a row that was refused for good is sent again and again'],
      ['return askedMs + Math', 'return 0 * askedMs + Math', 'nobody waits as long as the upstream asked'],
    ],
  ),
  ...inFile(
    'ingest/row-queue.ts',
    ['queue', 'ingest', 'edges'],
    [
      ['const end = Math.min(to, from + left)', 'const end = to', 'a request has more rows than the upstream takes'],
      ['      own.forEach(letGo)\n', '', 'the keys of rows that were given up on stay locked'],
      ['if (rows === undefined) locked.remove(key)', 'locked.remove(key)', 'two rows of one key are under way at once'],
    ],
  ),
  ...inFile(
    'ingest/send-batch.ts',
    ['edges', 'queue', 'repeats'],
    [
      ['request.byteLength > maxBatchBytes', 'request.byteLength >= maxBatchBytes', 'a request of exactly the largest size is cut in two'],
      ['latestOf([first, ...parts])', 'first.mayBeWrittenUntil', 'a later write of a key overtakes a part that was given up on'],
    ],
  ),
  ...inFile(
    'ingest/settle.ts',
    ['named-refusals'],
    [[' || named !== undefined,\n', ',\n', 'rows beside the bad ones are said not to be worth another try']],
  ),
  ...inFile(
    'ingest/limits/tenant-limits.ts',
    ['rate', 'neighbours'],
    [
      ['const TOO_MANY_REQUESTS = 429', 'const TOO_MANY_REQUESTS = 503', 'a tenant that is told to slow down does not'],
      ['      release?.()\n', '', 'after 256 requests none leaves any more'],
      ['ms < QUICK_MS && !isFailure', '!isFailure', 'tenants of a slow upstream take the permits kept for quick ones'],
    ],
  ),
  ...inFile(
    'ingest/upstream-words.ts',
    ['upstream-words'],
    [['digits.length < 3 ||', 'digits.length < 6 ||', 'a number that is a cell of another caller is echoed']],
  ),
  ...inFile(
    'ingest/submitted-cells.ts',
    ['upstream-words'],
    [['new Set<string>([credential.reveal()])', 'new Set<string>()', 'a token is echoed']],
  ),
  ...inFile(
    'ingest/attempts.ts',
    ['attempts', 'queue', 'sending'],
    [
      ['requests < attempts', 'requests <= attempts', 'one attempt too many'],
      [' onGivenUp()\n', ' void 0\n', 'a key is free while its last write may still be carried out'],
      [
        " || (answer.kind === 'lost' && answer.mayStillBeWritten)",
        '',
        'a key is free while an upstream is at work that a proxy has given up on',
      ],
      ['waitingSince = performance.now()\n      events', 'events', 'rows that are sent again seem to have waited all the time before'],
      ['rows.markRepeatable(again, asked)', 'rows.markRepeatable(again, undefined)', 'nobody hears how long the upstream asked to wait'],
    ],
  ),
  ...inFile(
    'ingest/batch.ts',
    ['journaled-sending'],
    [['journaled.slice(from, to)', 'journaled.slice(0, to - from)', 'a part of a batch leaves with the intents of another']],
  ),
  ...inFile(
    'graphql/types/row-issue.ts',
    ['ingest', 'edges'],
    [['firstIndexes.length < MAX_INDEXES', 'firstIndexes.length <= MAX_INDEXES', 'a summary lists eleven rows, where ten are promised']],
  ),
  ...inFile(
    'ingest/limits/rate-limiter.ts',
    ['rate'],
    [['rate.allowed() - 1)', 'rate.allowed())', 'an import at a rate of one a second waits for ever']],
  ),
  ...inFile(
    'ingest/batcher.ts',
    ['queue'],
    [
      ['if (kept === 0 && queues.size === 0) onUnused()', '', 'tables of tenants that came once are kept for ever'],
      ['if (--queue.chunks === 0) queues.delete(key)', '--queue.chunks', 'a token that was replaced is kept while its table is in use'],
    ],
  ),
  ...inFile(
    'ingest/limits/tenant-limits.ts',
    ['rate'],
    [['    unknown.delete(tenantId)\n    taken', '    taken', 'rows that wait count twice']],
  ),
  ...inFile(
    'ingest/ingest.ts',
    ['journaled-sending'],
    [
      [
        'counts: countOutcomes(outcomes.filter((_, index) => isWanted(index)))',
        'counts: countOutcomes(outcomes)',
        'rows that were told of before count again in data quality',
      ],
    ],
  ),
  ...inFile(
    'ingest/ingest.ts',
    ['journaled-sending'],
    [['if (late.length > 0)', 'if (late.length > 1)', 'a row that was overtaken is said to be worth sending again']],
  ),
  ...inFile(
    'ingest/send-batch.ts',
    ['queue'],
    [['      hasHelped = hasGoodRows\n', '', 'all batches of a mutation are divided in vain at once']],
  ),
]
