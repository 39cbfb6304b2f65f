import { inFile } from './defect.ts'

/** Defects of the rooms between the socket and a mutation. */
export const DOOR_DEFECTS = [
  ...inFile(
    'http/cors.ts',
    ['door', 'server'],
    [
      [
        'return isSafeName && host',
        'return host',
        'a page of a stranger, whose name was bound to this address, uses the token of the gateway',
      ],
      [
        "(method !== 'GET' || auth",
        "(method === 'GET' || auth",
        'a page whose name was bound to this address reads with the token of the gateway',
      ],
    ],
  ),
  ...inFile(
    'http/endpoints.ts',
    ['door', 'graphiql-page'],
    [
      ['    "frame-ancestors \'none\'",\n', '', 'GraphiQL can be framed by any page'],
      [
        'const isRead = request.method',
        "const isRead = request.method === 'POST' || request.method",
        'what is only read is answered to POST',
      ],
    ],
  ),
  ...inFile(
    'http/listener.ts',
    ['door', 'server', 'edges'],
    [
      ["'Origin, Accept, Accept-Encoding'", "'Accept, Accept-Encoding'", 'a cache gives the answer for one origin to another'],
      ['isKnown ? maxBodyBytes : Math', 'isKnown || true ? maxBodyBytes : Math', 'whole bodies of strangers are read'],
      ['    if (!hasCacheControl) headers.push(...NO_STORE)\n', '', 'a cache keeps what is a caller’s own'],
    ],
  ),
  ...inFile(
    'http/admission.ts',
    ['door', 'server', 'edges'],
    [['(lendsToken && !isOfOwnPage', '(!isOfOwnPage', 'pages with a token of their own are kept out']],
  ),
  ...inFile(
    'http/read-body.ts',
    ['edges', 'door'],
    [['if (bytes > maxBytes)', 'if (bytes >= maxBytes)', 'a body of exactly the largest size is refused']],
  ),
  ...inFile(
    'http/admission.ts',
    ['sending'],
    [['loop.isBusy() && isQueueFull(tenantId)', 'loop.isBusy()', 'a busy process declines callers whose queue is empty']],
  ),
  ...inFile(
    'http/under-way.ts',
    ['stopping'],
    [
      [
        'response.shouldKeepAlive = response !== open.at(-1)',
        'response.shouldKeepAlive = true',
        'connections stay open while the process stops',
      ],
      ['response !== open.at(-1)', 'false', 'what came together while the process stops is done and not answered'],
    ],
  ),
  ...inFile(
    'main.ts',
    ['stopping'],
    [['    if (app.isDrained()) process.exit(0)\n', '', 'work is said to be cut off where only the receiver of traces is waited for']],
  ),
  ...inFile(
    'app.ts',
    ['stopping'],
    [["      if (!isReady) throw new Error('closed before it listened')\n", '', 'a process that is told to stop begins to listen']],
  ),
  ...inFile(
    'http/server.ts',
    ['stopping', 'slow-clients'],
    [
      ['  server.maxConnections = maxConnections\n', '', 'there are connections without end'],
      [' || now - began > SHORT_TURN_MS', '', 'whoever connects in a turn that takes long is reset by a process that stops'],
    ],
  ),
  ...inFile(
    'http/client-error.ts',
    ['unreadable-bytes'],
    [["what.protocol === 'HTTP/2' ? goAway(what) : refusal(what)", 'refusal(what)', 'clients of HTTP/2 cannot read why they are declined']],
  ),
  ...inFile(
    'http/client-error.ts',
    ['door'],
    [
      [
        'findLast(({ req }) => req.complete)',
        'findLast(() => false)',
        'what follows a request takes its answer away, though its rows are written',
      ],
    ],
  ),
  ...inFile(
    'http/write-answer.ts',
    ['slow-clients', 'memory', 'large-answers'],
    [
      ['      memory?.holdAtLeast(length)\n', '', 'answers that nobody reads hold memory that is not counted'],
      ['      endInTime(response)\n', '', 'an answer that nobody reads is kept for ever'],
    ],
  ),
  ...inFile(
    'http/shutdown.ts',
    ['stopping'],
    [['    after(drainTimeoutMs - WRITING_MS, server.cut)\n', '', 'a process whose caller does not read never ends']],
  ),
  ...inFile(
    'graphql/endpoint.ts',
    ['door', 'edges', 'inbound-limits', 'server'],
    [
      ['u=[567]', 'u=[67]', 'what says u=5 is not made to wait'],
      [
        'if (PREFLIGHTED.some((name) => headers[name] !== undefined)) return search',
        'return search',
        'any page can send a GET with the cookies of its visitor',
      ],
    ],
  ),
  ...inFile(
    'graphql/endpoint.ts',
    ['http-clients'],
    [["headers.upgrade?.toLowerCase() === 'websocket'", 'false', 'whoever tries a WebSocket looks for a fault of the token']],
  ),
  ...inFile(
    'http/server.ts',
    ['http-clients'],
    [
      [
        "request.once('resume', () => response.headersSent || response.writeContinue())",
        'response.writeContinue()',
        'a body that will not be read is asked for',
      ],
      ['response.headersSent || ', '', 'who asks before sending a body ends the process where nobody would read it'],
    ],
  ),
  ...inFile(
    'graphql/http-answer.ts',
    ['memory', 'server', 'door', 'edges'],
    [
      ['Math.ceil(retryAfterMs / 1_000)', 'Math.ceil(retryAfterMs)', 'clients wait for a quarter of an hour instead of a second'],
      ["return type === 'application/json' ? 200 : 294", 'return 200', 'a partial answer looks like a whole one'],
    ],
  ),
  ...inFile(
    'graphql/public-error.ts',
    ['server', 'door', 'document-limits'],
    [[`message.replace(/((?:Block)?String|Int|Float) ".*$/s, '$1.')`, 'message', 'a syntax error echoes the text it found']],
  ),
  ...inFile(
    'graphql/read-json.ts',
    ['edges', 'door'],
    [['values > maxJsonValues', 'values >= maxJsonValues', 'a body of exactly as many values as allowed is refused']],
  ),
  ...inFile(
    'graphql/cost/document-cost.ts',
    ['document-cost', 'document-limits', 'edges'],
    [
      ['cost.depth > depth', 'cost.depth >= depth', 'a document just as deep as allowed is refused'],
      [
        'OperationTypeNode.MUTATION ? mutationFields : queryFields',
        'OperationTypeNode.MUTATION ? queryFields : mutationFields',
        'a query may select a thousand fields',
      ],
    ],
  ),
  ...inFile(
    'graphql/cost/fragments.ts',
    ['document-cost', 'document-limits', 'edges'],
    [['return directives.every(', 'return directives.some(', 'a mutation without directives counts no rows']],
  ),
  ...inFile(
    'graphql/plugins/use-row-limit.ts',
    ['document-cost', 'document-limits', 'edges'],
    [['{ ...defaults, ...given }', '{ ...given, ...defaults }', 'the rows of a default count instead of those that were sent']],
  ),
  ...inFile(
    'graphql/fields/ingest-mutations.ts',
    ['edges', 'server'],
    [['if (rows.length > limit)', 'if (rows.length >= limit)', 'exactly as many rows as allowed are refused']],
  ),
  ...inFile(
    'graphql/cost/answer-limit.ts',
    ['document-limits', 'edges'],
    [['  context.answerBytes = all\n', '', 'each field of a request may have an answer of the largest size']],
  ),
  ...inFile(
    'graphql/plugins/use-operation.ts',
    ['server', 'door'],
    [
      [
        "operation.operation !== 'query' && method === 'GET'",
        "operation.operation === 'subscription' && method === 'GET'",
        'a mutation is carried out by a GET',
      ],
    ],
  ),
  ...inFile(
    'graphql/plugins/use-raw-rows.ts',
    ['large-bodies', 'fast-path'],
    [[' || others.length + further.length > 0', '', 'of two fields with the same rows the second has none']],
  ),
  ...inFile(
    'graphql/plugins/use-documents.ts',
    ['document-limits', 'server'],
    [['      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule)\n', '', 'introspection cannot be switched off']],
  ),
  ...inFile(
    'graphql/fast/print-rows.ts',
    ['both-paths', 'ingest'],
    [['    else ofLast = undefined', '', 'a row is told the outcome of another']],
  ),
  ...inFile(
    'graphql/fast/split-body.ts',
    ['large-bodies'],
    [['body.isLarge ? { ...body, bytes } : copyOf(bytes)', '{ ...body, bytes }', 'the rows of another caller are sent']],
  ),
  ...inFile(
    'graphql/types/row-outcome.ts',
    ['answers', 'sending'],
    [
      [
        'outcome.retryable ? (outcome.retryAfterMs ?? RETRY_AFTER_MS) : null',
        'outcome.retryAfterMs ?? null',
        'nobody hears when a row may be sent again',
      ],
    ],
  ),
  ...inFile(
    'graphql/types/ingest-payload.ts',
    ['ingest', 'fast-path'],
    [['only?.includes(outcome.status) ?? true', '!only?.includes(outcome.status)', 'the rows that were not asked for are listed']],
  ),
  ...inFile(
    'graphql/plugins/use-operation.ts',
    ['limits'],
    [['context.cost.rows += rows', 'context.cost.rows = rows', 'a request is said to cost what its last field does']],
  ),
  ...inFile(
    'graphql/fields/quality-queries.ts',
    ['quality'],
    [[' && one.resource === (resource ?? one.resource)', '', 'rejections of other resources are listed']],
  ),
  ...inFile(
    'graphql/fields/attribute-mutation.ts',
    ['custom-attributes', 'attribute'],
    [
      [
        '          .finally(() => schemaCache.forget(tenant, solution.name))\n',
        '',
        'a new attribute is unknown until the schema is too old',
      ],
    ],
  ),
  ...inFile(
    'graphql/fields/request-reads.ts',
    ['schema-reads', 'elsewhere'],
    [['change.finally(() => context.reads?.clear())', 'change', 'a document reads what was there before its own change']],
  ),
  ...inFile(
    'graphql/fields/rollout-mutation.ts',
    ['elsewhere', 'rollout', 'onboarding'],
    [['if (report.rolledOut.length > 0) directory', 'directory', 'a solution of which nothing was rolled out counts as known']],
  ),
  ...inFile(
    'graphql/fields/find-solution.ts',
    ['elsewhere'],
    [['    if (!isNoWord) throw error\n', '', 'while the upstream is away its solutions are called unknown']],
  ),
  ...inFile(
    'http/reading-turns.ts',
    ['reading-turns'],
    [
      ['isCounting = waiting.length > 0', 'isCounting = false', 'bodies that wait to be read wait for ever'],
      ['  left = BYTES_PER_TURN\n', '', 'once two megabytes were read, every body is read one piece in a turn'],
    ],
  ),
  ...inFile('http/request-head.ts', ['repeated-headers'], [['at += 2', 'at += 1', 'a caller is declined for the value of some header']]),
  ...inFile(
    'http/page.ts',
    ['console-page'],
    [
      ['isGzip ? `"${tag}-gzip"` : `"${tag}"`', '`"${tag}"`', 'a browser is told that it has the page, which it has in another coding'],
      [
        "asked['if-none-match']?.includes(etag)",
        "asked['if-none-match'] === etag",
        'a browser that names several tags is sent the page again',
      ],
    ],
  ),
  ...inFile(
    'http/write-answer.ts',
    ['reading-turns'],
    [
      ['    clearTimeout(timer)\n', '', 'a declined request is kept for half a minute'],
      ['    if (bytes > MAX_LEFT_BYTES) response.destroy()\n', '', 'a body without an end is read for half a minute'],
    ],
  ),
  ...inFile(
    'http/admission.ts',
    ['memory'],
    [
      ["shed('process', MEMORY_FULL)", "shed('tenant', MEMORY_FULL)", 'operators look at a tenant where the process has no memory'],
      ['    onShed(scope)\n', '', 'nobody sees that requests are shed'],
    ],
  ),
  ...inFile(
    'http/cors.ts',
    ['door'],
    [
      [
        'hostname === listensBy.toLowerCase()',
        'hostname === listensBy',
        'a page of a server whose name is set in upper case is a stranger',
      ],
      ['/:(?:80|443)$/', '/:443$/', 'a page behind a proxy that names port 80 is a stranger'],
      ["'GET, POST, OPTIONS'", "'POST, OPTIONS'", 'a listed page cannot send a GET'],
    ],
  ),
  ...inFile(
    'http/inbound-limits.ts',
    ['inbound-limits'],
    [['    dispose: (_, tenantId) => void limiter.delete(tenantId),\n', '', 'what tenants have sent is kept without end']],
  ),
  ...inFile(
    'http/read-body.ts',
    ['reading-turns'],
    [
      ['Math.min(2 * bytes, maxBytes)', '2 * bytes', 'a body that does not say its length takes twice the memory that any may'],
      ["  request.once('error', (error) => gunzip.destroy(error))\n", '', 'work on a packed body that broke off never ends'],
    ],
  ),
  ...inFile(
    'http/write-answer.ts',
    ['slow-clients', 'door'],
    [
      [
        "response.once('close', () => clearTimeout(timer))",
        "response.once('close', () => {})",
        'each large answer is kept for five minutes',
      ],
      ["{ 294: 'Partial Success' }", '{}', 'a status has no words'],
    ],
  ),
  ...inFile('http/server.ts', ['stopping'], [['      clearInterval(sweep)\n', '', 'a program that closes its gateway does not end']]),
  ...inFile(
    'http/shutdown.ts',
    ['stopping'],
    [['  timers.forEach(clearTimeout)\n', '', 'a program that closes its gateway ends half a minute later']],
  ),
  ...inFile(
    'http/shutdown.ts',
    ['http-edges'],
    [['    after(drainTimeoutMs - UNSTORED_MS, work.giveUpStore)\n', '', 'who waits for a store that hangs is cut off without an answer']],
  ),
  ...inFile('http/endpoints.ts', ['door'], [["'allow', 'GET, HEAD'", "'allow', 'GET'", 'who may only read is not told of HEAD']]),
  ...inFile(
    'graphql/cost/answer-limit.ts',
    ['memory'],
    [['  reserve(context.memory, bytes * (context.answerMemory ?? 1))\n', '', 'answers are made for which there is no memory']],
  ),
  ...inFile(
    'graphql/fields/ingest-mutations.ts',
    ['document-cost'],
    [
      ['if (actual > limit)', 'if (actual >= limit)', 'exactly as many rows as allowed are refused where they are read piece by piece'],
      ['yield actual + parsed <= limit ? list : []', 'yield list', 'rows of a request that is declined are all judged first'],
    ],
  ),
  ...inFile(
    'graphql/cost/introspection-size.ts',
    ['document-cost'],
    [
      [
        '!(value.kind === Kind.BOOLEAN && !value.value)',
        'value.kind === Kind.BOOLEAN && value.value',
        'what a variable asks for is not counted',
      ],
    ],
  ),
  ...inFile(
    'graphql/plugins/exact-literals.ts',
    ['compiled-selection'],
    [['Object.create(null)', '{}', 'a custom attribute of a literal reaches a prototype, and is dropped']],
  ),
  ...inFile(
    'graphql/memoize.ts',
    ['document-limits'],
    [
      [
        'getOperationAST(document, operationName)\n    return',
        'getOperationAST(document)\n    return',
        'the rows of a document with several operations are not counted',
      ],
    ],
  ),
  ...inFile(
    'graphql/fields/rollout-mutation.ts',
    ['custom-attributes'],
    [
      [
        '.finally(() =>\n          schemaCache.forget(tenant, target.name),\n        )',
        '',
        'rows are held to the tables of before a rollout',
      ],
    ],
  ),
  ...inFile(
    'http/request-head.ts',
    ['door'],
    [
      ['httpVersionMinor > 0', 'httpVersionMinor >= 0', 'health checks of HTTP/1.0 are declined'],
      ["  if (url === '*') return { path: '*', search: '' }\n", '', 'OPTIONS * is declined'],
    ],
  ),
  ...inFile(
    'http/cors.ts',
    ['door'],
    [['        .toLowerCase()\n        .split', '        .split', 'a header in upper case may not be sent by a listed page']],
  ),
  ...inFile(
    'http/listener.ts',
    ['http-edges'],
    [
      ['      options.onDefect(error, origin)\n', '', 'a defect at the door is logged nowhere'],
      [
        '      if (response.headersSent) response.destroy()\n      else response',
        '      if (!response.headersSent) response',
        'half an answer is waited for to its end',
      ],
    ],
  ),
  ...inFile('http/request-head.ts', ['door'], [['at += 2', 'at += 1', 'a header with the name of another in it declines its request']]),
  ...inFile(
    'http/endpoints.ts',
    ['door'],
    [
      [
        "mediaType(['application/json', 'application/graphql-response+json', 'text/html'])",
        "mediaType(['text/html'])",
        'a program that would take a page at need is led to one',
      ],
    ],
  ),
  ...inFile('identity/key-set.ts', ['identity-keys'], [['    await body?.cancel()\n', '', 'each failure of an issuer keeps a connection']]),
]
