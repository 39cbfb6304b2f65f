import type { GatewayError } from '../../../src/errors.ts'
import { createBodyParts } from '../../../src/http/body-parts.ts'
import { createCors, isOfOwnPage } from '../../../src/http/cors.ts'
import { createEndpoints } from '../../../src/http/endpoints.ts'
import { createInboundLimits } from '../../../src/http/inbound-limits.ts'
import { answerPage } from '../../../src/http/page.ts'
import { countHeader, readTarget } from '../../../src/http/request-head.ts'
import { textAnswer, wantsGzip } from '../../../src/http/write-answer.ts'
import { authenticateByJwt } from '../../../src/identity/jwt.ts'
import { createKeySet } from '../../../src/identity/key-set.ts'
import { readRoles, rightsOf } from '../../../src/identity/roles.ts'
import type { KnownCaller, Right } from '../../../src/identity.ts'
import { authenticateByToken, readToken } from '../../../src/identity.ts'
import { secret } from '../../../src/util/secret.ts'
import type { Chance } from '../../support/random.ts'
import { inTurn, type Table } from './table.ts'
import { type Step, walk } from './walk.ts'

const HOSTS = [
  ...['a', 'a.example', 'a.example:443', 'a:0', 'a:65535', 'a:65536', 'a:123456', 'a:', 'a:b', '', ' ', 'a b', 'a/b', 'user@a', '[::1]'],
  ...['[::1]:4000', '[::1', '::1', '[x]', 'ä', 'a,b'],
]
const TARGETS = [
  ...['/', '/graphql', '/graphql?a=1', '/a?b?c', '/?', '/a/../b', '/%zz', '*', '', 'graphql', '?a', '//a', 'a.example:80'],
  ...[
    'http://a',
    'http://a/',
    'https://a/b?c=d',
    'HTTP://A/B',
    'http://a?b',
    'http://a#b',
    'http://a\\b',
    'ftp://a/b',
    'http:///a',
    'http://[/a',
    'http:/a',
  ],
]
const HEADERS = [[], ['Host', 'a'], ['host', 'a', 'HOST', 'b'], ['x', 'host', 'host', 'a'], ['hos', 'a', 'hostt', 'a'], ['a', 'b', 'host']]

const ORIGINS = [
  ...[undefined, 'https://listed.example', 'https://listed.example:443', 'http://listed.example', 'https://other.example', 'null', ''],
  ...[
    'http://localhost',
    'http://localhost:4000',
    'http://127.0.0.1:4000',
    'http://[::1]:4000',
    'https://gate.example',
    'http://gate.example:4000',
  ],
]
const ASKED_HOSTS = [
  undefined,
  'localhost',
  'localhost:4000',
  '127.0.0.1:4000',
  '[::1]:4000',
  'gate.example',
  'GATE.example:443',
  'gate.example:4000',
]
const ASKED_HEADERS = [
  ...[undefined, '', 'authorization', 'Authorization, Content-Type', 'x-forwarded-for', 'cookie,x-request-id', 'traceparent , tracestate'],
  ...['apollographql-client-name', 'apollographql-client-', 'xaccept', 'accept-languages', 'idempotency-key,priority,x-rowgate-debug'],
]

function crossOrigin(): string[] {
  const cors = createCors({ origins: ['https://listed.example'], host: 'Gate.Example' })
  const asks = (method: string, authorization?: string) =>
    ORIGINS.flatMap((origin) => {
      const own = ASKED_HOSTS.filter((host) => isOfOwnPage({ method, headers: { origin, host, authorization } } as never, cors))
      return `${method} from ${origin}${authorization ? ' with a token' : ''}: own where the host is ${own.map(String).join(' ')}`
    })
  return [
    ...ORIGINS.map((origin) => `${origin}: ${cors.headers(origin).join(' | ')}`),
    ...ASKED_HEADERS.flatMap((asked) =>
      [undefined, ...ORIGINS.slice(1, 3)].map(
        (origin) =>
          `preflight of ${origin} for ${asked}: ${cors.preflight({ origin, 'access-control-request-headers': asked }).join(' | ')}`,
      ),
    ),
    ...[asks('POST'), asks('GET'), asks('GET', 'x'), asks('HEAD')].flat(),
  ]
}

