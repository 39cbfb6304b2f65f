import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'

const ROOT = new URL('..', import.meta.url).pathname

/** What each room of `src` may import from the others: they point inward, and only programs and `app.ts` see all. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  util: [],
  'errors.ts': ['util'],
  'identity.ts': ['errors.ts', 'util'],
  identity: ['identity.ts', 'errors.ts', 'util'],
  resource: ['util'],
  rows: ['resource', 'util'],
  ingest: ['rows', 'resource', 'util', 'identity.ts'],
  upstream: ['ingest', 'lifecycle', 'rows', 'resource', 'util', 'errors.ts', 'identity.ts'],
  idempotency: ['ingest', 'rows', 'util', 'errors.ts'],
  store: ['idempotency', 'replicas', 'util'],
  lifecycle: ['rows', 'resource', 'util', 'errors.ts', 'identity.ts'],
  quality: ['ingest', 'rows'],
  replicas: ['ingest', 'quality', 'lifecycle', 'rows', 'resource', 'util'],
  onboarding: ['ingest', 'quality', 'lifecycle', 'rows', 'resource', 'util', 'errors.ts', 'identity.ts'],
  graphql: ['http', 'ingest', 'idempotency', 'lifecycle', 'quality', 'onboarding', 'rows', 'resource', 'util', 'errors.ts', 'identity.ts'],
  http: ['util', 'errors.ts', 'identity.ts', 'observability'],
  observability: ['lifecycle', 'ingest', 'upstream', 'util'],
  sandbox: ['resource', 'util'],
  client: [],
  tabular: ['util'],
  console: ['client', 'tabular'],
  cli: ['client', 'tabular', 'util'],
  'config.ts': ['resource', 'observability', 'settings.ts', 'identity', 'util'],
  'settings.ts': ['resource', 'observability', 'identity', 'util'],
}

/** Packages that only one room may know. */
const ONLY_IN: Record<string, RegExp> = {
  undici: /^src\/upstream\//,
  graphql: /^src\/graphql\//,
  'graphql-yoga': /^src\/graphql\//,
  '@pothos/core': /^src\/graphql\//,
  '@pothos/plugin-validation': /^src\/graphql\//,
  dataloader: /^src\/ingest\//,
  'prom-client': /^src\/observability\//,
  'csv-parse': /^src\/tabular\//,
  'node:sqlite': /^src\/(?:store|sandbox)\//,
  'rate-limiter-flexible': /^src\/http\//,
  jose: /^src\/identity\//,
  pg: /^src\/store\//,
  '@opentelemetry/api': /^src\/observability\//,
  '@opentelemetry/sdk-trace-node': /^src\/observability\//,
  preact: /^src\/console\//,
  'preact/hooks': /^src\/console\//,
  'hucre/xlsx': /^src\/console\//,
}

interface Source {
  readonly file: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources: Source[] = await Promise.all(
  (await readdir(join(ROOT, 'src'), { recursive: true }))
    // What is generated answers to its generator.
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map(async (name) => {
      const file = `src/${name}`
      const text = await readFile(join(ROOT, file), 'utf8')
      const imports = [...text.matchAll(/(?:from|import\() ?'([^']+)'/g)].map(([, path = '']) =>
        path.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), path)) : path,
      )
      return { file, text, imports }
    }),
)

const textOf = (file: string) => sources.find((source) => source.file === file)?.text ?? ''
const roomOf = (file: string) => file.split('/')[1] ?? ''

/** Programs and the composition root see everything. */
const SEES_ALL = /^src\/(?:app|main|cli\/[\w-]+|sandbox\/main)\.ts$/

