import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile, type PackedClient, packClient } from './support/client-package.ts'
import { startPair } from './support/gateway.ts'

const ROOT = new URL('..', import.meta.url).pathname
const MOST_BYTES = 6_000
const run = promisify(execFile)

/** An empty folder into which the packed package was installed. */
let folder: string
let client: PackedClient
let pair: Awaited<ReturnType<typeof startPair>>

beforeAll(async () => {
  pair = await startPair()
  folder = await mkdtemp(join(tmpdir(), 'rowgate-client-'))
  client = await packClient()
  await client.install(folder)
}, 120_000)
afterAll(async () => void (await Promise.all([pair.close(), client.remove(), rm(folder, { recursive: true })])))

test('the package brings nothing with it, and publint finds nothing to say', async () => {
  const installed = join(folder, 'node_modules')
  expect(Object.keys(JSON.parse(await readFile(join(installed, '.package-lock.json'), 'utf8')).packages)).toEqual([
    'node_modules/rowgate-client',
  ])
  const { messages } = await publint({ pkgDir: join(installed, 'rowgate-client'), pack: false, strict: true })
  expect(messages).toEqual([])
})

test('it is bundled for browsers, in less than 6 kB', async () => {
  const contents = "export { createClient } from 'rowgate-client'"
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    ...{ bundle: true, minify: true, format: 'esm', platform: 'browser', write: false },
  })
  expect(gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length).toBeLessThan(MOST_BYTES)
})

describe('the code of both READMEs', async () => {
  const readme = (await Promise.all(['src/client/README.md', 'README.md'].map((file) => readFile(join(ROOT, file), 'utf8')))).join('\n')
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)

  beforeAll(async () => {
    await mkdir(join(folder, 'built'))
    for (const [at, code] of blocks.entries())
      await writeFile(join(folder, `block${at}.ts`), code.replace('http://127.0.0.1:4000/', pair.gateway.url.href))
    const files = blocks.map((_, at) => `block${at}.ts`)
    expect(await compile(folder, files)).toBe('')
  }, 60_000)

  const says = async (node: string, at: number) => (await run(node, [join(folder, `built/block${at}.js`)])).stdout

  test.each(nodes())('compiles under strict settings and runs on %s', async (_, node) => {
    if (node === undefined) return
    expect(await says(node, 0)).toBe('0 accepted \n1 rejected packSize must be at least 1.\n{ accepted: 1, rejected: 1, unconfirmed: 0 }\n')
    expect(await says(node, 1)).toMatch(/^28 accepted, (?:0|28) of them by an earlier run\n$/)
    expect(await says(node, 2)).toBe('{ accepted: 1, rejected: 0, unconfirmed: 0 }\n')
  })

  test('is all of it', () => expect(blocks).toHaveLength(3))
})

/** The Node that runs the tests, and the one that the machine has besides; the package is for both. */
function nodes(): [name: string, path: string | undefined][] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((path) => !path.includes('node_modules'))
  const other = folders.map((path) => join(path, 'node')).find((path) => existsSync(path))
  return [
    [process.version, process.execPath],
    [other ?? 'another Node: this machine has none', other],
  ]
}
