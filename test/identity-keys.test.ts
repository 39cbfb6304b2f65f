import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, generateSecret, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLoadKeys } from '../src/identity/key-set.ts'
import { readSmallJson } from '../src/util/files.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { AUDIENCE, createKey, ISSUER, type Issuer, type IssuerKey, keySetOf, startIssuer } from './support/issuer.ts'

const NOTHING = 'mutation { upsertProducts(rows: []) { acceptedCount } }'
const OK = { status: 200, data: { upsertProducts: { acceptedCount: 0 } } }
const UNKNOWN = { status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }
const AWAY = { status: 503, errors: [{ extensions: { code: 'IDENTITY_UNAVAILABLE', retryAfterMs: 1_000 } }] }

let issuer: Issuer
let gateway: Gateway | undefined

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  issuer = await startIssuer()
})
afterEach(async () => {
  await gateway?.close()
  await issuer.close()
  vi.useRealTimers()
})

async function start(more: Record<string, string> = {}): Promise<void> {
  gateway = await startGateway({ ...(await issuer.settings({ acme: { token: 'acme-token' } })), ...more })
}

/** Each with a JWT of its own, so that nothing is remembered of it. */
let nth = 0
const askWith = async (options: Parameters<Issuer['sign']>[1] = {}) => {
  nth++
  return await (gateway as Gateway).send(NOTHING, {}, await issuer.sign({ jti: `${nth}`, exp: Date.now() / 1_000 + 100_000 }, options))
}
const later = (ms: number) => vi.setSystemTime(Date.now() + ms)
const linesOf = (setting: string) => (gateway?.logged ?? []).map((line) => JSON.parse(line)).filter((line) => line.setting === setting)
const said = () => linesOf('JWKS_URL').map(({ cause, msg }) => cause ?? msg)

