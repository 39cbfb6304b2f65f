import { text } from 'node:stream/consumers'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OnboardingAnswer, RolloutAnswer } from '../../src/console/session/queries.ts'
import { findBrowser, launchBrowser } from '../support/browser.ts'
import { ensureConsole } from '../support/console-build.ts'
import { dropFile, productsCsv, signIn, type Visit, visitConsole } from '../support/console-visit.ts'
import { startPair } from '../support/gateway.ts'
import { outlineOf } from '../support/page-outline.ts'

type Pair = Awaited<ReturnType<typeof startPair>>

/** What the gateway answers to a document of the page, by its name: data, or an error with these extensions. */
type Answer = (variables: { readonly rows?: readonly unknown[]; readonly since?: string }) => object | Promise<object>

const found = await findBrowser()
const NOW = Date.parse('2025-01-28T14:30:00Z')
const SOLUTIONS = [
  { name: 'INV_OOTB', modules: ['inventory'], prefix: 'INV_', suffix: '_OOTB' },
  { name: 'ALL', modules: ['inventory', 'quote'], prefix: 'ALL_', suffix: '' },
]
const WHOLE = '#root > *'
const STEP = '#main > section, #main > form'
const SPOILT = [
  'PRODUCT_ID,sourceid,pack size,Pack_Size,shelf life,,updatedAt',
  ...['A,S,12,,,,2025-01-15 08:00:00', 'B,S,0,,,,2025-01-15 08:00:00', 'C,,0,,long,,nonsense', 'D,S', 'E,S,-1,,,,2025-01-15 08:00:00'],
].join('\n')

const NUMBERS = [
  'product_id,source_id,updated_at,pack_size,extra.a,rejected_code',
  ...['A,S,2025-01-15 08:00:00,"1,5",x,', 'B,S,2025-01-15 08:00:00,1.250,x,', ''],
].join('\n')

