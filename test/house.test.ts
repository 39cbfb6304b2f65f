import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'

const ROOT = new URL('..', import.meta.url).pathname

/** What each room of `src` may import from the others; `*` are the leaves at the top. */
const LEAVES = ['errors.ts', 'tenant.ts', 'log.ts', 'body-pool.ts', 'request-origin.ts']
const MAY_IMPORT: Record<string, readonly string[]> = {
  resource: ['util'],
  ingest: ['resource', 'errors.ts', 'tenant.ts', 'log.ts', 'request-origin.ts'],
  upstream: ['ingest', 'resource', 'rollout', ...LEAVES],
  idempotency: ['ingest', 'resource', 'util', 'errors.ts'],
  store: ['idempotency', 'util'],
  rollout: ['resource', ...LEAVES],
  quality: ['ingest', 'resource'],
  graphql: ['ingest', 'resource', 'rollout', 'quality', 'onboarding', 'util', ...LEAVES],
  http: ['util', ...LEAVES],
  util: [],
  onboarding: ['ingest', 'quality', 'resource', 'rollout', ...LEAVES],
  sandbox: ['resource'],
  'errors.ts': [],
  'tenant.ts': ['errors.ts'],
  'log.ts': [],
  'body-pool.ts': [],
  'request-origin.ts': [],
  'config.ts': ['resource', 'ingest', 'log.ts', 'settings.ts', 'tenant.ts', 'util'],
  'settings.ts': ['resource', 'log.ts', 'util'],
  'metrics.ts': [],
  'drift-alarm.ts': ['config.ts', 'metrics.ts', 'resource', 'rollout', 'log.ts', 'request-origin.ts', 'tenant.ts'],
}

/** Packages that only one room may know. */
const ONLY_IN: Record<string, RegExp> = {
  undici: /^src\/upstream\//,
  graphql: /^src\/graphql\//,
  'graphql-yoga': /^src\/graphql\//,
  '@pothos/core': /^src\/graphql\//,
  '@pothos/plugin-validation': /^src\/graphql\//,
  dataloader: /^src\/ingest\//,
  'prom-client': /^src\/metrics\.ts$/,
  cockatiel: /^src\/ingest\//,
  'node:sqlite': /^src\/(?:store|sandbox)\//,
  pg: /^src\/store\//,
}

interface Source {
  readonly file: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources: Source[] = await Promise.all(
  (await readdir(join(ROOT, 'src'), { recursive: true }))
    .filter((file) => file.endsWith('.ts'))
    .map(async (name) => {
      const file = `src/${name}`
      const text = await readFile(join(ROOT, file), 'utf8')
      const imports = [...text.matchAll(/(?:from|import\() ?'([^']+)'/g)].map(([, path = '']) =>
        path.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), path)) : path,
      )
      return { file, text, imports }
    }),
)

const roomOf = (file: string) => file.split('/')[1] ?? ''

/** Programs and the composition root see everything. */
const SEES_ALL = ['src/app.ts', 'src/services.ts', 'src/main.ts', 'src/demo.ts', 'src/check-drift.ts', 'src/sandbox/main.ts']

test('imports between rooms follow the table', () => {
  const broken = sources
    .filter(({ file }) => !SEES_ALL.includes(file))
    .flatMap(({ file, imports }) =>
      imports.filter((path) => path.startsWith('src/') || path.startsWith('schema/')).map((path) => ({ file, path })),
    )
    .filter(
      ({ file, path }) =>
        !(roomOf(path) === roomOf(file) && path.startsWith('src/')) &&
        !(path.startsWith('src/') && MAY_IMPORT[roomOf(file)]?.includes(roomOf(path))),
    )
  expect(broken).toEqual([])
})

test('each outside library is known in one room only', () => {
  const broken = sources.flatMap(({ file, imports }) =>
    imports.filter((path) => ONLY_IN[path] && !ONLY_IN[path].test(file)).map((path) => ({ file, path })),
  )
  expect(broken).toEqual([])
})

test('all that Yoga does for HTTP is used by nobody: its fetch, its hooks, its CORS, its negotiation', () => {
  const ofHttp =
    /\b(?:onRequest|onRequestParse|onResponse|onResultProcess|onParams|handleNodeRequest|requestListener)\b|\byoga\.fetch\b|fetchAPI|useCORS/
  expect(sources.filter(({ text }) => ofHttp.test(text)).map(({ file }) => file)).toEqual([])
})

test('only programs hand the environment over, and only config.ts reads it', () => {
  expect(
    sources
      .filter(({ text }) => text.includes('process.env'))
      .map(({ file }) => file)
      .sort(),
  ).toEqual(['src/check-drift.ts', 'src/main.ts', 'src/sandbox/main.ts'])
})

test('nothing in src names a resource', () => {
  // Words that are also plain English, or words of the design, do not give a resource away.
  const plain = new Set([
    'products',
    'product',
    'sales',
    'sale',
    'stock',
    'location',
    'locations',
    'region',
    'project',
    'customer',
    'suppliers',
    'pricing',
    'tax',
    'merchant',
    'transfers',
    'forecast',
  ])
  const names = contract.resources
    .flatMap(({ object, graphqlName }) => [object.toLowerCase(), graphqlName])
    .filter((name) => !plain.has(name.toLowerCase()))
  const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  const broken = sources.flatMap(({ file, text }) =>
    names.filter((name) => new RegExp(`\\b${name}\\b`).test(code(text))).map((name) => ({ file, name })),
  )
  expect(broken).toEqual([])
})

test('files stay under 200 lines', () => {
  expect(sources.filter(({ text }) => text.split('\n').length > 200).map(({ file }) => file)).toEqual([])
})

test('functions stay short', () => {
  const long = sources.flatMap(({ file, text }) =>
    functionLengths(text)
      .filter(({ lines }) => lines > 60)
      .map((found) => ({ file, ...found })),
  )
  expect(long).toEqual([])
})

test('the top of the project holds what was agreed, and nothing else', async () => {
  const allowed = [
    'CONTRIBUTING.md',
    'Dockerfile',
    'README.md',
    'codegen.ts',
    'package-lock.json',
    'package.json',
    'schema',
    'src',
    'test',
    'tsconfig.json',
  ]
  const found = (await readdir(ROOT)).filter((name) => !name.startsWith('.') && name !== 'node_modules')
  expect(found.sort()).toEqual(allowed)
})

test('every export says in a docstring what it promises', () => {
  const undocumented = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/(?<!\*\/)\n(export (?:async )?(?:function|const|class) \w+)/g)].map(([, name]) => ({ file, name })),
  )
  expect(undocumented).toEqual([])
})

/** Lengths of top-level functions, from their opening line to the brace in the first column. */
function functionLengths(text: string): { name: string; lines: number }[] {
  const lines = text.split('\n')
  return lines.flatMap((line, start) => {
    const name = /^(?:export )?(?:async )?function (\w+)/.exec(line)?.[1]
    if (name === undefined) return []
    const end = lines.findIndex((candidate, at) => at > start && candidate === '}')
    return [{ name, lines: end - start + 1 }]
  })
}
