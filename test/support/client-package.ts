import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = new URL('../..', import.meta.url).pathname
const OPTIONS = '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --module nodenext --target es2022 --outDir built'
const run = promisify(execFile)

/** The client as it is published, for folders that it is to be installed into. */
export interface PackedClient {
  /** Has it in a folder as installed. */
  install(folder: string): Promise<void>
  remove(): Promise<void>
}

/** Packs the client, and installs it once, as a partner would: each folder has a copy of that. */
export async function packClient(): Promise<PackedClient> {
  const packed = await mkdtemp(join(tmpdir(), 'rowgate-packed-'))
  await packCopy(packed)
  const installed = join(packed, 'installed')
  await mkdir(installed)
  await writeFile(join(installed, 'package.json'), '{ "type": "module" }')
  const flags = ['--offline', '--no-audit', '--no-fund']
  await run('npm', ['install', ...flags, join(packed, 'rowgate-client-0.1.0.tgz')], { cwd: installed })
  return {
    install: (folder) => cp(installed, folder, { recursive: true }),
    remove: () => rm(packed, { recursive: true }),
  }
}

/** Packs a copy: two test files that packed `src/client` itself at once would delete each other's `dist`. */
async function packCopy(into: string): Promise<void> {
  await mkdir(join(ROOT, '.data'), { recursive: true })
  // As deep as `src/client`, from where it refers to the project's tsconfig.
  const copy = await mkdtemp(join(ROOT, '.data', 'client-'))
  await cp(join(ROOT, 'src/client'), copy, { recursive: true, filter: (path) => !path.endsWith('/dist') })
  await run('npm', ['pack', copy, '--pack-destination', into], { cwd: ROOT })
  await rm(copy, { recursive: true })
}

/** Compiles files of a folder into `built` there, under strict settings; says what the compiler has against them. */
export async function compile(folder: string, files: readonly string[]): Promise<string> {
  if (files.length === 0) return ''
  const tsc = run(join(ROOT, 'node_modules/.bin/tsc'), [...OPTIONS.split(' '), ...files], { cwd: folder })
  return (await tsc.catch((error: { stdout: string }) => error)).stdout
}
