import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = new URL('../../', import.meta.url)
const SOURCES = ['src/console/', 'src/client/', 'src/cli/build-console.ts', 'package-lock.json']

/** Builds the console where its sources are younger than what was built. */
export async function ensureConsole(): Promise<void> {
  const built = await stat(new URL('dist/console/index.html', ROOT)).catch(() => undefined)
  const times = await Promise.all(SOURCES.map((path) => newest(new URL(path, ROOT))))
  if (built !== undefined && built.mtimeMs > Math.max(...times)) return
  const cwd = fileURLToPath(ROOT)
  await promisify(execFile)(process.execPath, ['src/cli/build-console.ts'], { cwd, timeout: 120_000 })
}

async function newest(path: URL): Promise<number> {
  const own = await stat(path)
  if (!own.isDirectory()) return own.mtimeMs
  const names = await readdir(path, { recursive: true })
  const times = await Promise.all(names.map(async (name) => (await stat(new URL(name, path))).mtimeMs))
  return Math.max(own.mtimeMs, ...times)
}
