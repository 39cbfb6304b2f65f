import { inFile } from './defect.ts'

/** Defects of the rooms that judge rows, and of what everybody uses. */
export const ROWS_DEFECTS = [
  ...inFile(
    'rows/extra.ts',
    ['edges', 'custom-attributes'],
    [
      ['if (depth > MAX_DEPTH)', 'if (depth >= MAX_DEPTH)', 'an attribute nested just as deep as allowed is refused'],
      ['seen.add(name.toLowerCase())', 'seen.add(name)', 'of one attribute in two cases, one value is lost'],
    ],
  ),
  ...inFile(
    'rows/diagnose.ts',
    ['judge', 'edges'],
    [
      [
        'issues.length <= MAX_ISSUES_PER_ROW',
        'issues.length < MAX_ISSUES_PER_ROW',
        'a row of 32 issues has one more that speaks of 0 others',
      ],
    ],
  ),
  ...inFile(
    'rows/timestamp.ts',
    ['timestamps', 'judge'],
    [
      ['year % 100 !== 0 || year % 400 === 0', 'year % 100 !== 0', '29 February 2000 is refused'],
      ["offsetMinute > '59'", "offsetMinute > '99'", 'an offset that there is not is taken'],
    ],
  ),
  ...inFile(
    'rows/check-number.ts',
    ['edges', 'custom-attributes', 'judge', 'numbers'],
    [
      ['isLess(decimalOf(String(max)), value)', 'isLess(value, decimalOf(String(max)))', 'long numbers above the maximum are taken'],
      ['whole <= precision - scale &&', 'whole <= precision &&', 'a decimal of too many digits before the point is taken'],
      ['value < min)', 'value <= min)', 'the smallest number allowed is refused'],
    ],
  ),
  ...inFile(
    'rows/wire-row.ts',
    ['judge', 'edges', 'compiled-selection', 'keys', 'column-types'],
    [
      ['value.length > MAX_SHOWN || ', '', 'a key of megabytes is echoed for each row'],
      ["join('\\0')", "join('')", 'rows of different keys count as repeats of each other'],
    ],
  ),
  ...inFile(
    'rows/wire-row.ts',
    ['keys', 'judge', 'column-types'],
    [["'nullable' ? null : undefined", "'nullable' ? undefined : undefined", 'the two ways of reading a row send different ones']],
  ),
  ...inFile(
    'rows/attributes.ts',
    ['custom-attributes', 'elsewhere'],
    [
      ['return column.nonNull ?', 'return !column.nonNull ?', 'null is refused where it may stand, and taken where not'],
      [
        'given.some((one) => one.column === column)',
        'given.every((one) => one.column === column)',
        'an attribute that is there is called missing',
      ],
    ],
  ),
  ...inFile(
    'rows/chunk.ts',
    ['queue', 'keys', 'ingest'],
    [['keys: kept.map((place) => keys[place] as number)', 'keys: keys.slice(0, kept.length)', 'rows are locked by the keys of others']],
  ),
  ...inFile(
    'rows/judge.ts',
    ['numbers', 'custom-attributes', 'ingest'],
    [
      ['!isSameList(issues, this.#lastIssues)', 'issues.length !== this.#lastIssues.length', 'a row is told the issues of the one before'],
      ['const from = required.length > 0 ? 0 : firstOpen', 'const from = firstOpen', 'rows without a required attribute are sent'],
    ],
  ),
  ...inFile(
    'util/memory-budget.ts',
    ['memory', 'slow-clients'],
    [
      ['          used -= held\n', '', 'memory that was held is never free again'],
      [' || held + bytes > most', '', 'one request takes the memory of all'],
    ],
  ),
  ...inFile(
    'ingest/limits/host-permits.ts',
    ['neighbours'],
    [
      ['isQuick || taken.other < count - forQuick', 'isQuick || taken.other < count', 'slow tenants take the permits kept for quick ones'],
      ['heldBy(first.tenantId) < heldBy', 'heldBy(first.tenantId) > heldBy', 'whoever has most permits gets the next'],
    ],
  ),
  ...inFile(
    'ingest/limits/rate-limiter.ts',
    ['rate', 'attempts'],
    [['    if (at >= 0) waiting.splice(at, 1)\n', '', 'requests that were given up on use up the rate for ever']],
  ),
  ...inFile(
    'ingest/limits/rate-limiter.ts',
    ['rate'],
    [
      [
        'arrivals.forgetUntil(now - SECOND_MS)',
        'arrivals.forgetUntil(now - SECOND_MS / 2)',
        'twice as many requests leave as the upstream takes',
      ],
      ['|| underWay.delete(passage)) arrivals', '|| !underWay.delete(passage)) arrivals', 'what was answered counts no more'],
      [
        'underWay.size <= held()',
        'underWay.size <= 0',
        'on a busy machine requests arrive bunched, and more of them in a second than the upstream takes',
      ],
      [
        'arrivals.add(leftAt + ARRIVES_WITHIN_MS)',
        'arrivals.add(leftAt)',
        'what was late on its way is counted as if it had arrived at once',
      ],
    ],
  ),
  ...inFile(
    'ingest/limits/rate-limiter.ts',
    ['rate'],
    [['      if (leftAt < halvedAt) return\n', '', 'one burst of 429 brings the rate down to one a second']],
  ),
  ...inFile(
    'ingest/limits/fair-semaphore.ts',
    ['neighbours'],
    [
      ['recent === 0 ? 0 :', 'recent >= 0 ? 0 :', 'an import beside small mutations takes the whole rate'],
      [
        'Math.max(allowed * SHARE, allowed - used - spared)',
        'allowed * SHARE',
        'an import beside a small mutation has a fifth of the rate',
      ],
    ],
  ),
  ...inFile(
    'util/buffer-pool.ts',
    ['buffer-pool', 'wire-bytes'],
    [['if (--block.bodies > 0) return', 'if (--block.bodies > 1) return', 'a request leaves with the bytes of another']],
  ),
  ...inFile(
    'util/json-scan/scan-json.ts',
    ['exact-json'],
    [['at >= from && at < to', 'at < to', 'digits of a long number beside a small exponent are lost']],
  ),
  ...inFile(
    'util/json-scan/scan-json.ts',
    ['json-scan'],
    [
      ['      run = result[3] as number\n', '', 'digits that go on in the next block of a text are lost'],
      ['from <= bytes.length', 'from < bytes.length', 'digits at the end of a text of whole blocks are lost'],
    ],
  ),
  ...inFile(
    'util/exact-number.ts',
    ['exact-json', 'numbers'],
    [
      [
        'isSmaller(one, other) : isSmaller(other, one)',
        'isSmaller(one, other) : isSmaller(one, other)',
        'negative numbers are compared the wrong way round',
      ],
    ],
  ),
  ...inFile(
    'util/request-origin.ts',
    ['request-ids'],
    [
      [
        'origins.some((origin) => origin !== first)',
        'origins.every((origin) => origin !== first)',
        'a batch of several callers goes under the name of one',
      ],
      ['slice(0, 10).map', 'slice(0, 9).map', 'a log line names nine requests, where ten are promised'],
    ],
  ),
  ...inFile(
    'util/env-values.ts',
    ['config'],
    [[" && url.username === '' && url.password === ''", '', 'a password in a setting is taken, and printed later']],
  ),
  ...inFile(
    'identity.ts',
    ['server', 'door'],
    [
      [
        'const token = authorization == null ?',
        "const token = given === '' ?",
        'a caller with an empty header borrows the token of the gateway',
      ],
      ["hash('sha256', token), credential", 'token, credential', 'tokens stand in the log'],
    ],
  ),
  ...inFile(
    'rows/check-number.ts',
    ['numbers'],
    [['${precision - scale} digits before', '${precision} digits before', 'a caller is told of more digits than are taken']],
  ),
  ...inFile(
    'rows/row-reader/layout.ts',
    ['row-reader-cells'],
    [
      ['allowed !== undefined || ', '', 'a text that is not allowed is sent'],
      [" || (isKey && type === 'float')", '', 'two texts of one number are two keys'],
      ['column.maxLength ?? MAX_TEXT_LENGTH', 'MAX_TEXT_LENGTH', 'a text that is too long is sent'],
      ['at + blocks, at + blocks + length)', 'at + blocks, at + blocks + length - 1)', 'a field of a longer name is taken for another'],
    ],
  ),
  ...inFile(
    'rows/row-reader/row-reader.ts',
    ['row-reader'],
    [
      ['Math.min(most, hashes.length)', 'hashes.length', 'a request has more rows than the upstream takes'],
      ['if (lastText === text) return', 'if (lastText?.length === text.length) return', 'the rows of another caller are sent'],
    ],
  ),
  ...inFile(
    'graphql/fast/row-pieces.ts',
    ['row-reader'],
    [
      ['      if (!isUtf8(text)) return\n', '', 'bytes that are no UTF-8 are sent'],
      ['    at = good.next\n', '    at = good.next + 1\n', 'good rows are parsed from a place within them'],
    ],
  ),
  ...inFile(
    'rows/serialised-rows.ts',
    ['numbers'],
    [['scanJson(bytes).mayBeInexact() ? parseExactly(text) : parseJson(text)', 'parseJson(text)', 'rows that are sent again lose digits']],
  ),
  ...inFile(
    'rows/chunk.ts',
    ['row-reader', 'chunk'],
    [
      ['as number) > place', 'as number) >= place', 'a row is sent again as another one'],
      ['nth === 0 ? [jsonOf(part)]', 'nth >= 0 ? [jsonOf(part)]', 'rows are sent without a comma between them'],
    ],
  ),
  ...inFile(
    'rows/public-keys.ts',
    ['row-reader'],
    [['const place = index - this.#first', 'const place = index', 'a row is answered with the key of another']],
  ),
]
