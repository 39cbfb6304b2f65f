import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isRejectedColumn, REJECTED_COLUMNS } from '../../tabular/header-names.ts'
import type { SourceRecord } from '../../tabular/read/records.ts'
import { ImportFailure } from './failure.ts'
import { dropLeftParts, partOf } from './state-file.ts'

/** An issue, as it is written beside a row. */
export interface Complaint {
  readonly field: string | null
  readonly code: string
  readonly message: string
}

/** Prints records with their issues, in a form that can be loaded again. */
export interface RecordWriter {
  readonly head: string
  print(record: SourceRecord, complaints: readonly Complaint[]): string
}

/** Prints rows of CSV as they are in their file, after columns for the issues, which are skipped when the file is loaded. */
export function createCsvWriter(header: readonly string[], delimiter: string): RecordWriter {
  const isOwn = header.map(isRejectedColumn)
  const line = (cells: readonly string[]) => `${cells.map((cell) => csvCell(cell, delimiter)).join(delimiter)}\n`
  const others = (cells: readonly string[]) => cells.filter((_, at) => isOwn[at] !== true)
  return {
    // With a byte order mark Excel reads UTF-8, and so does this command, whatever --encoding says.
    head: `\uFEFF${line([...REJECTED_COLUMNS, ...others(header)])}`,
    print: (record, complaints) => line([...told(record, complaints), ...others(record.cells ?? [])]),
  }
}

/** Prints rows as JSON, one per line. */
export function createJsonWriter(): RecordWriter {
  return {
    head: '',
    print(record, complaints) {
      const own = told(record, complaints)
      const value = Object.entries(record.value ?? {}).filter(([name]) => !isRejectedColumn(name))
      return `${JSON.stringify(Object.fromEntries([...REJECTED_COLUMNS.map((name, at) => [name, own[at]]), ...value]))}\n`
    },
  }
}

function told({ line }: SourceRecord, complaints: readonly Complaint[]): readonly string[] {
  const joined = (of: (complaint: Complaint) => string) => complaints.map(of).join('; ')
  return [String(line), joined(({ field }) => field ?? ''), joined(({ code }) => code), joined(({ message }) => message)]
}

function csvCell(cell: string, delimiter: string): string {
  const isPlain = !cell.includes(delimiter) && !/["\r\n\uFEFF]/.test(cell)
  return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`
}

/** A file that is created with its first record. An existing file is replaced only where `mayReplace` allows it by its SHA-256. */
export async function createRecordFile(wanted: string, writer: RecordWriter, mayReplace: (sha256: string) => boolean) {
  const path = await freePath(wanted, mayReplace)
  await dropLeftParts(path)
  const part = partOf(path)
  const hash = createHash('sha256')
  let handle: FileHandle | undefined
  let [count, buffered] = [0, '']
  async function flush(): Promise<void> {
    try {
      handle ??= await open(part, 'w')
      hash.update(buffered)
      await handle.writeFile(buffered)
      buffered = ''
    } catch (error) {
      // Half a file is of no use, and may be what fills the disk.
      await rm(part, { force: true })
      throw error
    }
  }
  return {
    /** Its final path. */
    path,
    async put(record: SourceRecord, complaints: readonly Complaint[]): Promise<void> {
      if (count++ === 0) buffered = writer.head
      buffered += writer.print(record, complaints)
      if (buffered.length > FLUSH_AT) await orNotWritten(path, flush)
    },
    /** Moves the file into place and returns its SHA-256; where it is empty or not kept, no file is left, not even an older one written by this command. */
    async close(isKept: boolean): Promise<string | undefined> {
      if (count === 0 || !isKept) {
        await handle?.close()
        await Promise.all([rm(path, { force: true }), rm(part, { force: true })])
        return undefined
      }
      await orNotWritten(path, flush).finally(() => handle?.close())
      await orNotWritten(path, () => rename(part, path))
      return hash.digest('hex')
    },
  }
}

const FLUSH_AT = 64 * 1024

async function freePath(wanted: string, mayReplace: (sha256: string) => boolean): Promise<string> {
  for (let [path, number] = [wanted, 2]; ; path = numbered(wanted, number++)) {
    const found = await readFile(path).catch(() => undefined)
    if (found === undefined || mayReplace(createHash('sha256').update(found).digest('hex'))) return path
  }
}

/** `sales.rejected.csv` becomes `sales.rejected-2.csv`. */
function numbered(path: string, number: number): string {
  return join(dirname(path), basename(path).replace(/(\.\w+)$/, `-${number}$1`))
}

/** What the file of a source's rejected rows is called: those of `sales.rejected.csv` go to `sales.rejected-2.csv`, and so on. */
export function recordFileName(source: string, kind: 'rejected' | 'unconfirmed', extension: string): string {
  const name = basename(source).replace(/\.gz$/i, '')
  const stem = /^(.+)\.\w+$/.exec(name)?.[1] ?? name
  return `${stem.replace(/\.(?:rejected|unconfirmed)(?:-\d+)?$/, '')}.${kind}.${extension}`
}

async function orNotWritten(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw new ImportFailure(
      { code: 'NOT_WRITABLE', message: `${basename(path)} cannot be written (${code}${code === 'ENOSPC' ? ': the disk is full' : ''}).` },
      'Make room, and run the same command again: what was sent is answered from the record, and the file is rewritten.',
    )
  }
}