test('imports between rooms follow the table', () => {
  const broken = sources
    .filter(({ file }) => !SEES_ALL.test(file))
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

test('CONTRIBUTING has the same table, and a glossary whose words are those of the code', async () => {
  const text = await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8')
  const rows = [...text.matchAll(/^\|[^|]*\| `src\/(\w+)\/` *\| ([^|]*)\|$/gm)]
  const told = Object.fromEntries(rows.map(([, room, may = '']) => [room, [...may.matchAll(/`([^`]+)`/g)].map(([, name]) => name)]))
  const rooms = Object.fromEntries(Object.entries(MAY_IMPORT).filter(([room]) => !room.endsWith('.ts')))
  expect(told).toEqual(rooms)
  expect([...new Set(sources.map(({ file }) => roomOf(file)))].filter((room) => !room.endsWith('.ts')).sort()).toEqual(
    Object.keys(rooms).sort(),
  )

  const code = sources.map(({ text }) => text.toLowerCase().replace(/[\s*]+/g, ' ')).join(' ')
  const words = [...(text.split('## Glossary')[1] ?? '').matchAll(/^\| ([a-z ,]+?) *\|/gm)]
    .flatMap(([, list = '']) => list.split(', '))
    .filter((word) => word !== 'word')
  expect(words.length).toBeGreaterThan(25)
  expect(
    words.filter((word) => !code.includes(word) && !code.includes(word.replaceAll(' ', '')) && !code.includes(word.replaceAll(' ', '-'))),
  ).toEqual([])
  expect(
    sources
      .filter(({ text: source }) =>
        /\b(?:road|docket|aftermath|stretch|scratch|tolerant|printedRows|[lL]ane|keyHolds|[rR]ateGate|[sS]ettlement|[tT]olerant[A-Z]\w+|[mM]oments?|MOMENT|begun\w*|fates)\b/.test(
          source,
        ),
      )
      .map(({ file }) => file),
  ).toEqual([])
})

test('no file imports itself, by whatever way round', () => {
  const importsOf = new Map(sources.map(({ file, imports }) => [file, imports]))
  const done = new Set<string>()
  const circles: string[] = []
  const follow = (file: string, way: readonly string[]) => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' -> '))
    if (way.includes(file) || done.has(file)) return
    for (const next of importsOf.get(file) ?? []) follow(next, [...way, file])
    done.add(file)
  }
  for (const { file } of sources) follow(file, [])
  expect(circles).toEqual([])
})

/** They read what Rowgate wrote itself, look only for names that they know, or only whether a text is JSON. */
const PARSES_OTHERWISE = new Set([
  'src/cli/import/state-file.ts',
  'src/graphql/graphiql-tabs.ts',
  'src/identity/key-set.ts',
  'src/idempotency/entry-codec.ts',
  'src/observability/otel-sdk.ts',
  'src/replicas/note-bodies.ts',
  'src/rows/check-value.ts',
  'src/sandbox/saved-schemas.ts',
  'src/sandbox/solution-list.ts',
  'src/sandbox/store.ts',
  'src/store/sqlite-worker.ts',
  'src/store/sqlite.ts',
  'src/tabular/convert-cell.ts',
])

test('what others wrote in JSON is read by parseJson, which has the names right', () => {
  const parsing = sources.filter(({ file, text }) => text.includes('JSON.parse') && roomOf(file) !== 'console').map(({ file }) => file)
  expect(parsing.filter((file) => !PARSES_OTHERWISE.has(file))).toEqual(['src/util/json-text.ts'])
})

/** Others hold twenty at most. */
const MOST_FILES: Readonly<Record<string, number>> = { src: 6, 'src/console/load': 21 }

test('folders hold few files, and few stand outside of one', () => {
  const perFolder = Object.entries(Object.groupBy(sources, ({ file }) => dirname(file))).map(([folder, files = []]) => ({
    folder,
    files: files.length,
  }))
  expect(perFolder.filter(({ folder, files }) => files > (MOST_FILES[folder] ?? 20))).toEqual([])
})

test('each outside library is known in one room only', () => {
  const broken = sources.flatMap(({ file, imports }) =>
    imports.filter((path) => ONLY_IN[path] && !ONLY_IN[path].test(file)).map((path) => ({ file, path })),
  )
  expect(broken).toEqual([])
})

test('what the page and the command share of tables runs in a browser: it knows no module of Node, nor do those it imports', () => {
  const importsOf = new Map(sources.map(({ file, imports }) => [file, imports]))
  const reached = new Set<string>(sources.map(({ file }) => file).filter((file) => roomOf(file) === 'tabular'))
  for (const file of reached) for (const path of importsOf.get(file) ?? []) reached.add(path)
  expect([...reached].filter((path) => path.startsWith('node:') || /\bBuffer\b|\bprocess\./.test(textOf(path)))).toEqual([])
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
  ).toEqual(['src/cli/check-drift.ts', 'src/cli/import.ts', 'src/main.ts', 'src/sandbox/main.ts'])
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
    'deploy',
    'docs',
    'package-lock.json',
    'package.json',
    'schema',
    'src',
    'test',
    'tsconfig.json',
  ]
  const found = (await readdir(ROOT)).filter((name) => !name.startsWith('.') && !['node_modules', 'dist'].includes(name))
  expect(found.sort()).toEqual(allowed)
})

test('every export says in a docstring what it promises', () => {
  const undocumented = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/(?<!\*\/(?:\n@\w+)?)\n(export (?:async )?(?:function|const|class) \w+)/g)].map(([, name]) => ({ file, name })),
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
