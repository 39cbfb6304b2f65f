import { gzipSync } from 'node:zlib'
import type { Sent } from '../support/recording/caller.ts'
import type { Scenario } from '../support/recording/run.ts'
import { items } from './rows.ts'

const ASK = '{ limits { rowsPerMutation } }'
const JSON_BODY = JSON.stringify({ query: ASK })
const UPSERT = JSON.stringify({
  query: 'mutation ($r: [ProductsRowInput!]!) { upsertProducts(rows: $r) { acceptedCount } }',
  variables: { r: items(1, 'P') },
})
const TYPE = { 'content-type': 'application/json' }
const TOKEN = { authorization: 'token-ann' }
const posted = (body: string | Buffer, headers: Record<string, string> = {}): Sent => ({ body, headers: { ...TYPE, ...TOKEN, ...headers } })
const asked = (search: string, headers: Record<string, string> = TOKEN): Sent => ({ method: 'GET', path: `/graphql?${search}`, headers })

const REQUESTS: readonly Sent[] = [
  ...['/', '/health', '/ready', '/nothing', '/graphql/', '/console'].map((path) => ({ method: 'GET', path })),
  { method: 'HEAD', path: '/health' },
  { method: 'POST', path: '/health' },
  { method: 'PUT', headers: { ...TYPE, ...TOKEN }, body: JSON_BODY },
  {
    method: 'OPTIONS',
    headers: { origin: 'https://listed.example', 'access-control-request-headers': 'Authorization, x-other, content-type' },
  },
  { method: 'OPTIONS', headers: { origin: 'https://other.example' } },
  posted(JSON_BODY),
  posted(JSON_BODY, { origin: 'https://listed.example' }),
  posted(JSON_BODY, { origin: 'https://other.example' }),
  posted(JSON_BODY, { authorization: 'Bearer token-ann' }),
  posted(JSON_BODY, { authorization: 'bearer' }),
  posted(JSON_BODY, { authorization: 'two words' }),
  { body: JSON_BODY, headers: TYPE },
  { body: JSON.stringify({ query: '{ resources(name: "Products") { name } __typename }' }), headers: TYPE },
  { body: JSON.stringify({ query: ASK, variables: { long: 'x'.repeat(66_000) } }), headers: TYPE },
  ...['text/plain', 'application/json; charset=utf-8', 'application/json; charset=latin1', 'application/graphql+json', ''].map((type) =>
    posted(JSON_BODY, { 'content-type': type }),
  ),
  ...[
    'application/json',
    'application/graphql-response+json',
    'text/html',
    '*/*',
    'application/json;q=0.5, application/graphql-response+json',
    'application/*;q=0',
    'text/*, application/json;q=0.1',
  ].map((accept) => posted(JSON_BODY, { accept })),
  ...[
    '',
    '{',
    '[]',
    '"a"',
    'null',
    '{}',
    '{"query":7}',
    '{"query":""}',
    '{"query":"{ limits { rowsPerMutation } }","variables":[]}',
    '{"query":"{ a"}',
    '{"query":"{ nothing }"}',
    '{"query":"query A { __typename } query B { __typename }"}',
  ].map((body) => posted(body)),
  posted('{"query":"query A { __typename } query B { limits { rowsPerMutation } }","operationName":"B"}'),
  posted('{"query":"{ limits { rowsPerMutation } }","operationName":7}'),
  posted('{"query":"{ limits { rowsPerMutation } }","operationName":"C","extensions":"none"}'),
  posted('{"query":"query ($n: Int!) { limits { cost(rows: $n) { requests } } }"}'),
  posted('{"query":"query ($n: Int!) { limits { cost(rows: $n) { requests } } }","variables":{"n":"many"}}'),
  posted('{"query":"query ($n: Int!) { limits { cost(rows: $n) { requests seconds } } }","variables":{"n":1501}}'),
  posted('{"query":"query { limits { cost(rows: -1) { requests } } a: limits { cost(rows: \\"x\\") { requests } } }"}'),
  posted(Buffer.from([0x7b, 0xff, 0x7d])),
  posted(`\ufeff${JSON_BODY}`),
  posted(gzipSync(JSON_BODY), { 'content-encoding': 'gzip' }),
  posted(gzipSync(JSON_BODY).subarray(0, 20), { 'content-encoding': 'gzip' }),
  posted(JSON_BODY, { 'content-encoding': 'br' }),
  posted(gzipSync('x'.repeat(300_000)), { 'content-encoding': 'x-gzip' }),
  posted(`{"query":"${'x'.repeat(200_000)}"}`),
  posted(`{"query":"{ __typename }","variables":{"v":[${'{},'.repeat(2_000)}1]}}`),
  posted(`{"query":"{ __typename }","variables":{"v":${'['.repeat(600)}${']'.repeat(600)}}}`),
  posted(UPSERT, { 'x-request-id': 'has spaces in it', traceparent: '00-short' }),
  posted(UPSERT, { 'x-request-id': 'mine', 'x-rowgate-debug': 'other', priority: 'u=3, i' }),
  asked(`query=${encodeURIComponent(ASK)}`),
  asked(`query=${encodeURIComponent(ASK)}`, {}),
  asked(`query=${encodeURIComponent(ASK)}`, { 'apollo-require-preflight': '1' }),
  asked(`query=${encodeURIComponent('mutation { upsertProducts(rows: []) { acceptedCount } }')}`),
  asked('query={__typename}&variables=%7B&operationName='),
  asked('query={__typename}&variables={}&extensions={}&operationName=A'),
  asked('documentId=abc'),
  asked('extensions={"persistedQuery":{"version":1,"sha256Hash":"abc"}}'),
  asked(''),
]

const RAW: readonly string[] = [
  'GET /health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
  'GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
  'GET /health HTTP/1.1\r\nHost: a:99999\r\nConnection: close\r\n\r\n',
  'GET http://a/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /health HTTP/1.0\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
  'POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nIdempotency-Key: x\r\nIdempotency-Key: y\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
  'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'nothing at all\r\n\r\n',
]

/** Everything at the door, before rows. */
export const door: Scenario = {
  name: 'door',
  title: 'At the door: paths, methods, content types, tokens, origins and bodies, each answered in its own way.',
  about: `
One request after the other. A body may have 100,000 bytes and 1,000 JSON values. Pages of \`listed.example\` may ask.`,
  settings: { CORS_ORIGINS: 'https://listed.example', MAX_BODY_BYTES: '100000', MAX_JSON_VALUES: '1000', LOG_LEVEL: 'debug' },
  async play({ send, sendBytes, say }) {
    for (const sent of REQUESTS) await send('ann', sent)
    say('on a raw connection')
    for (const [nth, bytes] of RAW.entries()) await sendBytes(`raw-${nth}`, bytes)
  },
}
