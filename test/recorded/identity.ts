import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { AUDIENCE, createKey, ISSUER, type IssuerKey, keySetOf } from '../support/issuer.ts'
import type { Scenario, World } from '../support/recording/run.ts'
import { items } from './rows.ts'

const CREDENTIALS = {
  acme: { token: 'token-acme' },
  globex: { token: 'token-globex', solutions: ['INV_OOTB'], limits: { requests: 3, rows: 4 } },
  bound: { token: 'token-bound', documents: 'trusted' },
}
const ME = 'query Me { me { tenant identity roles mayRead mutations solutions quotas { requests rows windowSeconds } documents } }'
const MANIFEST = { me: ME, 'sha256:0': 'query Other { me { tenant } }' }

/** Who calls by a JWT. */
export const identity: Scenario = createIdentity()

function createIdentity(): Scenario {
  let keys: readonly IssuerKey[] = []
  let published: object = {}
  let isDown = false
  let file = ''

  return {
    name: 'identity',
    title: 'Callers with a JWT: keys, claims and roles decide what each may do, and the upstream sees the credential of its tenant.',
    about: `
The issuer's keys are at the upstream. Acme may do all, Globex is limited to one solution, three requests and four rows a minute, and Bound to the
documents of the manifest. Keys are loaded anew for one that is not known, the file of credentials when it has changed.`,
    settings: { IDENTITY: 'jwt', JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, RATE_LIMIT_REQUESTS: '100', LOG_LEVEL: 'info' },
    async prepare(folder, upstreamUrl) {
      keys = [await createKey('one'), await createKey('two')]
      published = await keySetOf(...keys.slice(0, 1))
      isDown = false
      file = join(folder, 'credentials.json')
      await writeFile(file, JSON.stringify(CREDENTIALS))
      await writeFile(join(folder, 'manifest.json'), JSON.stringify(MANIFEST))
      return { JWKS_URL: `${upstreamUrl}/keys`, CREDENTIALS_FILE: file, DOCUMENTS_MANIFEST: join(folder, 'manifest.json') }
    },
    upstream:
      () =>
      ({ path, rows }) => {
        if (path === '/keys') return isDown ? { status: 500, body: {} } : { body: published, isHidden: true }
        return path.endsWith('solutions')
          ? { body: [{ solutionName: 'INV_OOTB' }, { solutionName: 'QP_OOTB' }] }
          : { body: { accepted: rows.length, failed: [] } }
      },
    async play(world) {
      const { pass, say, setForward } = world
      const [one, two] = keys as [IssuerKey, IssuerKey]
      const ask = createAsk(world)
      const roles = ['ingest:*', 'lifecycle', 'read']
      await ask({ sub: 'acme', roles }, one, ME)
      await ask({ sub: 'acme', roles }, one, ME)
      for (const claims of [
        { roles: 'read other INGEST:Products:upsert' },
        { roles: ['ingest:*:append', 7] },
        { roles: { read: true } },
        {},
        { roles: ['lifecycle'] },
      ]) {
        await ask({ sub: 'acme', ...claims }, one, ME)
        await ask({ sub: 'acme', ...claims }, one, undefined)
        await ask(
          { sub: 'acme', ...claims },
          one,
          '{ solutions { solutionName } ingestRequest(idempotencyKey: "a") { state } recentRejections { index } }',
        )
        await ask({ sub: 'acme', ...claims }, one, 'mutation { addAttribute(resource: "Products", name: "A", type: STRING) { name } }')
      }
      say('not in order')
      const now = Math.floor(Date.now() / 1_000)
      for (const claims of [
        { exp: now - 31 },
        { exp: now - 29 },
        { nbf: now + 31 },
        { nbf: 'now' },
        { exp: undefined },
        { iss: 'other' },
        { aud: 'other' },
        { sub: 7 },
        { sub: 'a\nb' },
        { sub: 'nobody' },
      ])
        await ask({ sub: 'acme', roles, ...claims }, one, ME)
      await world.send('acme', {
        headers: { authorization: 'no.jwt', 'content-type': 'application/json' },
        body: JSON.stringify({ query: ME }),
      })
      say('limits of its own')
      for (const nth of [1, 2, 3, 4])
        await ask({ sub: 'globex', roles }, one, nth === 1 ? ME : undefined, nth === 2 ? 'QP_OOTB' : 'INV_OOTB')
      say('trusted documents')
      await ask({ sub: 'bound', roles }, one, ME)
      await ask({ sub: 'bound', roles }, one, '{ __typename }')
      await world.send('acme', { method: 'GET', path: '/graphql?documentId=me', headers: { 'apollo-require-preflight': '1' } })
      say('a new key: at once a minute after the last time; not again within half a minute')
      await ask({ sub: 'acme', roles }, two, ME)
      await pass(31_000)
      published = await keySetOf(two)
      await ask({ sub: 'acme', roles }, two, ME)
      await ask({ sub: 'acme', roles, jti: 'new' }, one, ME)
      say('the file changes, and then cannot be used')
      await writeFile(file, JSON.stringify({ ...CREDENTIALS, acme: { token: 'token-acme-2', solutions: ['QP_OOTB'] } }))
      await ask({ sub: 'acme', roles }, two, undefined)
      await pass(1_000)
      await ask({ sub: 'acme', roles }, two, undefined)
      await writeFile(file, '{"acme":{"token":"token-acme"},"other":{"token":"token-acme"}}')
      await pass(1_000)
      await ask({ sub: 'acme', roles }, two, '{ me { solutions } }')
      await pass(1_000)
      await ask({ sub: 'acme', roles }, two, '{ me { solutions } }')
      say('eleven minutes, and an hour later, with keys that cannot be loaded')
      isDown = true
      setForward(660_000)
      await ask({ sub: 'acme', roles }, two, '{ me { tenant } }')
      await pass(100)
      await ask({ sub: 'acme', roles }, one, '{ me { tenant } }')
      setForward(3_000_000)
      await ask({ sub: 'acme', roles }, two, '{ me { tenant } }')
      isDown = false
      await pass(6_000)
      await ask({ sub: 'acme', roles }, two, '{ me { tenant } }')
    },
  }
}

/** Asks with a JWT of those claims; without a document it sends three rows. */
function createAsk({ name, query, ingest }: World) {
  return async (claims: Record<string, unknown>, key: IssuerKey, document: string | undefined, solution?: string) => {
    const all = { iss: ISSUER, aud: AUDIENCE, exp: Math.floor(Date.now() / 1_000) + 600, ...claims }
    const jwt = await new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: key.kid }).sign(key.privateKey)
    const { iss: _, exp: __, ...shown } = all
    name(jwt, `<jwt ${key.kid} ${JSON.stringify({ ...shown, ...('exp' in claims && { exp: claims.exp }) })}>`)
    const headers = { authorization: jwt }
    if (document !== undefined) return await query('acme', document, undefined, headers)
    return await ingest('acme', 'upsertProducts', items(3, 'P'), { headers, ...(solution && { solution }) })
  }
}