const CLAIMS: readonly unknown[] = [
  ...[undefined, null, 7, '', 'read', 'READ  lifecycle\tread', ['read', 'read', 'a'], ['Ingest:Products:Upsert', 7], 'ingest', 'ingest:*'],
  ...[
    'ingest:*:*',
    'ingest:*:append',
    'ingest:products:*',
    'ingest:a:append ingest:b:upsert',
    'ingest:a',
    'ingest:a:b',
    'xread',
    'readx',
    { read: true },
  ],
  ...['lifecycle', 'ingest:a-b:upsert', 'ingest:*:upsert lifecycle'],
]
const RIGHTS: readonly Right[] = [
  ...(['read', 'outcomes', 'lifecycle', 'ingest:products:upsert', 'ingest:products:append', 'ingest:a:append', 'ingest:b:upsert'] as const),
]

const TOKENS = [
  ...[
    undefined,
    null,
    '',
    ' ',
    'abc',
    ' abc ',
    'Bearer abc',
    'bearer  abc',
    'BEARER',
    'Bearer ',
    'Bearerabc',
    'Basic abc',
    'a\u007f',
    'ä',
    '!~',
  ],
  ...['x'.repeat(8_192), 'x'.repeat(8_193)],
]

function tokenOf(text: string | null | undefined, fallback: string | undefined): string {
  try {
    return readToken(text, fallback === undefined ? undefined : secret(fallback)).slice(0, 20)
  } catch (error) {
    return (error as Error).message
  }
}

const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
const published = { keys: [{ ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'known' }] } as never
const codeOf = (error: GatewayError) => error.code
const wordsOf = ({ message, numbers }: GatewayError) => `${message} ${JSON.stringify(numbers)}`

/** Keys that can be loaded, or not for a while, and callers who need one of them. */
function keys(chance: Chance): Step {
  let isAway = false
  let loads = 0
  const said: string[] = []
  const load = async () => {
    loads++
    if (isAway) throw new Error('away')
    return published
  }
  const set = createKeySet(load, ['ES256'], { onUnusable: () => said.push('unusable'), onUsable: () => said.push('usable') })
  const find = (kid: string) => Promise.resolve(set.find({ alg: 'ES256', kid }, {} as never)).then(() => 'found', codeOf)
  return async () => {
    if (chance.percent(30)) isAway = !isAway
    const act = chance.pick(['known', 'known', 'known', 'other', 'renew', 'load'] as const)
    const what = await (act === 'renew' || act === 'load' ? set[act]().then(() => 'done', codeOf) : find(act))
    for (let turn = 0; turn < 9; turn++) await Promise.resolve()
    return `${isAway ? 'away' : 'there'}, ${act}: ${what}, asked ${loads} times, loaded at ${set.loadedAt() % 1e9}${said.length > 0 ? `, ${said.splice(0).join(' ')}` : ''}`
  }
}

const callerOf = (id: string, limits: object | undefined): KnownCaller => ({
  tenant: { id, credential: secret(id) },
  ...(limits && { grant: { roles: [], may: () => true, solutions: undefined, documents: undefined, limits } }),
})

/** Callers with bounds of their own or of all, who send requests and rows. */
function quotas(common: object, windowMs: number) {
  return (chance: Chance): Step => {
    const limited: string[] = []
    const limits = createInboundLimits({ ...common, windowMs, onLimited: (what) => limited.push(what) })
    const callers = [callerOf('A', undefined), callerOf('B', {}), callerOf('C', { requests: 2 }), callerOf('D', { rows: 5, requests: 9 })]
    return async () => {
      const caller = chance.percent(5) ? { refusal: new Error('no') as never } : chance.pick(callers)
      const name = 'tenant' in caller ? caller.tenant.id : 'nobody'
      const rows = chance.pick([0, 1, 2, 3, 6, 11])
      let told = ''
      const bounds = limits.quotasOf(caller)
      const answer = async () => {
        const take = bounds?.takeRows
        told = await Promise.resolve(take?.(rows)).then(() => (take ? 'taken' : 'unbounded'), wordsOf)
        return textAnswer(200, 'ok')
      }
      const decline = (error: GatewayError) => {
        told = wordsOf(error)
        return textAnswer(429, '')
      }
      const { status, headers } = await (bounds?.within(answer, decline) ?? answer())
      return `${name} with ${rows} rows: ${status} ${told} | ${headers.slice(2).join(' | ')}${limited.length > 0 ? ` limited: ${limited.splice(0)}` : ''}`
    }
  }
}

