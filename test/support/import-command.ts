import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SANDBOX_TOKEN } from '../../src/sandbox/choices.ts'

const COMMAND = new URL('../../src/cli/import.ts', import.meta.url).pathname

/** What a run of the command came to. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface Call {
  readonly token?: string | undefined
  readonly input?: string | Buffer
}

/** A folder of its own with files in it, and the command run there against a gateway. */
export interface Desk {
  readonly folder: string
  write(name: string, content: string | Buffer): Promise<void>
  read(name: string): Promise<string>
  run(args: readonly string[], call?: Call): Promise<Ran>
  /** Starts it without waiting for its end. */
  start(args: readonly string[], call?: Call): { readonly child: ChildProcess; readonly done: Promise<Ran> }
}

/** Makes an empty folder to run the command in. */
export async function createDesk(url: () => string | URL): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-import-'))
  const start: Desk['start'] = (args, { token = SANDBOX_TOKEN, input } = {}) => {
    const all = args.includes('--url') ? args : [...args, '--url', String(url())]
    const child = spawn(process.execPath, [COMMAND, ...all], {
      cwd: folder,
      env: { PATH: process.env.PATH, ROWGATE_TOKEN: token, NO_COLOR: '1' },
    })
    if (input !== undefined) child.stdin.on('error', () => {}).end(input)
    return { child, done: ended(child) }
  }
  return {
    folder,
    write: (name, content) => writeFile(join(folder, name), content),
    read: (name) => readFile(join(folder, name), 'utf8'),
    run: (args, call) => start(args, call).done,
    start,
  }
}

async function ended(child: ChildProcess): Promise<Ran> {
  const told = { out: '', err: '' }
  child.stdout?.on('data', (data) => {
    told.out += data
  })
  child.stderr?.on('data', (data) => {
    told.err += data
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...told }
}
