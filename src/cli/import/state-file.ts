import { hash } from 'node:crypto'
import { access, constants, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ImportFailure } from './failure.ts'

/** What is loaded where: identifies a load. */
export interface LoadIdentity {
  readonly url: string
  readonly resource: string
  readonly operation: 'UPSERT' | 'APPEND'
  readonly solution: string | null
  /** The name that was given with `--again`. */
  readonly again: string | null
}

/** The record of a load. */
export interface LoadRecord extends LoadIdentity {
  /** SHA-256 of the decoded content. */
  readonly sha256: string
  readonly startedAt: string
  readonly finishedAt: string | null
  /** Whether a row of it may have been written. */
  readonly mayBeWritten: boolean
  /** Whether the gateway has answered for such a row, and so must have a record of the load. */
  readonly isTold: boolean
  /** The last line whose row, like all before it, has an outcome. */
  readonly settledLine: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  /** SHA-256 of the files of rejected and unconfirmed rows, as they were written. */
  readonly written: readonly string[]
}

/** The state file beside a source: hashes, counts and times, but no values of rows and no token. */
export interface StateFile {
  /** The record with this identity, whatever its content was. */
  find(identity: LoadIdentity): LoadRecord | undefined
  /** Whether a file of this content was written by an earlier load, and not touched since. */
  hasWritten(sha256: string): boolean
  /** Remembers a load; false where nothing can be written beside the file. */
  keep(record: LoadRecord): Promise<boolean>
}

const ABOUT = 'What `npm run import` remembers about the file with this name, so that it is appended only once. Delete this to forget it.'
const MAX_LOADS = 50

/** Opens the state file of a source, if there is one. Throws an `ImportFailure` where it cannot be read: rows could be appended twice. */
export async function openState(path: string | undefined): Promise<StateFile> {
  if (path !== undefined) await dropLeftParts(`${path}${SUFFIX}`)
  let loads: readonly LoadRecord[] = path === undefined ? [] : await readLoads(`${path}${SUFFIX}`)
  return {
    find: (identity) => loads.find((load) => isSame(load, identity)),
    hasWritten: (sha256) => loads.some(({ written }) => written.includes(sha256)),
    async keep(record) {
      loads = [record, ...loads.filter((load) => !isSame(load, record))].slice(0, MAX_LOADS)
      return path !== undefined && (await written(`${path}${SUFFIX}`, loads))
    },
  }
}

/** What the name of a state file ends with. */
export const SUFFIX = '.rowgate.json'

function isSame(one: LoadIdentity, other: LoadIdentity): boolean {
  const parts = ({ url, resource, operation, solution, again }: LoadIdentity) => JSON.stringify([url, resource, operation, solution, again])
  return parts(one) === parts(other)
}

async function readLoads(path: string): Promise<readonly LoadRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : ''))
  if (text === undefined) return []
  const loads = loadsIn(text)
  if (loads === undefined) throw damaged(basename(path))
  return loads
}

function loadsIn(text: string): readonly LoadRecord[] | undefined {
  try {
    const { loads } = JSON.parse(text) as { loads?: unknown }
    const isWhole = Array.isArray(loads) && loads.every((load) => Array.isArray(load?.written))
    return isWhole ? (loads as LoadRecord[]) : undefined
  } catch {
    return undefined
  }
}

function damaged(name: string): ImportFailure {
  return new ImportFailure(
    { code: 'STATE_FILE_DAMAGED', message: `${name} records what was loaded from this file before, and cannot be read.` },
    'Restore it from a copy. If nothing of the file was appended yet, or it is to be upserted, delete it.',
  )
}

async function written(path: string, loads: readonly LoadRecord[]): Promise<boolean> {
  const part = partOf(path)
  try {
    await writeFile(part, `${JSON.stringify({ about: ABOUT, loads }, undefined, 2)}\n`)
    await rename(part, path)
    return true
  } catch {
    await rm(part, { force: true })
    return false
  }
}

// Hashed, since host names may be long, or have characters that file names cannot have.
const HOST = hash('sha256', hostname()).slice(0, 8)

/** A temporary path for writing a file, different in each process, since two may load the same file at once, also from different hosts. */
export function partOf(path: string): string {
  return `${path}.${HOST}.${process.pid}.part`
}

const OF_PROCESS = new RegExp(`^\\.${HOST}\\.(\\d{1,10})\\.part$`)

/** Deletes what processes of this host that were killed have left of a file that they wrote. */
export async function dropLeftParts(path: string): Promise<void> {
  const name = basename(path)
  const found = await readdir(dirname(path)).catch(() => [])
  const left = found.filter((other) => other.startsWith(name) && !isAlive(OF_PROCESS.exec(other.slice(name.length))?.[1]))
  await Promise.all(left.map((other) => rm(join(dirname(path), other), { force: true }).catch(() => {})))
}

/** Whether a process may still run, also as another user's; true where none is named. */
function isAlive(pid: string | undefined): boolean {
  if (pid === undefined) return true
  try {
    return process.kill(Number(pid), 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** The folder of a file where it can be written to, else the current one. */
export async function writableFolder(path: string | undefined, current: string): Promise<string> {
  if (path === undefined) return current
  const folder = dirname(path)
  return await access(folder, constants.W_OK).then(
    () => folder,
    () => current,
  )
}