const ENCODINGS = [
  undefined,
  '',
  'gzip',
  'GZIP',
  '*',
  'identity',
  'br',
  'gzip;q=0',
  'gzip;q=0.5',
  'gzip;q=0.5, identity',
  'gzip, identity;q=0.1',
  '*;q=0',
]
const ACCEPTED_TYPES = [
  ...[undefined, '', '*/*', 'text/html', 'text/*', 'application/json', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ...[
    'text/html;q=0.5,application/json',
    'application/json;q=0.5,text/html',
    'text/html;q=0',
    'application/graphql-response+json, text/html;q=0.9',
  ],
]

async function paths(): Promise<string[]> {
  const endpointsWith = (more: object) =>
    createEndpoints({
      ...{
        isReady: () => true,
        metrics: { print: async () => 'figures', contentType: 'text/figures' },
        graphiql: async () => '<script>x</script>',
      },
      ...{ console: (path: string) => (path.startsWith('/console') ? () => textAnswer(200, path) : undefined), graphqlPath: '/g' },
      ...more,
    } as never)
  const told = async (more: object, method: string, path: string, accept: string | undefined) => {
    const answer = await endpointsWith(more)({ method, headers: accept === undefined ? {} : { accept } } as never, { path, search: '' })
    if (answer === undefined) return 'GraphQL'
    const { status, headers, body } = answer
    const text = body instanceof Uint8Array ? `${body.length} bytes` : body.join('')
    return `${status} ${headers.filter((_, at) => headers[at - 1] !== 'content-security-policy').join(' ')} ${JSON.stringify(text)}`
  }
  const lines: string[] = []
  for (const path of ['/', '/g', '/health', '/ready', '/metrics', '/console', '/other', '/constructor'])
    for (const [method, accept] of [
      ['GET', undefined],
      ['GET', 'text/html'],
      ['HEAD', 'text/html'],
      ['POST', 'text/html'],
    ] as const)
      lines.push(`${method} ${path} for ${accept}: ${await told({}, method, path, accept)}`)
  for (const accept of ACCEPTED_TYPES) lines.push(`GET / for ${accept}: ${(await told({}, 'GET', '/', accept)).slice(0, 20)}`)
  for (const more of [{ isReady: () => false }, { graphiql: undefined }, { console: undefined }])
    for (const path of ['/', '/g', '/ready', '/console'])
      lines.push(`${Object.keys(more)} otherwise, GET ${path}: ${await told(more, 'GET', path, 'text/html')}`)
  return lines
}

const PAGE = { plain: Buffer.from('plain'), gzipped: Buffer.from('gzipped'), tag: 'tag', headers: ['a', 'b'] }

function pages(): string[] {
  const tags = [undefined, '"tag"', '"tag-gzip"', 'W/"tag"', '"other", "tag"', 'tag', '*']
  return tags.flatMap((tag) =>
    [undefined, 'gzip'].map((encoding) => {
      const { status, headers, body } = answerPage(PAGE, { 'if-none-match': tag, 'accept-encoding': encoding })
      return `if not ${tag}, by ${encoding}: ${status} ${headers.join(' ')} ${body.length}`
    }),
  )
}

function parts(chance: Chance): Step {
  const body = createBodyParts()
  return () => {
    const sizes = Array.from({ length: chance.between(0, 60) }, () => chance.pick([0, 1, 3, 40, 511, 512, 513, 4_000]))
    const sent = sizes.map((size, at) => Buffer.alloc(size, at))
    sent.forEach((part) => void body.add(part))
    const taken = body.takeAll()
    return `${sizes.length} parts: ${taken.map(({ byteLength }) => byteLength).join(' ')}, ${Buffer.concat(taken).equals(Buffer.concat(sent)) ? 'the same' : 'others'}`
  }
}

const base64 = (bytes: Buffer) => bytes.toString('base64url')

async function sign(claims: object): Promise<string> {
  const text = [{ alg: 'ES256' }, claims].map((part) => base64(Buffer.from(JSON.stringify(part)))).join('.')
  return `${text}.${base64(Buffer.from(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, Buffer.from(text))))}`
}

const NOW_S = 1_700_000_000
const GOOD = { iss: 'i', aud: 'a', sub: 'T', roles: ['read'], exp: NOW_S + 3_600 }
const SAID: readonly object[] = [
  ...[
    {},
    { iss: 'j' },
    { aud: 'b' },
    { aud: ['b', 'a'] },
    { sub: undefined },
    { sub: 'U' },
    { sub: '' },
    { sub: 7 },
    { sub: 'x'.repeat(256) },
  ],
  ...[undefined, 'soon', NOW_S, NOW_S - 29, NOW_S - 30, NOW_S - 31, NOW_S + 1].map((exp) => ({ exp })),
  ...['soon', NOW_S + 30, NOW_S + 31].map((nbf) => ({ nbf })),
  ...[undefined, 'read lifecycle', ['ingest:*']].map((roles) => ({ roles })),
]

/** What is made of JWTs, and how long each is believed without being looked at. */
function jwts(claims: object) {
  return (): Step => {
    let looks = 0
    const find = async () => {
      looks++
      return publicKey
    }
    const authenticate = authenticateByJwt({
      ...{ issuer: 'i', audience: 'a', algorithms: ['ES256'], clockSkewMs: 30_000, tenantClaim: 'sub', rolesClaim: 'roles' },
      keys: { find, load: async () => {}, loadedAt: () => 0, renew: async () => {} } as never,
      credentials: {
        find: async (id) =>
          id === 'T' ? { tenant: { id, credential: secret('c') }, solutions: undefined, limits: {}, documents: undefined } : undefined,
      },
    })
    const token = sign({ ...GOOD, ...claims })
    return async () => {
      const caller = await authenticate({ authorization: `Bearer ${await token}` })
      const who = 'tenant' in caller ? `${caller.tenant.id} ${caller.grant?.roles}` : `${caller.refusal.code} ${caller.refusal.message}`
      return `${who}, looked at ${looks} times`
    }
  }
}

/** What stands at the entrance: where a request goes, who calls, and how much of it is taken. */
export const entrance: Table = {
  name: 'entrance',
  title: 'At the entrance: where requests go, whose pages and callers are let in, what they may do, and how much of a tenant is taken.',
  about: 'Lines of a walk begin with the pause before them, in milliseconds.',
  lines: async () => [
    ...HOSTS.map(
      (host) => `host ${host}: ${JSON.stringify(readTarget({ url: '/', headers: { host }, rawHeaders: [], httpVersionMinor: 1 }))}`,
    ),
    ...TARGETS.map((url) => `${url}: ${JSON.stringify(readTarget({ url, headers: { host: 'a' }, rawHeaders: [], httpVersionMinor: 1 }))}`),
    ...[0, 1].map(
      (httpVersionMinor) =>
        `no host, 1.${httpVersionMinor}: ${JSON.stringify(readTarget({ url: '/', headers: {}, rawHeaders: [], httpVersionMinor }))}`,
    ),
    ...HEADERS.map((rawHeaders) => {
      const target = readTarget({ url: '/', headers: { host: 'a' }, rawHeaders, httpVersionMinor: 1 })
      return `${rawHeaders.join(' ')}: host ${countHeader(rawHeaders, 'host')} times, ${JSON.stringify(target)}`
    }),
    ...crossOrigin(),
    ...CLAIMS.map((claim) => {
      const roles = readRoles(claim)
      return `${JSON.stringify(claim)}: ${roles.join(' ')} may ${RIGHTS.filter(rightsOf(roles)).join(' ')}`
    }),
    ...TOKENS.flatMap((text) =>
      [undefined, 'lent'].map((fallback) => `token ${text?.slice(0, 20)}, ${fallback}: ${tokenOf(text, fallback)}`),
    ),
    `without a token: ${Object.keys(await authenticateByToken(undefined)({}))}; with one that is lent: ${Object.keys(await authenticateByToken(secret('x'))({}))}`,
    ...(await paths()),
    ...ENCODINGS.map((encoding) => `${encoding} wants gzip: ${wantsGzip({ 'accept-encoding': encoding })}`),
    ...pages(),
    await walk('body', 1, 30, [0], parts),
    ...(await inTurn([
      ...[1, 2, 3].map(
        (seed) => () =>
          walk(
            'keys',
            seed,
            50,
            [0, 0, 1, 4_999, 5_000, 5_001, 29_999, 30_000, 599_999, 600_000, 600_001, 3_599_999, 3_600_000, 3_600_001],
            keys,
          ),
      ),
      () => walk('no quota for all', 1, 40, [0, 0, 0, 10, 200, 999, 1_000, 1_001], quotas({}, 1_000)),
      () => walk('quotas for all', 2, 60, [0, 0, 0, 0, 10, 300, 700, 2_500, 2_501], quotas({ requests: 4, rows: 10 }, 2_500)),
      () => walk('a quota of rows for all', 3, 40, [0, 0, 0, 10, 9_000, 59_999, 60_000], quotas({ rows: 6 }, 60_000)),
      ...SAID.map(
        (claims) => () => walk(JSON.stringify(claims).slice(0, 40), 1, 6, [0, 0, 1, 900, 599_998, 599_999, 600_000], jwts(claims)),
      ),
    ])),
  ],
}
