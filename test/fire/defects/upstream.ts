import { inFile } from './defect.ts'

/** Defects of the room that speaks the upstream's wire. */
export const UPSTREAM_DEFECTS = [
  ...inFile(
    'upstream/client.ts',
    ['answers', 'connections', 'repeats'],
    [
      ['if (body && !isStarted)', 'if (body)', 'an APPEND whose connection broke is written twice'],
      [
        "reason: signal.aborted ? 'TIMED_OUT' : 'CONNECTION_LOST'",
        "reason: signal.aborted ? 'CONNECTION_LOST' : 'TIMED_OUT'",
        'the wrong reason is told',
      ],
    ],
  ),
  ...inFile(
    'upstream/answer/headers.ts',
    ['reading-answers'],
    [
      ['OF_A_FAILED_CALL.test(`${name}: ${value}`)', 'false', 'a yes is believed that another server denies by a status in a header'],
      [' || comesFromCache(name, value, rows)', '', 'rows count as accepted by what a cache had kept of an earlier answer'],
    ],
  ),
  ...inFile(
    'upstream/answer/lists.ts',
    ['answer-shapes'],
    [
      ['entry !== undefined && saysYes(entry)', 'false', 'a row counts as rejected, though the answer says as well that it was taken'],
      ['(isNameOf(name, resource) || haveKeys)', 'false', 'rows count as accepted that a list of the accepted ones leaves out'],
    ],
  ),
  ...inFile(
    'upstream/answer/no-values.ts',
    ['answer-shapes'],
    [
      [
        'if (STOPPED.test(name) && WHERE.test(name)) found.canMeanNo = true',
        'if (false) found.canMeanNo = true',
        'rows behind the one at which the upstream stopped count as accepted',
      ],
    ],
  ),
  ...inFile(
    'upstream/answer/row-index.ts',
    ['answer-shapes'],
    [['(value.length > 1 || value.some(isOther))', 'false', 'rows count as accepted that an entry names as failed beside its own']],
  ),
  ...inFile(
    'upstream/client.ts',
    ['wire-bytes'],
    [
      ['!isSent || (status', '(status', 'a yes that came before the rows had left is believed'],
      ['  if (!isSent) reply.disconnect()\n', '', 'rows wait behind others that the upstream does not read'],
    ],
  ),
  ...inFile(
    'upstream/ingest-wire.ts',
    ['repeats'],
    [["meaning.failure === 'UNAVAILABLE' && asked", 'false && asked', 'Retry-After of a 503 is not waited for']],
  ),
  ...inFile(
    'upstream/read-answer.ts',
    ['reading-answers'],
    [
      ['  if (doubts.miscounts) return all(UNREADABLE)\n', '', 'rows count as accepted though the answer counts fewer'],
      ['&& !doubts.countsAccepted)', ')', 'a 207 that says that all were accepted is not believed'],
      ['isList && found.length === 1', 'isList', 'of two lists of failures one is not read'],
    ],
  ),
  ...inFile(
    'upstream/read-answer.ts',
    ['answer-shapes'],
    [['mayBeShort || ', '', 'rows count as accepted beside a number that may be that of fewer']],
  ),
  ...inFile(
    'upstream/match-rows.ts',
    ['reading-answers', 'answers'],
    [
      ['at < batch.rows.length &&', 'at <= batch.rows.length &&', 'an entry on a row that was not sent is taken for one'],
      [' && (echoed === undefined || echoed === at) ?', ' ?', 'an entry whose index and row contradict each other is believed'],
    ],
  ),
  ...inFile(
    'upstream/decode-body.ts',
    ['reading-answers', 'answers'],
    [['maxOutputLength: MAX_ANSWER_BYTES, ', '', 'a small answer unpacks into all the memory there is']],
  ),
  ...inFile(
    'upstream/statuses.ts',
    ['repeats', 'statuses', 'sending'],
    [
      ['Number(seconds) * 1_000', 'Number(seconds) * 1', 'seconds are taken for milliseconds'],
      ['Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS)', 'Math.max(0, ms)', 'callers are told to come back in a year'],
    ],
  ),
  ...inFile(
    'upstream/statuses.ts',
    ['statuses'],
    [
      ['408: ENDED_EARLY', '408: REFUSED', 'a row that may have been written is called rejected'],
      ["425: { ...REFUSED, failure: 'NOT_YET' }", '425: REFUSED', 'what was only too early is given up'],
      ['status >= 500 ? FAILED', 'status > 500 ? FAILED', 'a failure of the upstream counts as a refusal'],
    ],
  ),
  ...inFile(
    'upstream/client.ts',
    ['connections'],
    [['return known === id ? undefined : known', 'return undefined', 'an answer to another request confirms rows']],
  ),
  ...inFile(
    'upstream/schema-call.ts',
    ['save-schema', 'schema-reads'],
    [
      ['result.status >= 300', 'result.status >= 400', 'a change that was redirected counts as made'],
      ['status === 429 || status === 503 ?', 'status === 429 ?', 'nobody hears how long the upstream asked to wait'],
    ],
  ),
  ...inFile(
    'upstream/read-schema.ts',
    ['schema-shapes', 'drift'],
    [['keys.includes(read.name.toLowerCase())', 'keys.includes(read.name)', 'no column in upper case is known to be a key']],
  ),
  ...inFile(
    'upstream/definition-wire.ts',
    ['attribute'],
    [["required ? 'required' : 'optional'", "required ? 'optional' : 'required'", 'an optional attribute is added as required']],
  ),
  ...inFile(
    'upstream/schema-wire.ts',
    ['save-schema', 'attribute'],
    [["if (topic === 'accepted' &&", "if (topic === 'rate' &&", 'a change that the upstream did not make counts as made']],
  ),
  ...inFile(
    'upstream/match-rows.ts',
    ['reading-answers'],
    [
      [
        'new Set(columns).size === distinct.length',
        'new Set(columns).size <= distinct.length',
        'of two contradicting complaints about a column both are told',
      ],
    ],
  ),
  ...inFile(
    'upstream/answer/doubts.ts',
    ['reading-answers', 'answer-shapes'],
    [
      ['++values > MAX_VALUES', '++values < 0', 'an answer without an end holds the event loop'],
      [' || embedded > MAX_EMBEDDED', '', 'an answer of JSON in many texts holds the event loop'],
    ],
  ),
  ...inFile(
    'upstream/answer-reports.ts',
    ['reading-answers'],
    [
      [
        'seen.has(shape) || seen.size >= MAX_SHAPES',
        'seen.has(shape)',
        'an upstream whose answers have names of their own fills memory and log',
      ],
      ['names.slice(0, MAX_NAMES)', 'names', 'a line of the log has thousands of names'],
    ],
  ),
  ...inFile(
    'upstream/client.ts',
    ['reading-answers'],
    [["'content-type': 'application/json'", "'content-type': 'text/plain'", 'the upstream is not told that it gets JSON']],
  ),
  ...inFile('upstream/read-schema.ts', ['elsewhere'], [[", 'columnDefault'", '', 'rows are refused for a column that has a default']]),
  ...inFile(
    'upstream/dispatch.ts',
    ['reading-answers', 'limits', 'connections', 'faults', 'wire-bytes', 'encrypted', 'answers'],
    [
      ['        if (signal.aborted) return abort()\n', '', 'rows leave of which it was said that they did not'],
      ['        isStarted = true\n', '', 'a request whose answer is lost is called unsent, and its rows are appended again'],
      ['        noteLeft?.()\n', '', 'a slow read of schemas takes a place of the rate from rows until it is answered'],
      ['          socket = withoutInterims(taken)\n', '', 'the memory of no request is used again'],
      ['if (status < 200) return\n', '', 'a word that announces the answer is taken for it'],
      ['      answer ??= refusalOfProxy(error)\n', '', 'a proxy that wants a login leaves it open whether rows were written'],
      ['reading.pause()', '', 'rows whose answer came before their socket heard that they had left are told as open'],
      ['errorOn(socket), ', 'undefined, ', 'an answer is believed that has another one behind it'],
      ['if (bytes > MAX_ANSWER_BYTES) ', 'if (bytes < 0) ', 'an answer without an end is read into all the memory there is'],
    ],
  ),
  ...inFile('upstream/ingest-wire.ts', ['wire-bytes'], [['() => bodies.giveBack(body)', '() => {}', 'each request has memory of its own']]),
  ...inFile(
    'upstream/read-refusal.ts',
    ['reading-answers'],
    [['if (Array.isArray(value)) return { errors: value }\n', '\n', 'a refusal that is a bare list names no row']],
  ),
  ...inFile(
    'upstream/schema-call.ts',
    ['schema-reads'],
    [['const ending = isChange ?', 'const ending = !isChange ?', 'who changed a table is not told that it may have been changed']],
  ),
]
