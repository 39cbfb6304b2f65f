import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = new URL('../..', import.meta.url).pathname
const OPTIONS = '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --module nodenext --target es2022 --outDir built'
const run = promisify(execFile)

/** Packs the client and installs it into a folder, as a partner would. */
export async function installClient(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await run('npm', ['pack', './src/client', '--pack-destination', folder], { cwd: ROOT })
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', './rowgate-client-0.1.0.tgz'], { cwd: folder })
}

/** Compiles files of a folder into `built` there, under strict settings; says what the compiler has against them. */
export async function compile(folder: string, files: readonly string[]): Promise<string> {
  if (files.length === 0) return ''
  const tsc = run(join(ROOT, 'node_modules/.bin/tsc'), [...OPTIONS.split(' '), ...files], { cwd: folder })
  return (await tsc.catch((error: { stdout: string }) => error)).stdout
}
