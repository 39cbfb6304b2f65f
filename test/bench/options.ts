import { parseArgs } from 'node:util'
import { LOADS } from './loads.ts'
import { SUBJECT_NAMES, type SubjectName } from './subject-list.ts'

/** What the command line asks for. */
export interface Options {
  readonly mode: 'short' | 'full'
  readonly out: string
  readonly only: readonly SubjectName[]
  readonly loads: readonly string[]
  /** Where CPU profiles of Rowgate go; absent takes none. */
  readonly profile: string | undefined
}

/** How the command is used. */
const USAGE = `node test/bench/main.ts [--full] [--only rowgate,json-proxy] [--load a,b] [--out .data/bench.json] [--profile DIR]
  subjects: ${SUBJECT_NAMES.join(', ')}
  loads:    ${[...new Set(LOADS.map(({ id }) => id))].join(', ')}`

/** Reads the command line; throws with the usage where it cannot be followed. */
export function readOptions(args: readonly string[]): Options {
  const values = valuesOf(args)
  return {
    mode: values.full ? 'full' : 'short',
    out: values.out,
    only: chosen(values.only, SUBJECT_NAMES),
    loads: chosen(
      values.load,
      LOADS.map(({ id }) => id),
    ),
    profile: values.profile,
  }
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        full: { type: 'boolean', default: false },
        only: { type: 'string' },
        load: { type: 'string' },
        out: { type: 'string', default: '.data/bench.json' },
        profile: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
}

function chosen<Name extends string>(list: string | undefined, known: readonly Name[]): readonly Name[] {
  if (list === undefined) return known
  const names = list.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !known.some((one) => one === name))
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}.\n${USAGE}`)
  return known.filter((name) => names.includes(name))
}