describe.skipIf(!found)('the console', () => {
  let pair: Pair
  let browser: Browser

  beforeAll(async () => {
    await ensureConsole()
    pair = await startPair({ LOG_LEVEL: 'error', SOLUTIONS: JSON.stringify(SOLUTIONS) })
    if (found) browser = await launchBrowser(found)
  })
  afterAll(async () => {
    await browser?.close()
    await pair?.close()
  })

  test('shows what is recorded from the token to corrected rows', async () => {
    const { visit, look, told } = await open()
    const { page } = visit
    await look('at first', WHOLE)
    await page.getByLabel('Access token').fill('refused-token')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('alert').waitFor()
    await look('a token that is refused')
    await signIn(visit, 'sandbox-token')
    await page.locator('.drop').dispatchEvent('dragover')
    await look('a file above it', WHOLE)
    await page.locator('.drop').dispatchEvent('drop')
    await look('no file dropped', '.drop')
    await dropFile(visit, 'broken.csv', 'product_id,pack_size\nA,"1\nB,2\n')
    await page.getByRole('alert').waitFor()
    await look('a file that cannot be read')
    await dropFile(visit, 'nothing.csv', 'x1,x2\n1,2\n')
    await page.getByText('None of these').waitFor()
    await look('columns that nobody knows')
    await page.getByLabel('The rows are').selectOption('Project')
    await look('a resource of one solution', '.choices')
    await page.getByRole('button', { name: 'Another file' }).click()
    await dropFile(visit, 'few.csv', 'product_id,source_id,pack_size\nA,S,12\n')
    await page.getByText('What is in it').waitFor()
    await look('a column that is missing', '.notice')
    await page.getByLabel('source_id goes to').selectOption('Leave it out')
    await look('columns that are missing', '.notice')
    await page.getByRole('button', { name: 'Another file' }).click()
    await dropFile(visit, 'numbers.csv', NUMBERS)
    await page.getByText('What is in it').waitFor()
    await look('numbers that may be two')
    await page.getByRole('button', { name: 'Another file' }).click()

    await dropFile(visit, 'spoilt.rejected.csv', SPOILT)
    await page.getByText('What is in it').waitFor()
    await look('columns', '#main > *')
    await page.getByLabel('shelf life goes to').selectOption('Custom attribute SHELF_LIFE')
    await page.getByLabel('pack size goes to').selectOption('pack_size *')
    await page.getByText('Only add').click()
    await look('columns that were chosen', 'fieldset, .mapping .state, .notice, .actions')
    await page.getByLabel('shelf life goes to').selectOption('Leave it out')
    await page.getByLabel('Pack_Size goes to').selectOption('Leave it out')
    await page.getByText('Update it').click()
    await page.getByRole('button', { name: /^Try the first/ }).click()
    await page.getByText('What would become of the first rows').waitFor()
    await page.locator('[data-at="2:1"]').click()
    await look('after the trial', '#main > *')
    await page.getByRole('button', { name: /^Send all/ }).click()
    await page.getByText('What became of the rows').waitFor()
    await look('after sending', '#main > *')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as CSV' }).click()])
    expect(download.suggestedFilename()).toBe('spoilt.rejected.csv')
    await edit(visit, '1:3', '6')
    await look('after a correction')
    await page.getByRole('button', { name: /^Do the same/ }).click()
    await edit(visit, '2:7', 'still nonsense')
    await page.getByRole('button', { name: /BELOW_MINIMUM/ }).click()
    await look('rows of one issue, corrected')
    await page.locator('[data-at="0:0"]').click()
    await page.keyboard.press('Enter')
    // The head of a row holds no value to be edited, and keys lead on from it.
    await page.keyboard.press('ArrowRight')
    await page.locator('[data-at="0:1"]:focus').waitFor()
    await page.getByRole('button', { name: /^Send .* corrected rows$/ }).click()
    await page.getByText('Corrected here', { exact: true }).waitFor()
    await look('after sending corrected rows')
    await expect(told()).toMatchFileSnapshot('../recorded/console-load.txt')
    await visit.context.close()
  })

  test('shows what is recorded of a load that stops, and of who goes on with it', async () => {
    const { visit, look, told, answers } = await open()
    const { page } = visit
    await signIn(visit, 'sandbox-token')
    await dropFile(visit, 'long.csv', productsCsv(6_000, 0))
    const [tried, first, second] = [held(), held(), held()]
    answers.set('appendProducts', () => tried.promise)
    await page.getByText('Only add').click()
    await page.getByRole('button', { name: /^Try the first/ }).click()
    await page.getByText('Trying the first rows').waitFor()
    await look('under trial')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: /^Try the first/ }).click()
    await page.getByText('Trying the first rows').waitFor()
    tried.resolve(payload(100))
    await page.getByText('What would become of the first rows').waitFor()
    await look('after a good trial', '#main > section > .notice, .actions')
    answers.set('appendProducts', async ({ rows = [] }) => await (rows.length === 5_000 ? first : second).promise)
    await page.getByRole('button', { name: /^Send all/ }).click()
    await page.getByText('Sending').waitFor()
    await look('sent')
    first.resolve(payload(5_000))
    await page.getByText('5,000 of 6,000 rows').waitFor()
    await look('under way')
    expect(await isAskedBeforeLeaving(visit)).toBe(true)
    second.resolve({ code: 'UNAUTHENTICATED' })
    await page.getByText('What became of the rows').waitFor()
    await look('a load that stopped')
    expect(await isAskedBeforeLeaving(visit)).toBe(false)

    await page.getByRole('button', { name: 'Token' }).click()
    await look('another token', '#main > *')
    await page.getByRole('button', { name: 'Keep the present one' }).click()
    await page.getByRole('button', { name: 'Token' }).click()
    await signInAgain(visit, 'another-token')
    await page.getByText('This was started with another token').waitFor()
    await look('who cannot go on', '.notice')
    await page.getByRole('button', { name: 'Token' }).click()
    await signInAgain(visit, 'sandbox-token')
    const rest = payload(999, [{ index: 0, reason: 'NO_ANSWER', retryable: true }])
    answers.set('appendProducts', ({ rows = [] }) => (rows.length === 5_000 ? payload(5_000, [], 5_000) : rest))
    await page.getByRole('button', { name: 'Go on with the rest' }).click()
    await page.getByText('had been sent before').waitFor()
    await look('a row of which nobody knows')
    const corrected = held()
    answers.set('appendProducts', () => corrected.promise)
    await page.getByRole('button', { name: 'Send 1 corrected row' }).click()
    await page.getByText('Sending …').waitFor()
    await look('corrections under way', '.rows-view + .actions')
    corrected.resolve(payload(1))
    await page.getByText('All rows are in').waitFor()
    await look('all rows are in')
    await page.getByRole('button', { name: 'Token' }).click()
    await page.getByRole('button', { name: 'Forget it' }).click()
    await look('no token', WHOLE)
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    await expect(told()).toMatchFileSnapshot('../recorded/console-stopped.txt')
    await visit.context.close()
  })

  test('goes on with an UPSERT that stopped, whoever has signed in since', async () => {
    const { visit, answers } = await open()
    const { page } = visit
    await signIn(visit, 'sandbox-token')
    await dropFile(visit, 'long.csv', productsCsv(6_000, 0))
    answers.set('upsertProducts', ({ rows = [] }) => (rows.length === 1_000 ? { code: 'UNAUTHENTICATED' } : payload(rows.length)))
    await page.getByRole('button', { name: /^Try the first/ }).click()
    await page.getByRole('button', { name: /^Send all/ }).click()
    await page.getByText('5,000 rows of 6,000 were answered for.').waitFor()
    await page.getByRole('button', { name: 'Token' }).click()
    await signInAgain(visit, 'another-token')
    await page.getByRole('button', { name: 'Go on with the rest' }).waitFor()
    await visit.context.close()
  })

  test('says that it has to be loaded anew where the part that reads files has died', async () => {
    const { visit, answers } = await open()
    const { page } = visit
    await signIn(visit, 'sandbox-token')
    await page.addInitScript('window.Worker = class extends Worker { constructor(...given) { super(...given); window.worker = this } }')
    await page.reload()
    await page.getByText('Drop a file here').waitFor()
    await dropFile(visit, 'some.csv', productsCsv(3, 0))
    answers.set('upsertProducts', () => held().promise)
    await page.getByRole('button', { name: /^Try the first/ }).click()
    await page.getByText('Trying the first rows').waitFor()
    await page.evaluate("window.worker.dispatchEvent(new Event('error'))")
    await page.getByRole('alert').getByText('has stopped').waitFor()
    await visit.context.close()
  })

  test('shows what is recorded of set-up, outcomes and the reference', async () => {
    const { visit, look, told, answers } = await open()
    const { page } = visit
    answers.set('ConsoleResources', () => ({ code: 'OVERLOADED' }))
    // Of the token that says nothing.
    answers.set('ConsoleSolutions', () => ({ code: 'UPSTREAM_UNAVAILABLE' }))
    await page.reload()
    await signInAgain(visit, 'sandbox-token')
    await page.getByText('OVERLOADED').waitFor()
    await look('nothing can be read', '#main > *')
    answers.delete('ConsoleResources')
    answers.delete('ConsoleSolutions')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('.drop').waitFor()
    answers.set('ConsoleOnboarding', () => CHECKLIST)
    await page.getByRole('link', { name: 'Set-up' }).click()
    await page.getByText('1. Save the schema').waitFor()
    await solutionsOfUpstream(visit)
    await look('set-up', '#main')
    answers.set('ConsoleSaveSchema', () => ({ code: 'UPSTREAM_REFUSED' }))
    await page.getByLabel('Solution').selectOption('ALL')
    await page.getByLabel('Tables of').selectOption('quote')
    await page.getByLabel('Version').fill('2.0.0')
    await page.getByRole('button', { name: '1. Save the schema' }).click()
    await page.getByText('UPSTREAM_REFUSED').waitFor()
    answers.set('ConsoleRollout', () => ROLLED_OUT)
    await page.getByLabel('Database schema').fill('LIVE')
    await page.getByRole('button', { name: '2. Roll out the tables' }).click()
    await page.getByText('The rollout is not complete').waitFor()
    await look('a rollout that failed', '.inline-form')
    answers.set('ConsoleOnboarding', () => SET_UP)
    await page.getByRole('button', { name: 'Check again' }).click()
    await page.getByText('Everything is set up').waitFor()
    await look('all is set up')
    answers.set('ConsoleAddAttribute', () => ({ addAttribute: { object: 'ONE', name: 'MARGIN' } }))
    await page.getByText('Add a column of your own').click()
    await page.getByLabel('Name').fill('margin %')
    await page.getByLabel('Holds').selectOption('NUMERIC')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByText('ONE has MARGIN now').waitFor()
    await look('a column was added', '.inline-form')

    await page.getByLabel('Holds').selectOption('STRING')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByText('ONE has MARGIN now').waitFor()

    answers.set('ConsoleOutcomes', () => outcomes(0))
    await page.getByRole('link', { name: 'Outcomes' }).click()
    await page.getByText('No rows in this period').waitFor()
    await solutionsOfUpstream(visit)
    await look('no outcomes', '#main')
    answers.set('ConsoleOutcomes', () => outcomes(1))
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('As a table').waitFor()
    await look('outcomes')
    await page.getByLabel('Period').selectOption('Last hour')
    await page.getByRole('img', { name: 'in one minute' }).waitFor()
    await look('outcomes of an hour', '.fields-inline, .chart-scale, .chart-times, .numbers')
    answers.set('ConsoleOutcomes', () => ({ code: 'OVERLOADED' }))
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('alert').waitFor()
    await look('outcomes that cannot be had', '.notice, .figures')
    await page.getByLabel('Solution').selectOption('ALL')
    await page.getByText('Loading').waitFor({ state: 'detached' })
    await look('outcomes of another solution that cannot be had', '#main')

    await page.getByRole('link', { name: 'Reference' }).click()
    await page.getByRole('searchbox').waitFor()
    await look('the reference', '#main > p, .module:nth-of-type(1) > :nth-child(-n + 3)')
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByText('Nothing has that name').waitFor()
    await look('nothing found', '#main > *')
    await page.getByRole('searchbox').fill('order quantity smallest')
    await page.locator('details.resource summary').first().click()
    await page.getByText('CSV template').waitFor()
    await look('found in the reference', '#main > *')
    await page.getByRole('searchbox').fill('category metadata')
    await page.locator('details.resource summary').first().click()
    const [template] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV template' }).click()])
    expect(template.suggestedFilename()).toMatch(/^[a-z_]+\.csv$/)
    // A JSON document in a cell.
    expect(await text(await template.createReadStream())).toContain('"{""season"":""all-year""}"')
    await expect(told()).toMatchFileSnapshot('../recorded/console-pages.txt')
    await visit.context.close()
  })

  /** A visit to a gateway that answers as it is told; what it is asked then is recorded as well. */
  async function open() {
    const visit = await visitConsole(browser, pair.gateway.url, 'desktop')
    await visit.page.clock.setFixedTime(NOW)
    const answers = new Map<string, Answer>()
    const asked: string[] = []
    const steps: string[] = []
    await visit.page.route('**/graphql', async (route) => {
      const { query, variables = {} } = JSON.parse(route.request().postData() ?? '{}')
      const name = /(?:query|mutation) (\w+)|payload: (\w+)/.exec(query)?.slice(1).find(Boolean) ?? ''
      const answer = answers.get(name)
      if (answer === undefined) return await route.fallback()
      const { rows, key, ...others } = variables
      const keyed = key ? ` as ${key.replace(/[0-9a-f]{5,}/g, '#')}` : ''
      // Asked for as the page is opened, and again with the token.
      if (name !== 'ConsoleResources')
        asked.push(`asked: ${name} ${JSON.stringify(others)}${rows === undefined ? '' : ` with ${rows.length} rows${keyed}`}`)
      const data = await answer(variables)
      // Of who has left meanwhile nobody waits for it.
      await route
        .fulfill({ json: 'code' in data ? { errors: [{ message: 'It is declined.', extensions: data }] } : { data } })
        .catch(() => {})
    })
    const look = async (step: string, within = STEP) => void steps.push(`\n--- ${step}`, await outlineOf(visit.page, within))
    // Whether a request goes before the page is looked at or after it is chance.
    const told = () =>
      `${[...asked, ...steps]
        .join('\n')
        .replace(/sent in [\w ]+/g, 'sent in <time>')
        .replace(/ · [\d,]+ rows a second( · about [\w ]+ left)?/, '')}\n`
    return { visit, answers, look, told }
  }
})

