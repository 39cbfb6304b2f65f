import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { runImport } from '../../src/cli/import/run.ts'
import { SANDBOX_TOKEN } from '../../src/sandbox/choices.ts'

const COMMAND = new URL('../../src/cli/import.ts', import.meta.url).pathname

/** What a run of the command came to. */
interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface Call {
  readonly token?: string | undefined
  readonly input?: string | Buffer
  readonly isTTY?: boolean
}

/** A folder of its own with files in it, and the command run there against a gateway. */
export interface Desk {
  readonly folder: string
  write(name: string, content: string | Buffer): Promise<void>
  read(name: string): Promise<string>
  run(args: readonly string[], call?: Call): Promise<Ran>
  /** The same without a process of its own. */
  runHere(args: readonly string[], call?: Call): Promise<Ran>
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
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ROWGATE_TOKEN: token, NO_COLOR: '1' },
    })
    if (input !== undefined) child.stdin.on('error', () => {}).end(input)
    return { child, done: ended(child) }
  }
  return {
    folder,
    write: (name, content) => writeFile(join(folder, name), content),
    read: (name) => readFile(join(folder, name), 'utf8'),
    run: (args, call) => start(args, call).done,
    runHere: (args, call) => ranHere(args.includes('--url') ? args : [...args, '--url', String(url())], folder, call),
    start,
  }
}

async function ranHere(args: readonly string[], cwd: string, { token = SANDBOX_TOKEN, input, isTTY = false }: Call = {}): Promise<Ran> {
  const told = { out: '', err: '' }
  const code = await runImport({
    args,
    token,
    cwd,
    stdin: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
    print(text) {
      told.out += text
    },
    screen: {
      isTTY,
      columns: 80,
      write(text) {
        told.err += text
      },
    },
    signal: new AbortController().signal,
  })
  return { code, ...told }
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

/** What loads a file of sale extras. */
export const AS_SALES: readonly string[] = ['--append', '--resource', 'SaleExtra', '--solution', 'QP_OOTB']
export const HEADER = 'product_id,location_id,product_variant,sold_at,sales_units,sales_value,return_units,return_value'

/** A good line of such a file. */
export function line(id: string, { units = '1', value = '1.5' }: { units?: string; value?: string } = {}): string {
  return `${id},L1,size:M,2025-01-28T14:30:00Z,${units},${value},0,0`
}

/** Such a file. */
export function file(...lines: readonly string[]): string {
  return `${[HEADER, ...lines].join('\n')}\n`
}

const ROW = { productId: 'A', LOCATION_ID: 'L1', product_variant: 'M', soldAt: '2025-01-28T14:30:00Z' }
const NUMBERS = '"salesUnits":1,"sales_value":12345678901234567.89,"returnUnits":0,"returnValue":0'

/** The same as JSON, with a number that no double holds. */
export const OBJECT = `${JSON.stringify(ROW).slice(0, -1)},${NUMBERS}}`
