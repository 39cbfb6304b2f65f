import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startEncryptedUpstream, trustEncryptedUpstream } from './support/encrypted-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { product, products } from './support/rows.ts'

usePatientClock()

let upstream: Awaited<ReturnType<typeof startEncryptedUpstream>>
let gateway: Gateway
let distrust = () => {}

beforeAll(async () => {
  upstream = await startEncryptedUpstream()
})
afterEach(async () => {
  await gateway.close()
  distrust()
})
afterAll(() => upstream.close())

test('an encrypted upstream is believed, though its socket hears late that rows have left', async () => {
  distrust = trustEncryptedUpstream()
  gateway = await startGateway({ INGESTION_URL: `https://127.0.0.1:${upstream.port}`, REQUESTS_PER_SECOND: '1000' })
  for (let round = 0; round < 4; round++) {
    const sent = Array.from({ length: 60 }, (_, nth) => gateway.ingest('appendProducts', [product('A')], { token: `tenant-${nth}` }))
    const large = gateway.ingest('appendProducts', products(2_000))
    const accepted = (await Promise.all(sent)).map(({ acceptedCount }) => acceptedCount)
    expect([new Set(accepted), (await large).acceptedCount]).toEqual([new Set([1]), 2_000])
  }
})

test.each([
  ['that nobody vouches for', '127.0.0.1', () => () => {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['of another host', 'localhost', trustEncryptedUpstream, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('rows are not sent to one with a certificate %s', async (_, host, trust, cause) => {
  // So there is no pause before a retry.
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0)
  distrust = trust()
  gateway = await startGateway({ INGESTION_URL: `https://${host}:${upstream.port}` })
  const { rows } = await gateway.ingest('appendProducts', [product('A')])
  expect(rows[0]).toMatchObject({ by: 'GATEWAY', retryable: true, issues: [{ code: 'UPSTREAM_UNREACHABLE' }] })
  chance.mockRestore()
  expect(gateway.logged.join('')).toContain(`"cause":"${cause}"`)
})

test('what waited for a proxy until its time was over does not leave when the proxy answers', async () => {
  distrust = trustEncryptedUpstream()
  const opened = Promise.withResolvers<void>()
  const proxy = createServer(async (client: Socket) => {
    client.on('error', () => {})
    await once(client, 'data')
    await opened.promise
    const through = connect(upstream.port, '127.0.0.1').on('error', () => {})
    client.write('HTTP/1.1 200 Connected\r\n\r\n')
    client.pipe(through).pipe(client)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const settings = { INGESTION_URL: 'https://127.0.0.1', HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }
  gateway = await startGateway({ ...settings, ATTEMPTS_TIMEOUT_MS: '1000' })
  const before = upstream.requests()
  const append = async () => (await gateway.ingest('appendProducts', [product('A')])).rows[0]

  expect(await append()).toMatchObject({ by: 'GATEWAY', retryable: true, issues: [{ code: 'UPSTREAM_UNREACHABLE' }] })
  opened.resolve()
  expect(await append()).toMatchObject({ __typename: 'AcceptedRow' })
  expect(upstream.requests()).toBe(before + 1)
  proxy.close()
})