const held = () => Promise.withResolvers<object>()

/** Types a text into a cell of the grid. */
/** By the mouse: the first click goes to the cell, the second one into it. */
async function edit({ page }: Visit, at: string, text: string): Promise<void> {
  const cell = page.locator(`[data-at="${at}"]`)
  await cell.click()
  expect(await cell.locator('input').count()).toBe(0)
  await cell.click()
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

/** Waits until the solutions that the upstream has are among those to choose from. */
async function solutionsOfUpstream({ page }: Visit): Promise<void> {
  await page.getByLabel('Solution').locator('option', { hasText: 'QP_OOTB' }).waitFor({ state: 'attached' })
}

async function signInAgain({ page }: Visit, token: string): Promise<void> {
  await page.getByLabel('Access token').fill(token)
  await page.getByRole('button', { name: 'Go on' }).click()
}

async function isAskedBeforeLeaving({ page }: Visit): Promise<boolean> {
  return await page.evaluate<boolean>("!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")
}

function payload(acceptedCount: number, unconfirmed: readonly object[] = [], replayedCount = 0) {
  const counts = { acceptedCount, rejectedCount: 0, unconfirmedCount: unconfirmed.length, replayedCount, retryableCount: 0 }
  return { payload: { ...counts, retryAfterMs: null, warnings: [], rows: unconfirmed } }
}

type Step = OnboardingAnswer['onboarding']['steps'][number]

function step(id: Step['id'], status: Step['status'], details: readonly string[] = []): Step {
  return { id, title: `${id} is well.`, status, checked: `${id} was looked at.`, next: status === 'DONE' ? null : `See to ${id}.`, details }
}

const CHECKLIST: OnboardingAnswer = {
  onboarding: {
    done: false,
    steps: [
      step('TOKEN', 'DONE'),
      step('SOLUTION', 'FAILED'),
      step('TABLES', 'TODO', ['ONE is missing.', 'OTHER is missing.']),
      step('COLUMNS', 'UNKNOWN'),
      step('FIRST_ROWS', 'TODO'),
      step('OUTCOMES', 'TODO', ['BELOW_MINIMUM']),
    ],
  },
}
const SET_UP: OnboardingAnswer = {
  onboarding: {
    done: true,
    steps: [step('TABLES', 'DONE'), step('COLUMNS', 'DONE'), step('FIRST_ROWS', 'DONE'), step('OUTCOMES', 'DONE', ['SLOW'])],
  },
}
const ROLLED_OUT: RolloutAnswer = {
  rollout: {
    complete: false,
    missing: ['THIRD'],
    objects: [
      { __typename: 'RolledOutObject', object: 'ONE' },
      { __typename: 'FailedObject', object: 'OTHER', message: 'It has another key.' },
    ],
  },
}

/** Outcomes of the last two resources of a list of twenty and more, so many times. */
function outcomes(times: number) {
  const none = { accepted: 0, rejected: 0, unconfirmed: 0, passRate: null, topIssues: [] }
  const topIssues = [
    { code: 'BELOW_MINIMUM', field: 'packSize', count: 3 * times },
    { code: 'NO_ANSWER', field: null, count: times },
  ]
  const some = times === 0 ? none : { accepted: 4_000, rejected: 3, unconfirmed: 1, passRate: 4_000 / 4_004, topIssues }
  const few = times === 0 ? none : { accepted: 2, rejected: 0, unconfirmed: 0, passRate: 1, topIssues: [] }
  const resources = Array.from({ length: 40 }, (_, at) => [`r${at}`, at === 2 ? few : at === 5 ? some : none])
  const bucket = { start: new Date(NOW - 30 * 60_000).toISOString(), accepted: 4_002, rejected: 3, unconfirmed: 1 }
  const all = { ...some, mutations: times, since: '', until: '', buckets: times === 0 ? [] : [bucket] }
  return { all, ...Object.fromEntries(resources) }
}
