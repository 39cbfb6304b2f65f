import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser, launchBrowser } from '../support/browser.ts'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts'
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { product } from '../support/rows.ts'

const found = await findBrowser()
const QUERY =
  'mutation ($rows: [ProductsRowInput!]!, $key: String) { appendProducts(rows: $rows, idempotencyKey: $key) { acceptedCount replayedCount } }'

describe.skipIf(!found)('a browser whose connection broke before the answer sends a POST again, unasked', () => {
  let upstream: FakeUpstream
  let gateway: Gateway
  let proxy: CuttingProxy
  let browser: Browser
  let cutFrom = Number.POSITIVE_INFINITY

  beforeAll(async () => {
    upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
    gateway = await startGateway({ INGESTION_URL: upstream.url })
    proxy = await startCuttingProxy(new URL('/graphql', gateway.url), answerOfRows)
    if (found) browser = await launchBrowser(found)
  })
  afterAll(async () => {
    await browser?.close()
    await proxy.close()
    await gateway.close()
    await upstream.close()
  })

  /** Whether rows have reached the upstream since it was last asked for; once. */
  function answerOfRows(): boolean {
    if (upstream.arrived.length <= cutFrom) return false
    cutFrom = Number.POSITIVE_INFINITY
    return true
  }

  /** Appends a row from a page, over a connection that was in use before and is cut in place of its answer. */
  async function append(key: string | null) {
    const page = await browser.newPage()
    await page.goto(new URL('/health', proxy.url).href)
    const before = upstream.arrived.length
    cutFrom = before
    const answer = await page.evaluate(
      async ([url, body]) =>
        (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 't' }, body })).json(),
      [proxy.url.href, JSON.stringify({ query: QUERY, variables: { rows: [product('A')], key } })] as const,
    )
    await page.close()
    return { sent: upstream.arrived.length - before, ...answer.data.appendProducts }
  }

  test('without an idempotency key the row of an APPEND is written twice by that, with one it is not', async () => {
    expect(await append(null)).toEqual({ sent: 2, acceptedCount: 1, replayedCount: 0 })
    expect(await append('k')).toEqual({ sent: 1, acceptedCount: 1, replayedCount: 1 })
    expect(proxy.cuts()).toBe(2)
  })
})
