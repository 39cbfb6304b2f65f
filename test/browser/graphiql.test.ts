import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../schema/index.ts'
import { type App, createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/observability/log.ts'
import { findBrowser, launchBrowser } from '../support/browser.ts'

const found = await findBrowser()

describe.skipIf(!found)('GraphiQL in a browser that reaches nothing but the gateway', () => {
  let app: App
  let browser: Browser
  let page: Page
  let address: string
  let examples: number
  const asked: string[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    app = await createApp(
      readConfig({ PORT: '0', SANDBOX_FILE: ':memory:', STORE_FILE: ':memory:', LOG_LEVEL: 'warn' }, contract.modules),
      contract,
      createLog('warn', 'replica-1'),
    )
    address = new URL('/graphql', await app.listen()).href
    examples = (await readdir(new URL('../../schema/operations/', import.meta.url))).filter((file) => file.endsWith('.graphql')).length
    if (!found) return
    browser = await launchBrowser(found)
    page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
    page.on('request', (request) => asked.push(request.url()))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(address)
    await page.waitForSelector('.graphiql-execute-button')
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  // One visit from here to the end: what a test leaves open is what the next one finds.
  test('opens with a tab for every example operation', async () => {
    await expect.poll(() => page.locator('.graphiql-tab').count()).toBe(examples)
  })

  test('says that this is the sandbox, above the whole of GraphiQL', async () => {
    const banner = page.getByRole('status').first()
    expect(await banner.textContent()).toMatch(/^Sandbox\..*sandbox-token/)
    const [above, below] = [await banner.boundingBox(), await page.locator('.graphiql-container').first().boundingBox()]
    expect(above && below && [above.y, below.y - above.height, below.y + below.height]).toEqual([0, 0, 1000])
  })

  test('opened again untouched, it is the same', async () => {
    const before = await titles()
    await reload()
    expect(await titles()).toEqual(before)
    expect(await activeTitle()).toBe('UpsertProducts')
    expect(posted(await run('UpsertProducts'))).toMatchObject({ variables: { rows: [{ productId: 'PROD-001' }, {}, {}] } })
  })

  test.each([
    ['UpsertProducts', ['"rejectedCount": 1', '"BELOW_MINIMUM"', '"acceptedCount": 2']],
    ['UpsertPricing', ['did you mean unitListPrice?', '"acceptedCount": 1']],
    ['UpsertStockExtra', ['"acceptedCount": 2']],
    ['DryRun', ['"dryRun": true', '"INVALID_DATE"']],
    ['Rollout', ['"complete": true']],
    ['Resources', ['"upsertMutation": "upsertProducts"']],
    ['Solutions', ['"INV_OOTB"']],
    ['AppendSaleExtra', ['"acceptedCount": 2']],
  ])('the tab %s runs as it stands', async (name, expected) => {
    await page.locator('.graphiql-tab-button', { hasText: name }).first().click()
    const text = JSON.stringify(await answer(await run(name)), null, 2)
    for (const part of expected) expect(text).toContain(part)
  })

  test('a tab that was open is open again, with its own variables', async () => {
    await page.locator('.graphiql-tab-button', { hasText: 'AppendSaleExtra' }).click()
    await reload()
    expect(await activeTitle()).toBe('AppendSaleExtra')
    const again = await run('AppendSaleExtra')
    expect(posted(again)).toMatchObject({ variables: { rows: [{ saleId: 'SALE-2025-0001' }, {}] } })
    // By its key, which a browser's own repetition has as well.
    expect(await answer(again)).toMatchObject({ data: { appendSaleExtra: { acceptedCount: 2, replayedCount: 2 } } })
  })

  test('edited variables outlive two reloads and are what is posted', async () => {
    const edited = { rows: [{ productId: 'MINE' }] }
    await page.locator('[aria-label="Variables"] .view-lines').first().click()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(JSON.stringify(edited))
    // The editor closed a bracket of its own accord.
    await page.keyboard.press('ControlOrMeta+Shift+End')
    await page.keyboard.press('Delete')
    await reload()
    await reload()
    expect(posted(await run('AppendSaleExtra'))).toMatchObject({ variables: edited })
    expect(await page.locator('.graphiql-tab').count()).toBe(examples)
  })

  test('stores no headers', async () => {
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('sandbox-token')
  })

  test('on a phone it is as wide as the screen, and the answer stands below the question', async () => {
    const visit = await browser.newPage({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
    await visit.goto(address)
    await visit.locator('.graphiql-execute-button').waitFor()
    const wide = (selector: string) => visit.locator(selector).first().boundingBox()
    const [question, answer] = [await wide('.graphiql-editors'), await wide('.graphiql-response')]
    expect(await visit.evaluate('document.documentElement.scrollWidth')).toBe(390)
    expect(question && answer && [question.width > 280, answer.width > 280, answer.y >= question.y + question.height]).toEqual([
      true,
      true,
      true,
    ])
    await visit.close()
  })

  test('another origin cannot frame it', async () => {
    const stranger = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end(`<iframe src="${address}"></iframe>`)
    })
    await once(stranger.listen(0, '127.0.0.1'), 'listening')
    const visit = await browser.newPage()
    await visit.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`)
    const framed = await visit.frameLocator('iframe').locator('#root').count()
    await visit.close()
    stranger.close()
    expect(framed).toBe(0)
  })

  test('asked nobody but the gateway, and nothing was complained of', () => {
    expect(asked.filter((url) => !url.startsWith('http://127.0.0.1:') && !/^(blob|data):/.test(url))).toEqual([])
    expect(complaints).toEqual([])
  })

  /** Runs the open tab; GraphiQL takes a click only when it has read the document, a moment after the tab was opened. */
  async function run(name: string): Promise<Request> {
    const isMine = (request: Request) => (request.postData() ?? '').includes(`"operationName":"${name}"`)
    for (let tries = 0; tries < 60; tries++) {
      const sent = page.waitForRequest(isMine, { timeout: 300 }).catch(() => undefined)
      await page.click('.graphiql-execute-button')
      const request = await sent
      if (request) return request
    }
    throw new Error(`the tab ${name} did not run`)
  }

  async function reload(): Promise<void> {
    await page.reload()
    await page.waitForSelector('.graphiql-execute-button')
  }

  function titles(): Promise<string[]> {
    return page.locator('.graphiql-tab-button').allTextContents()
  }

  function activeTitle(): Promise<string | null> {
    return page.locator('.graphiql-tab-active .graphiql-tab-button').textContent()
  }

  function posted(request: Request): unknown {
    return request.postDataJSON()
  }

  async function answer(request: Request): Promise<unknown> {
    return (await request.response())?.json()
  }
})
