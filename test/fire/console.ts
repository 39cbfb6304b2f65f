import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { findBrowser, launchBrowser } from '../support/browser.ts'
import { ensureConsole } from '../support/console-build.ts'
import { correctAll, dropFile, productsCsv, sendFile, seriousFindings, signIn, type Visit, visitConsole } from '../support/console-visit.ts'
import { startPair } from '../support/gateway.ts'
import type { Figure } from './figure.ts'

const FILES = { full: { rows: 20_000, bad: 500, large: 500_000 }, short: { rows: 2_000, bad: 50, large: 50_000 } }
const PICTURES = new URL('../../.data/console/', import.meta.url)

/** The console from a dropped file to the last corrected row at both sizes of screen, with pictures of every step; and a large file. */
export async function consoleTrial(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const found = await findBrowser()
  if (!found) throw new Error('There is no browser to try the console in.')
  await ensureConsole()
  await mkdir(PICTURES, { recursive: true })
  const browser = await launchBrowser(found)
  const figures: Figure[] = []
  for (const screen of ['desktop', 'phone'] as const)
    for (const scheme of ['light', 'dark'] as const) figures.push(...(await walk(browser, screen, scheme, FILES[mode], say)))
  figures.push(await pauses(browser, FILES[mode].large, say))
  await browser.close()
  say(`pictures are in ${fileURLToPath(PICTURES)}`)
  return figures
}

async function walk(
  browser: Browser,
  screen: 'desktop' | 'phone',
  scheme: 'light' | 'dark',
  { rows, bad }: (typeof FILES)['full'],
  say: (line: string) => void,
): Promise<Figure[]> {
  const pair = await startPair({ LOG_LEVEL: 'error', REQUESTS_PER_SECOND: '10000' })
  const visit = await visitConsole(browser, pair.gateway.url, screen, scheme)
  const { page } = visit
  const findings: string[] = []
  const look = async (step: string) => {
    findings.push(...(await seriousFindings(visit)))
    await page.screenshot({ path: fileURLToPath(new URL(`${screen}-${scheme}-${step}.png`, PICTURES)), fullPage: true })
  }
  await look('1-token')
  await signIn(visit, 'sandbox-token')
  let step = 2
  await sendFile(visit, 'products.csv', productsCsv(rows, bad), (name) => look(`${step++}-${name}`))
  await look('5-rejected')
  await correctAll(visit, '6')
  await look('6-corrected')
  for (const [name, ready] of PAGES) {
    await page.goto(new URL(`/console#${name}`, pair.gateway.url).href)
    await page.locator(ready).first().waitFor()
    await look(`7-${name}`)
  }
  for (const finding of findings) say(finding)
  const stored = new Set((await pair.sandbox.rows('INV_PRODUCTS_OOTB')).map((row) => JSON.stringify(row)))
  await visit.context.close()
  await pair.close()
  const where = `${screen}, ${scheme}`
  return [
    { name: `${where}: rows stored of ${rows}`, value: stored.size, least: rows, most: rows },
    { name: `${where}: what axe finds serious`, value: findings.length, most: 0 },
    {
      name: `${where}: complaints of the browser, requests to others`,
      value: visit.complaints.length + strangers(visit, pair.gateway.url),
      most: 0,
    },
  ]
}

const PAGES = [
  ['outcomes', '.reports article'],
  ['setup', '.checklist li'],
  ['reference', 'details.resource'],
] as const

function strangers({ asked }: Visit, gateway: URL): number {
  return asked.filter((url) => !url.startsWith(gateway.origin) && !/^(?:blob|data|about):/.test(url)).length
}

/** How long the page stands still at most while a large file is read. */
async function pauses(browser: Browser, rows: number, say: (line: string) => void): Promise<Figure> {
  const pair = await startPair({ LOG_LEVEL: 'error' })
  const visit = await visitConsole(browser, pair.gateway.url, 'desktop')
  await signIn(visit, 'sandbox-token')
  const text = productsCsv(rows, 1)
  const began = performance.now()
  await dropFile(visit, 'large.csv', text)
  await visit.page.evaluate(`(() => {
    window.longest = 0
    let last = performance.now()
    const tick = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(tick) }
    requestAnimationFrame(tick)
  })()`)
  await visit.page.getByRole('button', { name: /^Try the first/ }).waitFor({ timeout: 300_000 })
  say(`${rows} rows, ${Math.round(text.length / 1e6)} MB, were read after ${Math.round(performance.now() - began)} ms`)
  const longest = Number(await visit.page.evaluate('window.longest'))
  await visit.context.close()
  await pair.close()
  return { name: `longest pause of the page while ${rows} rows are read, in ms`, value: longest, most: 500 }
}
