import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GATEWAY_ERRORS } from '../src/errors.ts'
import { UNCONFIRMED_REASONS } from '../src/ingest/outcome.ts'
import { ROW_ISSUE_CODES } from '../src/rows/issue.ts'
import type { CodeWords } from '../src/util/code-words.ts'
import { type BlockRunner, createBlockRunner } from './support/block-runner.ts'
import { type PackedClient, packClient } from './support/client-package.ts'
import { anchorsOf, type Block, linksOf, stepsOf } from './support/markdown.ts'
import { CLIENT_CODE_LISTS, printClientErrors } from './support/printed-client-errors.ts'
import { printErrors } from './support/printed-errors.ts'

const ROOT = new URL('..', import.meta.url).pathname
const PAGES = ['README.md', ...(await readdir(join(ROOT, 'docs'))).map((name) => `docs/${name}`)]
const LINKED = [...PAGES, 'CONTRIBUTING.md', 'src/client/README.md']
const texts = new Map(await Promise.all(LINKED.map(async (page) => [page, await readFile(join(ROOT, page), 'utf8')] as const)))
const textOf = (page: string) => texts.get(page) ?? ''

/** The set-up of Apollo Client is tried by the tests of clients; headers of an answer are no command. */
const isRun = ({ language }: Block) => !['js', 'http'].includes(language)

let client: PackedClient
beforeAll(async () => {
  client = await packClient()
}, 120_000)
afterAll(() => client.remove())

// Pages share nothing, and the blocks of each follow one another.
describe.concurrent.each(PAGES)('the code of %s', (page) => {
  const text = textOf(page)
  const steps = stepsOf(text).filter(isRun)
  if (steps.length === 0) return test('is none', () => expect(text).not.toContain('```'))
  let runner: BlockRunner

  beforeAll(async () => {
    runner = await createBlockRunner({ DOCUMENTS_MANIFEST: MANIFEST })
    expect(await runner.prepare(steps, client)).toBe('')
    if (page === 'README.md') await runner.run({ language: 'json', file: 'rows.json', code: ROWS, line: 0 })
  }, 120_000)
  afterAll(() => runner.close())

  test.each(steps.map((step) => [step.line, step] as const))('line %d does what the page says', { concurrent: false }, async (_, step) => {
    const { out, err, isGood } = await runner.run(step)
    if (step.answer?.language === 'json') expect(JSON.parse(out), err).toEqual(JSON.parse(step.answer.code))
    else if (step.answer !== undefined) expect(inOneSecond(out), err).toBe(inOneSecond(step.answer.code))
    else expect({ isGood, out, err }).toMatchObject({ isGood: true, out: expect.not.stringContaining('"errors":') })
  })
})

const MANIFEST = 'test/support/operations/persisted-documents.json'

/** The body that the README speaks of where it sends one again. */
const ROWS = JSON.stringify({
  query: 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { retryableCount retryAfterMs unconfirmedCount } }',
  variables: { rows: [{ productId: 'PROD-001', sourceId: 'SUP-001', packSize: 12, updatedAt: '2025-01-15T08:00:00Z' }] },
})

function inOneSecond(text: string): string {
  return text.replace(/in \d+ s\./g, 'in 1 s.')
}

test.each(LINKED)('the links of %s lead to what is there, and say its name', (page) => {
  const links = linksOf(textOf(page))
  const target = (path: string) => (path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path)))
  const hasAnchor = (path: string, anchor: string) => anchorsOf(textOf(target(path))).has(anchor)
  const isGood = ({ words, path, anchor }: (typeof links)[number]) =>
    existsSync(join(ROOT, target(path))) &&
    (anchor === '' || hasAnchor(path, anchor)) &&
    (!/^[\w-]+\.\w+$/.test(words) || basename(path) === words)
  expect(links.filter((link) => !isGood(link))).toEqual([])
})

test('the README leads to every page', () => {
  const paths = linksOf(textOf('README.md')).map(({ path }) => path)
  expect(paths.length).toBeGreaterThan(5)
  expect(PAGES.filter((page) => page !== 'README.md' && !paths.includes(page))).toEqual([])
})

test('every code has its section, and the page is what `npm run schema` prints', () => {
  const page = textOf('docs/errors.md')
  const codes = [ROW_ISSUE_CODES, UNCONFIRMED_REASONS, GATEWAY_ERRORS].flatMap((list) => Object.keys(list))
  expect([...page.matchAll(/^### `(\w+)`$/gm)].map(([, code]) => code)).toEqual(codes)
  expect(page).toBe(printErrors())
})

test('every code of the client, the command and the console has its section, and the page is what `npm run schema` prints', async () => {
  const page = textOf('docs/client-errors.md')
  const codes = CLIENT_CODE_LISTS.flatMap(({ codes: list }) => Object.keys(list))
  expect([...page.matchAll(/^### `(\w+)`$/gm)].map(([, code]) => code)).toEqual(codes)
  expect(page).toBe(printClientErrors())
  // The command's and the page's are held by their types.
  const [client, rows] = CLIENT_CODE_LISTS.map(({ codes: list }) => Object.keys(list))
  const names = (await readdir(join(ROOT, 'src/client'))).filter((name) => name.endsWith('.ts') && !/codes\.ts$|\.d\.ts$/.test(name))
  const source = (await Promise.all(names.map((name) => readFile(join(ROOT, 'src/client', name), 'utf8')))).join('\n')
  const used = (pattern: RegExp) => [...new Set([...source.matchAll(pattern)].flatMap(([, code]) => code ?? []))].sort()
  expect(used(/(?:new ClientError\(\s*|UNREADABLE = )'(\w+)'/g)).toEqual([...(client ?? [])].sort())
  expect([...used(/issueOf\(\s*'(\w+)'/g), ...used(/code = '(NOT_\w+)'/g), 'WRONG_CELL_COUNT'].sort()).toEqual([...(rows ?? [])].sort())
})

test('every code says its cause, and then what to do, in whole sentences', () => {
  const lists = [ROW_ISSUE_CODES, UNCONFIRMED_REASONS, GATEWAY_ERRORS, ...CLIENT_CODE_LISTS.map(({ codes }) => codes)]
  const words = lists.flatMap((list) => Object.values<CodeWords>(list))
  expect(words.filter(({ cause, cure }) => !/^\S.*\.$/.test(cause) || !/^[A-Z`].*\.$/.test(cure))).toEqual([])
})
