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
      ["    if (!headers.includes('cache-control')) all.push(...NO_STORE)\n", '', 'a cache keeps what is a caller’s own'],
      ['(lendsToken && !isOfOwnPage', '(!isOfOwnPage', 'pages with a token of their own are kept out'],
    ],
  ),
  ...inFile(
    'http/read-body.ts',
    ['edges', 'door'],
    [['if (bytes > maxBytes)', 'if (bytes >= maxBytes)', 'a body of exactly the largest size is refused']],
  ),
  ...inFile(
    'http/load-shedding.ts',
    ['sending'],
    [['loop.isBusy() && isQueueFull(tenantId)', 'loop.isBusy()', 'a busy process declines callers whose queue is empty']],
  ),
  ...inFile(
    'http/server.ts',
    ['stopping', 'slow-clients'],
    [
      ['    if (isStopping) response.shouldKeepAlive = false\n', '', 'connections stay open while the process stops'],
      ['  server.maxConnections = maxConnections\n', '', 'there are connections without end'],
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
      ['Math.ceil(retryAfterMs / 1_000)', 'Math.ceil(retryAfterMs)', 'clients wait for a quarter of an hour instead of a second'],
      [
        'if (PREFLIGHTED.some((name) => headers[name] !== undefined)) return search',
        'return search',
        'any page can send a GET with the cookies of its visitor',
      ],
    ],
  ),
  ...inFile(
    'graphql/public-error.ts',
    ['server', 'door', 'document-limits'],
    [
      ['if (data !== undefined) return 294', 'if (data !== undefined) return 200', 'a partial answer looks like a whole one'],
      [`message.replace(/((?:Block)?String|Int|Float) ".*$/s, '$1.')`, 'message', 'a syntax error echoes the text it found'],
    ],
  ),
  ...inFile(
    'graphql/parse-body.ts',
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
    'graphql/cost/document-rows.ts',
    ['document-cost', 'document-limits', 'edges'],
    [
      ['if (!directives.every(', 'if (!directives.some(', 'a mutation without directives counts no rows'],
      ['{ ...defaults, ...given }', '{ ...given, ...defaults }', 'the rows of a default count instead of those that were sent'],
    ],
  ),
  ...inFile(
    'graphql/cost/document-rows.ts',
    ['edges', 'server'],
    [['if (actual > limit)', 'if (actual >= limit)', 'exactly as many rows as allowed are refused']],
  ),
  ...inFile(
    'graphql/cost/answer-budget.ts',
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
    [[' && others.length + further.length === 0', '', 'of two fields with the same rows the second has none']],
  ),
  ...inFile(
    'graphql/plugins/use-document-limits.ts',
    ['document-limits', 'server'],
    [['      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule)\n', '', 'introspection cannot be switched off']],
  ),
  ...inFile(
    'graphql/fast/split-body.ts',
    ['large-bodies'],
    [
      [
        '...head.params.variables, ...tail.params.variables',
        '...tail.params.variables, ...head.params.variables',
        'of a repeated variable the first counts',
      ],
    ],
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
    'graphql/fields/limits-query.ts',
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
]
