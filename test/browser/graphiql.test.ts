import { existsSync } from 'node:fs'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page, type Response } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../schema/index.ts'
import { type App, createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'

const CHROMIUM = '/usr/bin/chromium'
const isThere = existsSync(CHROMIUM)
if (!isThere) console.warn(`Browser tests are skipped: no ${CHROMIUM} (Debian package chromium).`)

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

describe.skipIf(!isThere)('GraphiQL in a browser that reaches nothing but the gateway', () => {
  let app: App
  let browser: BrowserContext
  let page: Page
  const asked: string[] = []

  beforeAll(async () => {
    app = await createApp(
      readConfig({ PORT: '0', SANDBOX_FILE: ':memory:', LOG_LEVEL: 'warn' }, contract.modules),
      contract,
      createLog('warn'),
    )
    const url = await app.listen()
    browser = await chromium.launchPersistentContext(await mkdtemp(join(tmpdir(), 'rowgate-browser-')), {
      executablePath: CHROMIUM,
      args: FLAGS,
      viewport: { width: 1600, height: 1000 },
    })
    page = await browser.newPage()
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(new URL('/graphql', url).href)
    await page.waitForSelector('.graphiql-execute-button')
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  test('opens with a tab for every example operation', async () => {
    const operations = (await readdir(new URL('../../schema/operations/', import.meta.url))).filter((file) => file.endsWith('.graphql'))
    await expect.poll(() => page.locator('.graphiql-tab').count()).toBe(operations.length)
  })

  test.each([
    ['UpsertProducts', ['"rejectedCount": 1', '"BELOW_MINIMUM"', '"acceptedCount": 2']],
    ['AppendSaleExtra', ['"acceptedCount": 2']],
    ['UpsertPricing', ['did you mean unitListPrice?', '"acceptedCount": 1']],
    ['UpsertStockExtra', ['"acceptedCount": 2']],
    ['DryRun', ['"dryRun": true', '"INVALID_DATE"']],
    ['Rollout', ['"complete": true']],
    ['Resources', ['"upsertMutation": "upsertProducts"']],
    ['Solutions', ['"INV_OOTB"']],
  ])('the tab %s runs as it stands', async (name, expected) => {
    await page.locator('.graphiql-tab-button', { hasText: name }).first().click()
    const text = JSON.stringify(await run(name), null, 2)
    for (const part of expected) expect(text).toContain(part)
  })

  /** Runs the open tab; GraphiQL takes a click only when it has read the document, a moment after the tab was opened. */
  async function run(name: string): Promise<unknown> {
    const isMine = (response: Response) => (response.request().postData() ?? '').includes(`"operationName":"${name}"`)
    for (let tries = 0; tries < 20; tries++) {
      const answered = page.waitForResponse(isMine, { timeout: 1_000 }).catch(() => undefined)
      await page.click('.graphiql-execute-button')
      const response = await answered
      if (response) return response.json()
    }
    throw new Error(`the tab ${name} did not run`)
  }

  test('asked nobody but the gateway', () => {
    expect(asked.filter((url) => !url.startsWith('http://127.0.0.1:') && !/^(blob|data):/.test(url))).toEqual([])
  })
})
