import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { product } from './rows.ts'

/** A page that is looked at, and what was asked and complained of meanwhile. */
export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  readonly asked: readonly string[]
  readonly complaints: readonly string[]
}

/** The sizes of screen that the console is tried at. */
export const SCREENS = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const

/** Opens the console in a browser that reaches its gateway and no other host. */
export async function visitConsole(
  browser: Browser,
  gateway: URL,
  screen: keyof typeof SCREENS,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Visit> {
  const context = await browser.newContext({ viewport: SCREENS[screen], colorScheme, acceptDownloads: true, hasTouch: screen === 'phone' })
  const page = await context.newPage()
  const asked: string[] = []
  const complaints: string[] = []
  await context.route('**/*', (route) => (new URL(route.request().url()).host === gateway.host ? route.continue() : route.abort()))
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(new URL('/console', gateway).href)
  return { page, context, asked, complaints }
}

/** Enters a token. */
export async function signIn({ page }: Visit, token: string): Promise<void> {
  await page.getByLabel('Access token').fill(token)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByText('Drop a file here').waitFor()
}

/** A CSV of products in which every so many-th row has a pack size of nothing. */
export function productsCsv(rows: number, bad: number): string {
  const every = Math.floor(rows / bad)
  const lines = Array.from({ length: rows }, (_, at) => {
    const { productId, sourceId, updatedAt } = product(`P-${at}`)
    const size = at % every === every - 1 && at < every * bad ? 0 : 12
    return `${productId},${sourceId},${size},${updatedAt}`
  })
  return ['PRODUCT_ID,source_id,Pack Size,updatedAt', ...lines, ''].join('\n')
}

/** Gives the page a file as somebody who drops it does: what it does not take hold of, the browser opens in its place. */
export async function dropFile({ page }: Visit, name: string, text: string): Promise<void> {
  await page.locator('.drop').waitFor()
  const left = await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}))
    const options = { dataTransfer, bubbles: true, cancelable: true }
    return ['dragover', 'drop'].filter((type) => document.querySelector('.drop').dispatchEvent(new DragEvent(type, options)))
  })()`)
  expect(left).toEqual([])
}

/** What axe finds that keeps somebody from using the page. */
export async function seriousFindings({ page }: Visit): Promise<string[]> {
  // The page has no frames, whose findings axe would gather in a page of its own.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}

/** From a dropped file to the moment when every row has its outcome; leaves the page with the rejected rows. */
export async function sendFile(
  visit: Visit,
  name: string,
  text: string,
  onStep: (step: string) => Promise<void> = async () => {},
): Promise<void> {
  const { page } = visit
  await onStep('file')
  await dropFile(visit, name, text)
  await page.getByRole('heading', { name: 'What is in it, and where it goes' }).waitFor()
  await onStep('columns')
  await page.getByRole('button', { name: /^Try the first/ }).click()
  await page.getByRole('heading', { name: 'What would become of the first rows' }).waitFor()
  await onStep('tried')
  await page.getByRole('button', { name: /^Send all/ }).click()
  await page.getByRole('heading', { name: 'What became of the rows' }).waitFor({ timeout: 120_000 })
}

/** Corrects every rejected row by the keyboard: one cell, then the same in all others. */
export async function correctAll({ page }: Visit, text: string): Promise<void> {
  const grid = page.getByRole('grid', { name: 'Rows that were not accepted' })
  await grid.locator('[role=gridcell][aria-invalid=true]').first().click()
  await page.keyboard.press('Enter')
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Do the same in the other/ }).click()
  await page.getByRole('button', { name: /^Send .* corrected rows$/ }).click()
  await page.getByRole('heading', { name: 'All rows are in' }).waitFor({ timeout: 60_000 })
}
