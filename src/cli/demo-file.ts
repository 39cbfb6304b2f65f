import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Column } from '../resource/column.ts'
import type { Contract } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import { exampleSolutions, objectName } from '../resource/module.ts'
import { SANDBOX_TOKEN } from '../sandbox/choices.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { runImport } from './import/run.ts'

const ROWS = 2_000
/** One in so many rows is bad. */
const BAD_EVERY = 400
const KEY = 'DEMO-'
/** What a person might write where a number belongs. */
const BAD_CELL = 'many'
const GOOD_CELL = 1

/**
 * Makes a file with bad rows and loads it by the import command, corrects the rejected rows and loads these, then loads the first file
 * once more. True where each of the three loads has the expected result, and every row is in the table exactly once.
 */
export async function loadAndCorrect({ resources, modules }: Contract, url: URL, sandbox: Sandbox): Promise<boolean> {
  const [resource, column] = resources.flatMap((each) => each.columns.filter(isCount).map((found) => [each, found] as const))[0] ?? []
  if (resource === undefined || column === undefined) throw new Error('no resource has a column of whole numbers')
  const solution = exampleSolutions(modules).find((each) => each.modules.includes(resource.module))
  if (solution === undefined) throw new Error('the resource has no solution')
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-demo-'))
  const load = (file: string) => {
    const args = [file, '--append', '--resource', resource.graphqlName, '--solution', solution.name, '--url', url.href]
    console.log(`\n$ npm run import -- ${args.join(' ')}`)
    return importInto(folder, args)
  }
  try {
    await writeFile(join(folder, 'rows.csv'), fileOf(resource, column))
    const codes = [await load('rows.csv')]
    const rejected = join(folder, 'rows.rejected.csv')
    await writeFile(rejected, (await readFile(rejected, 'utf8')).replaceAll(`,${BAD_CELL}\n`, `,${GOOD_CELL}\n`))
    console.log(`\nIn rows.rejected.csv each "${BAD_CELL}" is made a ${GOOD_CELL}.`)
    codes.push(await load('rows.rejected.csv'), await load('rows.csv'))
    const stored = await sandbox.rows(objectName(solution, resource))
    return codes.join() === '1,0,1' && stored.filter((row) => Object.values(row).some(isOurs)).length === ROWS
  } finally {
    await rm(folder, { recursive: true })
  }
}

function isOurs(value: unknown): boolean {
  return String(value).startsWith(KEY)
}

function isCount({ type, presence, isKey }: Column): boolean {
  return type === 'integer' && presence === 'required' && !isKey
}

/** Copies of the example with keys of their own, some with a word in the column of numbers. */
function fileOf({ columns, keyColumns, example }: Resource, column: Column): string {
  const key = keyColumns.find(({ type }) => type === 'string')?.name
  // The last column, so that the file can be corrected as text.
  const names = [...columns.map(({ name }) => name).filter((name) => name in example && name !== column.name), column.name]
  const cell = (name: string, row: number): unknown => {
    if (name === column.name && row % BAD_EVERY === BAD_EVERY - 1) return BAD_CELL
    return name === key ? `${KEY}${row}` : example[name]
  }
  const line = (row: number) => names.map((name) => `"${String(cell(name, row)).replaceAll('"', '""')}"`).join()
  return `${[names.join(), ...Array.from({ length: ROWS }, (_, row) => line(row))].join('\n')}\n`
}

function importInto(cwd: string, args: readonly string[]): Promise<number> {
  return runImport({
    args,
    token: SANDBOX_TOKEN,
    cwd,
    stdin: Readable.from([]),
    print: (text) => process.stdout.write(text),
    screen: { isTTY: false, columns: 80, write: (text) => process.stdout.write(text) },
    signal: new AbortController().signal,
  })
}
