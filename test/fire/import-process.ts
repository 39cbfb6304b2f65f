import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { IMPORT_FLAGS } from '../support/start-flags.ts'
import { atEnd } from './at-end.ts'

const COMMAND = fileURLToPath(new URL('../../src/cli/import.ts', import.meta.url))

/** The import command under way. */
export interface ImportProcess {
  readonly pid: number
  /** Its exit code, null where it was killed, and what it printed. */
  readonly done: Promise<{ readonly code: number | null; readonly printed: string }>
  kill(): void
}

/** Starts to append a file of sale extras in a process of its own, which does not outlive the trial. */
export function startImport(file: string, url: URL, token: string): ImportProcess {
  const args = [file, '--append', '--resource', 'SaleExtra', '--solution', 'QP_OOTB', '--url', url.href]
  const env = { PATH: process.env.PATH, ROWGATE_TOKEN: token, NO_COLOR: '1' }
  const child = spawn(process.execPath, [...IMPORT_FLAGS, COMMAND, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      printed += part
    })
  const kill = () => void child.kill('SIGKILL')
  atEnd(async () => kill())
  return { pid: child.pid as number, kill, done: once(child, 'close').then(([code]) => ({ code, printed })) }
}
