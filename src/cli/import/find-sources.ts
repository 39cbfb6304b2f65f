import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { ImportFailure } from './failure.ts'
import type { Command } from './load-plan.ts'
import { type Options, usage } from './options.ts'
import { openFile, openStream, type Source, STDIN } from './read/source.ts'
import { SUFFIX } from './state-file.ts'

/** Opens the files that the command names; throws where one cannot be loaded. */
export async function findSources({ options, cwd }: Pick<Command, 'options' | 'cwd'>, stdin: Readable): Promise<readonly Source[]> {
  const { from, resource } = options
  const path = resolve(cwd, from)
  const found = from === STDIN ? undefined : await stat(path).catch(() => undefined)
  expectNamed(options, from === STDIN || (found !== undefined && !found.isFile() && !found.isDirectory()))
  if (from === STDIN) return [openStream(stdin)]
  if (!found?.isDirectory()) return [await openFile(path, from)]
  const names = (await readdir(path)).filter(isOfRows).sort()
  if (resource !== undefined) throw usage('The files of a folder are named like their resources: leave --resource out.')
  if (names.length === 0)
    throw new ImportFailure({ code: 'EMPTY_FILE', message: `${from} has no files with rows.` }, 'Name the files after their resources.')
  return await openAll(names.map((file) => [join(path, file), join(from, file)]))
}

async function openAll(files: readonly (readonly [path: string, name: string])[]): Promise<readonly Source[]> {
  const opened: Source[] = []
  try {
    for (const [path, name] of files) opened.push(await openFile(path, name))
    return opened
  } catch (error) {
    for (const source of opened) await source.close()
    throw error
  }
}

/** Whether a file may hold rows to load, and was not written by this command. */
function isOfRows(file: string): boolean {
  return /\.(?:csv|tsv|txt|ndjson|jsonl|json)(?:\.gz)?$/i.test(file) && !file.startsWith('.') && !file.endsWith(SUFFIX) && !OWN.test(file)
}

const OWN = /\.(?:rejected|unconfirmed)(?:-\d+)?\.\w+$/

/** A source that can be read only once cannot be hashed for a key first. */
function expectNamed({ operation, key, resource }: Options, isReadOnce: boolean): void {
  if (!isReadOnce && key !== undefined) throw usage('--key is for standard input: the key of a file is made of its content. See --again.')
  if (isReadOnce && resource === undefined) throw usage('Say with --resource what the rows are.')
  if (isReadOnce && key === undefined && operation === 'APPEND')
    throw usage('Standard input cannot be read twice: give it a name with --key, so that the same rows can be piped in again.')
}

/** The name of a file up to its first dot. */
export function stemOf({ name }: Source): string {
  return /([^/\\.]+)[^/\\]*$/.exec(name)?.[1] ?? name
}