describe('the keys of the issuer', () => {
  test('are asked for once, however many callers come', async () => {
    await start()
    // Before anybody has come.
    await expect.poll(() => issuer.asked()).toBe(1)
    expect(await Promise.all(Array.from({ length: 20 }, () => askWith()))).toEqual(Array(20).fill(expect.objectContaining(OK)))
    expect(issuer.asked()).toBe(1)
  })

  test('rotate: a new one is believed once it is published, an old one no longer than ten minutes after it is not', async () => {
    const [one, two] = [issuer.key, await createKey('two')]
    await start()
    expect(await askWith()).toMatchObject(OK)
    expect(await askWith({ key: two })).toMatchObject(UNKNOWN)
    issuer.publish(two)
    expect(await askWith({ key: two })).toMatchObject(UNKNOWN)
    later(30_000)
    expect(await askWith({ key: two })).toMatchObject(OK)
    expect(await askWith({ key: one })).toMatchObject(UNKNOWN)

    issuer.publish(one)
    later(600_001)
    // The one that finds the keys old does not wait for others.
    expect(await askWith({ key: two })).toMatchObject(OK)
    await expect.poll(() => issuer.asked()).toBe(3)
    await expect.poll(() => askWith({ key: two })).toMatchObject(UNKNOWN)
    expect(await askWith({ key: one })).toMatchObject(OK)
  })

  test('rotate also after the clock was set back, and nothing that was remembered of a JWT counts then', async () => {
    const [one, two] = [issuer.key, await createKey('two')]
    await start()
    const jwt = await issuer.sign({ exp: Date.now() / 1_000 + 100_000 }, { key: one })
    const remembered = async () => await (gateway as Gateway).send(NOTHING, {}, jwt)
    expect(await remembered()).toMatchObject(OK)
    issuer.publish(two)
    later(-3_600_000)
    expect(await askWith({ key: two })).toMatchObject(OK)
    expect(await remembered()).toMatchObject(UNKNOWN)
  })

  test('rotate also where JWTs do not name theirs: one that none of them has signed has them looked at, once in thirty seconds', async () => {
    const two = await createKey('two')
    await start()
    const unnamed = (key: IssuerKey) => askWith({ key, kid: undefined })
    expect(await unnamed(issuer.key)).toMatchObject(OK)
    issuer.publish(two)
    expect(await unnamed(two)).toMatchObject(UNKNOWN)
    later(30_000)
    expect(await Promise.all([unnamed(two), unnamed(two)])).toMatchObject([OK, OK])
    expect(await unnamed(issuer.key)).toMatchObject(UNKNOWN)
    issuer.publish(issuer.key, two)
    later(30_000)
    expect(await unnamed(issuer.key)).toMatchObject(OK)
    expect(await unnamed(await createKey('three'))).toMatchObject(UNKNOWN)
    expect(issuer.asked()).toBe(3)
    issuer.answerWith((response) => response.destroy())
    later(30_000)
    expect(await unnamed(await createKey('three'))).toMatchObject(AWAY)
    expect(await unnamed(two)).toMatchObject(OK)
  })

  test('that nobody has published make no flood: one look in thirty seconds, for all callers together', async () => {
    await start()
    await askWith()
    const flood = await Promise.all(Array.from({ length: 30 }, async (_, at) => askWith({ kid: `made-up-${at}` })))
    expect(flood).toEqual(Array(30).fill(expect.objectContaining({ status: 401 })))
    later(30_000)
    await Promise.all(Array.from({ length: 30 }, async (_, at) => askWith({ kid: `made-up-${at}` })))
    expect(issuer.asked()).toBe(2)
  })

  test('that cannot be had are not the fault of a JWT: 503, and good again as soon as they can', async () => {
    issuer.answerWith((response) => response.writeHead(500).end())
    await start()
    expect(await askWith()).toMatchObject(AWAY)
    expect(await askWith()).toMatchObject(AWAY)
    expect([issuer.asked(), said()]).toEqual([1, ['it was answered with the status 500']])
    issuer.publish(issuer.key)
    expect(await askWith()).toMatchObject(AWAY)
    later(5_000)
    expect(await askWith()).toMatchObject(OK)
    // That is over then: what another key has signed is the fault of the JWT again, and a new failure is told.
    expect(await askWith({ kid: 'unknown' })).toMatchObject(UNKNOWN)
    issuer.answerWith((response) => response.writeHead(502).end())
    later(30_000)
    expect(await askWith({ kid: 'unknown' })).toMatchObject(AWAY)
    expect(said()).toEqual([
      'it was answered with the status 500',
      'a file or address named by a setting can be used again',
      'it was answered with the status 502',
    ])
  })

  test('are used for an hour while they cannot be loaded anew, and then not any more', async () => {
    await start()
    expect(await askWith()).toMatchObject(OK)
    issuer.answerWith((response) => response.destroy())
    later(3_600_000)
    expect(await askWith()).toMatchObject(OK)
    await expect.poll(said).toEqual(['it could not be reached'])
    // Whether this one was published meanwhile nobody knows.
    expect(await askWith({ key: await createKey('two') })).toMatchObject(AWAY)
    later(5_000)
    expect(await askWith()).toMatchObject(AWAY)
    expect(said()).toHaveLength(1)
    issuer.publish(issuer.key)
    later(5_000)
    expect(await askWith()).toMatchObject(OK)
  })

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['that never come', () => {}, 'it was not answered within 3000 ms'],
    ['that begin and never end', (response) => response.writeHead(200).write('{"keys":['), 'it was not answered within 3000 ms'],
    [
      'that are huge',
      (response) => response.writeHead(200).end(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`),
      'it has more than 262144 bytes',
    ],
    [
      'that are 10,000',
      (response) => response.writeHead(200).end(JSON.stringify({ keys: Array(10_000).fill({ kty: 'EC' }) })),
      'it has more than 100 keys',
    ],
    ['that are no JSON', (response) => response.writeHead(200).end('<html>'), 'it is not JSON'],
    ['that are no set', (response) => response.writeHead(200).end('{"keys":{}}'), 'it is not a JSON Web Key Set: it has no list of keys'],
    ['that are no keys', (response) => response.writeHead(200).end('{"keys":[1]}'), 'it is not a JSON Web Key Set: it has no list of keys'],
    ['that lead elsewhere', (response) => response.writeHead(302, { location: '/others' }).end(), 'it was answered with the status 302'],
  ])('%s leave those that are there in use, and get one line in the log', async (_, reply, words) => {
    await start()
    expect(await askWith()).toMatchObject(OK)
    issuer.answerWith(reply)
    later(30_000)
    expect(await askWith({ kid: 'unknown' })).toMatchObject(AWAY)
    expect(await askWith()).toMatchObject(OK)
    expect(said()).toEqual([words])
  })

  test('may begin with a byte order mark, as files do that an editor has saved', async () => {
    const set = JSON.stringify(await keySetOf(issuer.key))
    issuer.answerWith((response) => response.writeHead(200).end(`\ufeff${set}`))
    await start()
    expect(await askWith()).toMatchObject(OK)
  })

  test('are each tried for a JWT that does not say which of them it is signed by', async () => {
    const [two, stranger] = [await createKey('two'), await createKey('stranger')]
    issuer.publish(issuer.key, two)
    await start()
    const unnamed = async (key: IssuerKey) => (await askWith({ key, kid: undefined })).status
    expect([await unnamed(issuer.key), await unnamed(two), await unnamed(stranger)]).toEqual([200, 200, 401])
  })

  test('are each tried, also where one before the right one is too weak for any JWT; that one alone is of no use', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' })
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const publish = (keys: object[]) => issuer.answerWith((response) => response.writeHead(200).end(JSON.stringify({ keys })))
    publish([weak, await exportJWK(publicKey)])
    await start()
    const sign = async (id: string) =>
      await new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'acme', exp: Date.now() / 1_000 + 100, roles: ['ingest:*'], jti: id })
        .setProtectedHeader({ alg: 'RS256' })
        .sign(privateKey)
    expect(await (gateway as Gateway).send(NOTHING, {}, await sign('1'))).toMatchObject(OK)
    publish([weak])
    later(30_000)
    expect(await askWith({ kid: 'unknown' })).toMatchObject(AWAY)
    expect(await (gateway as Gateway).send(NOTHING, {}, await sign('2'))).toMatchObject(AWAY)
    expect(said()).toEqual(['none of its keys fits JWT_ALGORITHMS, so JWTs are declined until one does'])
  })

  test('are public: a secret or private key among them is none', async () => {
    const secret = { ...(await exportJWK(await generateSecret('HS256', { extractable: true }))), kid: 'secret' }
    const stolen = { ...(await exportJWK(issuer.key.privateKey)), kid: 'private' }
    const { keys } = await keySetOf(issuer.key)
    issuer.answerWith((response) => response.writeHead(200).end(JSON.stringify({ keys: [secret, stolen, ...keys] })))
    await start()
    expect(await askWith({ kid: 'secret' })).toMatchObject(UNKNOWN)
    expect(await askWith({ kid: 'private' })).toMatchObject(UNKNOWN)
  })

  test.each<[string, object[]]>([
    ['none', []],
    ['one of another type', [{ kty: 'oct', kid: 'one', k: 'AAAA' }]],
    ['one to encrypt with', [{ kty: 'EC', kid: 'one', use: 'enc' }]],
    ['one for another algorithm', [{ kty: 'RSA', kid: 'one', alg: 'RS256' }]],
    ['a private one', [{ kty: 'EC', kid: 'one', d: 'AAAA' }]],
  ])('are of no use where there is %s: that is told once, and that it is over', async (_, unfit) => {
    await start({ JWT_ALGORITHMS: 'ES256' })
    expect(await askWith()).toMatchObject(OK)
    issuer.answerWith((response) => response.writeHead(200).end(JSON.stringify({ keys: unfit })))
    later(30_000)
    expect(await askWith({ kid: 'unknown' })).toMatchObject(AWAY)
    // The one before has been withdrawn.
    expect(await askWith()).toMatchObject(AWAY)
    issuer.publish(issuer.key)
    later(5_000)
    expect(await askWith()).toMatchObject(OK)
    expect(said()).toEqual([
      'none of its keys fits JWT_ALGORITHMS, so JWTs are declined until one does',
      'a file or address named by a setting can be used again',
    ])
  })

  test('may stand in a file, which is read anew; one that cannot be used is a reason not to start', async () => {
    const file = `${issuer.directory}/keys.json`
    const settings = { JWKS_URL: '', JWKS_FILE: file }
    await expect(start(settings)).rejects.toThrow(/^JWKS_FILE: it cannot be read \(ENOENT\)$/)
    await writeFile(file, '{"keys": [')
    await expect(start(settings)).rejects.toThrow(/^JWKS_FILE: it is not JSON$/)
    await writeFile(file, '{"keys": [], "keys": []}')
    await expect(start(settings)).rejects.toThrow(/^JWKS_FILE: it has the name "keys" twice in one object$/)
    await writeFile(file, '{"keys": [null]}')
    await expect(start(settings)).rejects.toThrow(/^JWKS_FILE: it is not a JSON Web Key Set/)
    await writeFile(file, `[${' '.repeat(98)}]`)
    expect(await readSmallJson(file, 100)).toEqual([])
    await expect(readSmallJson(file, 99)).rejects.toThrow('it has more than 99 bytes')
    await writeFile(file, JSON.stringify(await keySetOf(issuer.key)))
    await start(settings)
    const two = await createKey('two')
    expect(await askWith()).toMatchObject(OK)
    await writeFile(file, JSON.stringify(await keySetOf(issuer.key, two)))
    later(30_000)
    expect(await askWith({ key: two })).toMatchObject(OK)
    await writeFile(file, '{"keys": [')
    later(30_000)
    expect(await askWith({ kid: 'unknown' })).toMatchObject(AWAY)
    expect(linesOf('JWKS_FILE').map(({ cause }) => cause)).toEqual(['it is not JSON'])
    expect(issuer.asked()).toBe(0)
  })
})

test('a set of as many bytes and keys as may be is read, one more of either is not; one that is declined is not read on', async () => {
  const answer = (body: object, length?: number) => JSON.stringify(body).padEnd(length ?? 0)
  const loaded = (text: string) => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(text))
    return createLoadKeys({ url: new URL('https://issuer.example') })().then(({ keys }) => keys.length, String)
  }
  const keys = (count: number) => ({ keys: Array(count).fill({ kty: 'RSA' }) })
  expect(await loaded(answer(keys(100)))).toBe(100)
  expect(await loaded(answer(keys(101)))).toContain('more than 100 keys')
  expect(await loaded(answer(keys(1), 256 * 1_024))).toBe(1)
  expect(await loaded(answer(keys(1), 256 * 1_024 + 1))).toContain('more than 262144 bytes')
  const cancel = vi.fn()
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(new ReadableStream({ cancel }), { status: 500 }))
  await expect(createLoadKeys({ url: new URL('https://issuer.example') })()).rejects.toThrow('status 500')
  expect(cancel).toHaveBeenCalled()
  vi.restoreAllMocks()
})
