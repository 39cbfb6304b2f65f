import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser, launchBrowser } from '../support/browser.ts'
import { ensureConsole } from '../support/console-build.ts'
import { correctAll, dropFile, productsCsv, sendFile, seriousFindings, signIn, type Visit, visitConsole } from '../support/console-visit.ts'
import { startPair } from '../support/gateway.ts'

type Pair = Awaited<ReturnType<typeof startPair>>

const found = await findBrowser()
const ROWS = 2_000
/** Looking at every step with axe takes long on a machine that is busy. */
const PATIENCE = 240_000
const BAD = 50
const SALE = {
  ...{ productId: 'P', locationId: 'L', productVariant: 'M', soldAt: '2025-01-28T14:30:00Z' },
  ...{ salesUnits: 1, salesValue: 1, returnUnits: 0, returnValue: 0 },
}

describe.skipIf(!found)('the console in a browser that reaches nothing but the gateway', () => {
  let pair: Pair
  let browser: Browser

  beforeAll(async () => {
    await ensureConsole()
    pair = await startPair({ LOG_LEVEL: 'error' })
    if (found) browser = await launchBrowser(found)
  })
  afterAll(async () => {
    await browser?.close()
    await pair?.close()
  })

  test.each([
    ['desktop', 'light'],
    ['phone', 'dark'],
  ] as const)(
    'takes a file from its drop to the last corrected row, on a %s in the %s',
    async (screen, scheme) => {
      const visit = await visitConsole(browser, pair.gateway.url, screen, scheme)
      const { page } = visit
      const findings: string[] = []
      const look = async (step: string) => void findings.push(...(await seriousFindings(visit)).map((finding) => `${step}: ${finding}`))
      await look('token')
      await enterToken(visit)

      await sendFile(visit, `products-${screen}.csv`, productsCsv(ROWS, BAD), look)
      await look('sent')
      expect(await figures(visit)).toEqual({ Accepted: '1,950', Rejected: '50', Unconfirmed: '0' })
      expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('51')

      await correctAll(visit, '6')
      await look('corrected')
      expect(await figures(visit)).toEqual({ Accepted: '2,000', Rejected: '0', Unconfirmed: '0', 'Corrected here': '50' })
      expect(findings).toEqual([])
      expect(await widthsOver(visit)).toEqual([])
      endsWell(visit, pair)
      await visit.context.close()
    },
    PATIENCE,
  )

  test('marks bad cells of the first rows, and says what is wrong where the focus is', async () => {
    const visit = await openVisit()
    const { page } = visit
    await dropFile(visit, 'products.csv', productsCsv(100, 10))
    await page.getByRole('button', { name: /^Try the first/ }).click()
    await page.getByText('90 of 100 rows would be accepted.').waitFor()
    const head = page.locator('[data-at="0:0"]')
    await head.focus()
    for (const key of [...Array(9).fill('ArrowDown'), 'ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
    expect(await page.locator('[data-at="9:3"]').getAttribute('aria-invalid')).toBe('true')
    expect(await page.evaluate('document.activeElement.dataset.at')).toBe('9:3')
    const told = await page.locator('.issue-panel').textContent()
    expect(told).toMatch(/Row 10 · line 11 .*BELOW_MINIMUM · packSize/)
    expect(told).not.toContain('Corrected')
    await visit.context.close()
  })

  test('gives the rejected rows away as a CSV that loads again, its own columns left out', async () => {
    const visit = await openVisit()
    const { page } = visit
    await sendFile(visit, 'products.csv', productsCsv(40, 4))
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as CSV' }).click()])
    const text = await readFile(await download.path(), 'utf8')
    expect(download.suggestedFilename()).toBe('products.rejected.csv')
    expect(text.split('\r\n')[0]).toBe(
      '\ufeffrejected_line,rejected_field,rejected_code,rejected_message,PRODUCT_ID,source_id,Pack Size,updatedAt',
    )
    expect(text.split('\r\n')).toHaveLength(6)

    await page.getByRole('button', { name: 'Load another file' }).click()
    const file = join(await mkdtemp(`${tmpdir()}/rejected-`), 'products.rejected.csv')
    await writeFile(file, text)
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByText('4 rows · 8 columns', { exact: false }).waitFor()
    expect(await page.getByText('Tells why a row was rejected').count()).toBe(4)
    expect(await page.getByRole('button', { name: 'Try the first 4 rows' }).isEnabled()).toBe(true)
    await visit.context.close()
  })

  test('loads an APPEND once, however often the file is dropped', async () => {
    const visit = await openVisit()
    const { page } = visit
    for (const replayed of [false, true]) {
      await dropFile(visit, 'once.csv', productsCsv(30, 1).replace(/^P-/gm, 'ONCE-'))
      await page.getByText('Only add').click()
      await page.getByRole('button', { name: /^Try the first/ }).click()
      await page.getByRole('button', { name: /^Send all/ }).click()
      await page.getByRole('heading', { name: 'What became of the rows' }).waitFor()
      expect(await page.getByText('had been sent before').count()).toBe(replayed ? 1 : 0)
      await page.getByRole('button', { name: 'Load another file' }).click()
    }
    const stored = await pair.sandbox.rows('INV_PRODUCTS_OOTB')
    expect(stored.filter((row) => JSON.stringify(row).includes('ONCE-'))).toHaveLength(29)
    await visit.context.close()
  })

  test(
    'shows outcomes and the reference, both fit for everybody',
    async () => {
      const visit = await openVisit()
      const { page } = visit
      await sendFile(visit, 'products.csv', productsCsv(40, 4))
      const findings: string[] = []

      await page.getByRole('link', { name: 'Outcomes' }).click()
      await page.getByRole('heading', { name: 'Products', exact: true }).waitFor()
      expect(await page.locator('.top-issues').textContent()).toContain('BELOW_MINIMUM packSize')
      findings.push(...(await seriousFindings(visit)))

      await page.getByRole('link', { name: 'Reference' }).click()
      await page.getByRole('searchbox').fill('pack_size')
      await page.getByText('found', { exact: false }).first().waitFor()
      await page.locator('details.resource summary').first().click()
      expect(await page.locator('.columns .is-hit').first().textContent()).toContain('pack_size')
      findings.push(...(await seriousFindings(visit)))
      expect(findings).toEqual([])
      endsWell(visit, pair)
      await visit.context.close()
    },
    PATIENCE,
  )

  test(
    'leads a new token from its set-up to tables, by the buttons of the checklist',
    async () => {
      const visit = await visitConsole(browser, pair.gateway.url, 'desktop')
      const { page } = visit
      await signIn(visit, 'new-tenant')
      await page.getByRole('link', { name: 'Set-up' }).click()
      await page.getByRole('button', { name: '1. Save the schema' }).waitFor()
      expect(await page.getByText('Add a column of your own').count()).toBe(0)
      for (const solution of ['QP_OOTB', 'INV_OOTB']) {
        await page.getByLabel('Solution').selectOption(solution)
        expect(await page.getByLabel('Application').inputValue()).toBe(solution)
      }
      await page.getByRole('button', { name: '1. Save the schema' }).click()
      await page.getByText('The schema of 19 tables is saved.').waitFor()
      expect(await seriousFindings(visit)).toEqual([])
      await page.getByRole('button', { name: '2. Roll out the tables' }).click()
      await page.getByText('19 of 19 expected tables are rolled out.').waitFor()

      await page.getByText('Add a column of your own').click()
      await page.getByLabel('Name').fill('shelf life')
      await page.getByRole('button', { name: 'Add it' }).click()
      await page.getByText('INV_CUSTOMER_ORDERS_OOTB has SHELF_LIFE now.').waitFor()
      await visit.context.close()
    },
    PATIENCE,
  )

  test(
    'adds a decimal column with the digits that were chosen, to a table of the solution that is shown',
    async () => {
      const visit = await openVisit()
      const { page } = visit
      await page.getByRole('link', { name: 'Set-up' }).click()
      await page.getByText('Add a column of your own').click()
      await page.getByRole('combobox', { name: 'Table', exact: true }).selectOption('Locations')
      await page.getByLabel('Solution').selectOption('QP_OOTB')
      await page.getByText('Add a column of your own').click()
      await page.getByRole('combobox', { name: 'Table', exact: true }).selectOption('SaleExtra')
      await page.getByLabel('Name').fill('margin')
      await page.getByLabel('Holds').selectOption('NUMERIC')
      await page.getByLabel('Decimal places').selectOption('9')
      await page.getByLabel('Total digits').selectOption('6')
      expect(await page.getByLabel('Decimal places').inputValue()).toBe('5')
      await page.getByLabel('Decimal places').selectOption('3')
      expect(await seriousFindings(visit)).toEqual([])
      await page.getByRole('button', { name: 'Add it' }).click()
      await page.getByText('QP_SALE_EXTRA_OOTB has MARGIN now.').waitFor()
      const judged = await pair.gateway.ingest(
        'upsertSaleExtra',
        ['123.456', '1234.5', '1.2345'].map((MARGIN) => ({ ...SALE, extra: { MARGIN } })),
        { token: 'sandbox-token', solution: 'QP_OOTB', dryRun: true },
      )
      expect(judged.rows.map(({ issues }) => issues?.map(({ code }) => code))).toEqual([
        undefined,
        ['TOO_MANY_DIGITS'],
        ['TOO_MANY_DIGITS'],
      ])
      endsWell(visit, pair)
      await visit.context.close()
    },
    PATIENCE,
  )

  test('says what is wrong with a token, a file, and a gateway that is gone', async () => {
    const alone = await startPair({ LOG_LEVEL: 'error' })
    const visit = await visitConsole(browser, alone.gateway.url, 'desktop')
    const { page } = visit
    await page.getByLabel('Access token').fill('refused-token')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('alert').getByText('UPSTREAM_UNAUTHORIZED').waitFor()
    await enterToken(visit)
    expect(page.url()).not.toContain('token')

    await dropFile(visit, 'broken.csv', 'product_id,pack_size\nA,"1\nB,2\n')
    await page.getByText(/^Line 2: A quote that is opened/).waitFor()

    await dropFile(visit, 'products.csv', productsCsv(40, 4))
    await page.getByRole('button', { name: /^Try the first/ }).waitFor()
    await alone.close()
    await page.getByRole('button', { name: /^Try the first/ }).click()
    await page.getByRole('alert').getByText('UNREACHABLE').waitFor({ timeout: 50_000 })
    await visit.context.close()
  })

  async function openVisit(): Promise<Visit> {
    const visit = await visitConsole(browser, pair.gateway.url, 'desktop')
    await enterToken(visit)
    return visit
  }
})

/** The sandbox beside the gateway is a real upstream to it, so that its token is typed in. */
async function enterToken(visit: Visit): Promise<void> {
  await signIn(visit, 'sandbox-token')
}

async function figures({ page }: Visit): Promise<Record<string, string>> {
  const [names, values] = [await page.locator('.figures dt').allTextContents(), await page.locator('.figures dd').allTextContents()]
  return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']))
}

/** Parts that are wider than the screen, beside those that scroll by themselves. */
async function widthsOver({ page }: Visit): Promise<unknown> {
  return page.evaluate(
    `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > innerWidth && !node.closest('.grid-scroll')).map((node) => node.className)`,
  )
}

function endsWell({ asked, complaints }: Visit, { gateway }: Pair): void {
  expect(asked.filter((url) => !url.startsWith(gateway.url.origin) && !/^(?:blob|data|about):/.test(url))).toEqual([])
  expect(asked.filter((url) => url.includes('token'))).toEqual([])
  expect(complaints).toEqual([])
}
