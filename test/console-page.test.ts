import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { pathToFileURL } from 'node:url'
import { parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import * as queries from '../src/console/session/queries.ts'
import { createConsole } from '../src/http/console.ts'
import { bareSchema } from './support/bare-schema.ts'
import { ensureConsole } from './support/console-build.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { startIssuer } from './support/issuer.ts'

let gateway: Gateway

beforeAll(async () => {
  await ensureConsole()
  gateway = await startGateway({})
})
afterAll(() => gateway.close())

const get = (path: string, headers: Record<string, string> = {}) => gateway.fetch({ path, headers })

describe('/console', () => {
  test('is a page that loads and asks nothing but its gateway, and that nobody frames', async () => {
    for (const path of ['/console', '/console/']) {
      const { status, headers } = await get(path)
      expect(status).toBe(200)
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(headers.get('cache-control')).toBe('private, no-cache')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; worker-src 'self'; connect-src 'self'; base-uri 'none'; " +
          "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default",
      )
    }
  })

  test('has no script or style of its own in the page, and all its files are there', async () => {
    const html = await (await get('/console')).text()
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:\/\//)
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
    expect(files.length).toBeGreaterThan(2)
    for (const path of files) expect([path, (await get(path)).status]).toEqual([path, 200])
  })

  test('keeps files that are named by their content for ever, compressed where that is wanted', async () => {
    const html = await (await get('/console')).text()
    const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? ''
    const plain = await get(script)
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(plain.headers.get('content-security-policy')).toContain("script-src 'self'")
    const packed = await get(script, { 'accept-encoding': 'gzip' })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(await packed.text()).toBe(await plain.text())
  })

  test('is not sent again to a browser that has it, packed or plain as it asks for it', async () => {
    const tags = await Promise.all(
      ['identity', 'gzip'].map(async (coding) => (await get('/console', { 'accept-encoding': coding })).headers.get('etag') ?? ''),
    )
    for (const [at, coding] of ['identity', 'gzip'].entries()) {
      const statusFor = async (tag = '') => (await get('/console', { 'accept-encoding': coding, 'if-none-match': tag })).status
      expect([await statusFor(tags[at]), await statusFor(`"another", ${tags[at]}`), await statusFor(tags[1 - at])]).toEqual([304, 304, 200])
    }
  })

  test.each(['/console/assets/../../package.json', '/console/%2e%2e/package.json', '/console/nothing.js', '/consoles'])(
    'there is nothing at %s',
    async (path) => expect((await get(path)).status).toBe(404),
  )

  test('is framed by nobody, not even where it says that there is nothing', async () => {
    for (const path of ['/console', '/console/', '/console/nothing.js'])
      expect((await get(path)).headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  test('only reads', async () => {
    const { status, headers } = await gateway.fetch({ method: 'POST', path: '/console', body: 'x' })
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect((await gateway.fetch({ method: 'HEAD', path: '/console' })).status).toBe(200)
  })

  test('is told where rows go, and a token only where it is no secret', async () => {
    expect(await factsOf(gateway)).toEqual({
      upstream: { kind: 'sandbox' },
      token: 'sandbox-token',
      lendsToken: false,
      endpoint: '/graphql',
    })
    const remote = await startGateway({ INGESTION_URL: 'https://up.example', INGESTION_TOKEN: 'the-secret' })
    expect(await factsOf(remote)).toEqual({ upstream: { kind: 'remote', host: 'up.example' }, lendsToken: true, endpoint: '/graphql' })
    expect(await (await remote.fetch({ path: '/console' })).text()).not.toContain('the-secret')
    await remote.close()
    const issuer = await startIssuer()
    const byJwt = await startGateway(await issuer.settings({ acme: { token: 'acme-token' } }))
    expect(await factsOf(byJwt)).toEqual({ upstream: { kind: 'sandbox' }, lendsToken: false, endpoint: '/graphql' })
    await Promise.all([byJwt.close(), issuer.close()])
  })

  test('can be hidden', async () => {
    const hidden = await startGateway({ CONSOLE: 'off' })
    const { status, headers } = await hidden.fetch({ path: '/console' })
    expect([status, headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8'])
    expect(await (await hidden.fetch({ path: '/' })).text()).not.toContain('/console')
    const graphiql = async (of: Gateway) => await (await of.fetch({ headers: { accept: 'text/html' } })).text()
    expect([await graphiql(gateway), await graphiql(hidden)].map((page) => page.includes('href="/console"'))).toEqual([true, false])
    await hidden.close()
  })
})

test('where the console is not built, it says what to run, and is there as soon as that was done', async () => {
  const folder = pathToFileURL(`${await mkdtemp(`${tmpdir()}/console-`)}/`)
  const facts = { upstream: { kind: 'sandbox' }, token: undefined, lendsToken: false, endpoint: '/graphql' } as const
  const answer = createConsole(facts, folder)('/console')
  const before = await answer?.({ headers: {} })
  expect([before?.status, String(before?.body)]).toEqual([404, expect.stringContaining('npm run console')])
  await writeFile(new URL('index.html', folder), '<p>%ROWGATE%</p>')
  expect((await answer?.({ headers: {} }))?.status).toBe(200)
  await rm(folder, { recursive: true })
})

test('every document of the console fits the schema', () => {
  const names = contract.resources.map(({ graphqlName }) => graphqlName)
  const documents = [...Object.values(queries).filter((value) => typeof value === 'string'), queries.outcomesQuery(names)]
  expect(documents.length).toBeGreaterThan(6)
  const schema = bareSchema()
  expect(documents.flatMap((document) => validate(schema, parse(document)).map(({ message }) => message))).toEqual([])
})

async function factsOf(asked: Gateway): Promise<unknown> {
  const html = await (await asked.fetch({ path: '/console' })).text()
  const told = /name="rowgate" content="([^"]*)"/.exec(html)?.[1] ?? ''
  return JSON.parse(told.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))))
}
