import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** Whether the packages of the peers are there, or could be installed just now; only the benchmark needs them. */
export function installPeers(progress: (line: string) => void): boolean {
  if (existsSync(`${FOLDER}node_modules/mercurius`)) return true
  progress('installing the packages of mercurius and Apollo: npm ci --prefix test/bench')
  const { status } = spawnSync('npm', ['ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--no-fund'], { stdio: 'ignore' })
  if (status === 0) return true
  progress('That failed, so mercurius-jit and apollo are left out. Install them by hand: npm ci --prefix test/bench')
  return false
}
