import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { ImportFailure } from './failure.ts'
import type { Command } from './load-plan.ts'
import type { Options } from './options.ts'
import { openFile, openStream, type Source, STDIN } from './read/source.ts'
import { SUFFIX } from './state-file.ts'

/** Opens what the command names; nothing but what can be loaded at all. */
export async function findSources({ options, cwd }: Pick<Command, 'options' | 'cwd'>, stdin: Readable): Promise<readonly Source[]> {
  const { from, resource, operation, key } = options
  if (from === STDIN) return [forOnce(openStream(stdin), operation, key, resource)]
  const path = resolve(cwd, from)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) return [forOnce(await openFile(path, from), operation, key, resource)]
  const names = (await readdir(path)).filter(isOfRows).sort()
  if (resource !== undefined) throw usage('The files of a folder are named like their resources: leave --resource out.')
  if (names.length === 0)
    throw new ImportFailure({ code: 'EMPTY_FILE', message: `${from} has no file of rows.` }, 'Name files like resources.')
  return await Promise.all(names.map((file) => openFile(join(path, file), join(from, file))))
}

/** Files of rows, but none of those that this command writes. */
function isOfRows(file: string): boolean {
  return /\.(?:csv|tsv|txt|ndjson|jsonl|json)(?:\.gz)?$/i.test(file) && !file.startsWith('.') && !file.endsWith(SUFFIX) && !OWN.test(file)
}

const OWN = /\.(?:rejected|unconfirmed)(?:-\d+)?\.\w+$/

/** What can be read once has no hash to make a key of. */
function forOnce(source: Source, operation: Options['operation'], key: string | undefined, resource: string | undefined): Source {
  if (source.path !== undefined && key !== undefined)
    throw usage('--key is for standard input: the key of a file is made of its content. See --again.')
  if (source.path === undefined && resource === undefined) throw usage('Say with --resource what the rows are.')
  if (source.path === undefined && key === undefined && operation === 'APPEND')
    throw usage('Standard input cannot be read twice: give it a name of its own with --key, so that the same can be piped in again.')
  return source
}

function usage(message: string): ImportFailure {
  return new ImportFailure({ code: 'USAGE', message }, 'npm run import -- --help lists all options.')
}

/** The name of a file up to its first dot. */
export function stemOf({ name }: Source): string {
  return /([^/\\.]+)[^/\\]*$/.exec(name)?.[1] ?? name
}
