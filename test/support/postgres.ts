import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)

/** A PostgreSQL server of the tests' own, which listens on a socket in its folder only. */
export interface PostgresServer {
  /** Where to connect to one of its databases. */
  url(database?: string): string
  /** Makes an empty database; its URL. */
  create(database: string): Promise<string>
  /** The rows of one statement, as the superuser. */
  query<Row>(text: string, values?: readonly unknown[], database?: string): Promise<Row[]>
  start(): Promise<void>
  /** Stops it: sessions are cut, nothing that was committed is lost. `immediate`, as after a crash, unless another way is named. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Stops it and deletes all it had. */
  remove(): Promise<void>
}

/**
 * Starts a server; undefined, and a line that says so, where PostgreSQL is not installed. Its commits wait for the disk where that
 * is asked for: without it a server may stop at any time, and only a machine that loses its power loses anything.
 */
export async function startPostgres({ waitsForDisk = false } = {}): Promise<PostgresServer | undefined> {
  if (!(await isInstalled())) {
    console.warn('PostgreSQL (initdb, pg_ctl) is not installed: its tests are skipped.')
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-postgres-'))
  if (process.getuid?.() === 0) await chown(folder, await idOf('-u'), await idOf('-g'))
  const data = join(folder, 'data')
  await makeData(data)

  const url = (database = 'postgres') => `postgresql://postgres@localhost/${database}?host=${folder}`
  const flags = `-k ${folder} -c listen_addresses='' -c fsync=${waitsForDisk ? 'on' : 'off'}`
  const start = () => asPostgres('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', flags, 'start')
  const stop = (mode = 'immediate') => asPostgres('pg_ctl', '-D', data, '-w', '-m', mode, 'stop')
  async function query<Row>(text: string, values: readonly unknown[] = [], database?: string): Promise<Row[]> {
    const client = new Client({ connectionString: url(database) })
    await client.connect()
    try {
      return (await client.query(text, [...values])).rows as Row[]
    } finally {
      await client.end()
    }
  }

  await start()
  return {
    url,
    query,
    start,
    stop,
    async create(database) {
      await query(`CREATE DATABASE ${database}`)
      return url(database)
    },
    async remove() {
      await stop().catch(() => {})
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const CACHE = new URL('../../node_modules/.cache/', import.meta.url).pathname

/** What `initdb` makes, which takes it longer than all else here, is made once for each version and user, and copied. */
async function makeData(data: string): Promise<void> {
  const { stdout: version } = await run('initdb', ['--version'])
  const made = join(CACHE, `${version.trim().replace(/\W+/g, '-')}-${process.getuid?.()}`)
  if (existsSync(made)) return void (await run('cp', ['-a', made, data]))
  await asPostgres('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--no-locale', '-E', 'UTF8')
  await mkdir(CACHE, { recursive: true })
  const copy = await mkdtemp(`${made}-`)
  await run('cp', ['-a', data, join(copy, 'data')])
  // Of two that make it at the same time one comes too late.
  await rename(join(copy, 'data'), made).catch(() => {})
  await rm(copy, { recursive: true })
}

async function isInstalled(): Promise<boolean> {
  return run('pg_ctl', ['--version']).then(
    () => true,
    () => false,
  )
}

async function idOf(flag: '-u' | '-g'): Promise<number> {
  return Number((await run('id', [flag, 'postgres'])).stdout)
}

/** Its programs refuse to run as root. */
async function asPostgres(...command: string[]): Promise<void> {
  const prefix = process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  const [program = '', ...args] = [...prefix, ...command]
  await run(program, args, { cwd: tmpdir() })
}
