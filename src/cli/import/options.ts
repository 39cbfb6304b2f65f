import { parseArgs } from 'node:util'
import { ImportFailure } from './failure.ts'

/** The options of the command. */
export interface Options {
  /** A file, a folder, or `-` for standard input. */
  readonly from: string
  readonly url: URL
  readonly resource: string | undefined
  readonly operation: 'UPSERT' | 'APPEND'
  readonly solution: string | undefined
  readonly delimiter: string | undefined
  readonly encoding: string | undefined
  /** Headers and their targets; a header mapped to nothing is left out. */
  readonly map: ReadonlyMap<string, string>
  readonly key: string | undefined
  readonly again: string | undefined
  readonly maxRejected: number | undefined
  readonly dryRun: boolean
}

const USAGE = `npm run import -- FILE|FOLDER|- --upsert|--append [options]

Loads a file of rows: CSV, NDJSON or a JSON array, plain or gzip. "-" is standard input. In a folder, every file named
like a resource (Products.csv, products.csv.gz) is loaded, in the order in which resources refer to each other.

  --upsert             insert rows, or update those with the same primary key
  --append             insert rows only; none is written twice, however often the same file is loaded
  --resource NAME      what the rows are (default: the name of the file)
  --solution NAME      the solution to write to, if several have the resource
  --url URL            the gateway (default: http://127.0.0.1:4000/graphql)
  --map HEADER=FIELD   what a column of the file means; HEADER= leaves it out. May be given several times
  --delimiter C        the character between cells, or "tab" (default: found in the first line)
  --encoding NAME      such as windows-1252 (default: UTF-8, or UTF-16 if the file begins like that)
  --dry-run            check everything, also with the upstream, and write nothing
  --max-rejected N     stop when more rows than this are rejected
  --again NAME         load a file once more: the name makes it a new load
  --key NAME           names the rows from standard input, so that they can be piped in again (required for --append)
  --help               this text

The token is taken from the environment variable ROWGATE_TOKEN. Run the same command again to continue where it stopped.
Exit code: 0 all rows accepted (or nothing was left to do), 1 some were not, 2 it failed or was stopped.
`

/** The default address of the gateway. */
export const DEFAULT_URL = 'http://127.0.0.1:4000/graphql'

const STRING = { type: 'string' } as const
const BOOLEAN = { type: 'boolean' } as const
const ARGUMENTS = {
  upsert: BOOLEAN,
  append: BOOLEAN,
  resource: STRING,
  solution: STRING,
  url: { type: 'string', default: DEFAULT_URL },
  map: { type: 'string', multiple: true, default: [] as string[] },
  delimiter: STRING,
  encoding: STRING,
  'dry-run': BOOLEAN,
  'max-rejected': STRING,
  again: STRING,
  key: STRING,
  help: BOOLEAN,
} as const

/** Parses the arguments; returns the text of `--help` where they ask for that. */
export function readOptions(args: readonly string[]): Options | string {
  const { values, positionals } = parsed(args)
  if (values.help) return USAGE
  const [from] = positionals
  if (from === undefined || positionals.length > 1) throw usage('Name one file, one folder, or - for standard input.')
  if (Boolean(values.upsert) === Boolean(values.append)) throw usage('Say what to do with the rows: --upsert or --append.')
  return {
    from,
    url: readUrl(values.url),
    resource: values.resource,
    operation: values.append ? 'APPEND' : 'UPSERT',
    solution: values.solution,
    delimiter: readDelimiter(values.delimiter),
    encoding: readEncoding(values.encoding),
    map: new Map(values.map.map(readMapping)),
    key: readName('--key', values.key),
    again: readName('--again', values.again),
    maxRejected: readCount(values['max-rejected']),
    dryRun: values['dry-run'] ?? false,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: ARGUMENTS, allowPositionals: true })
  } catch (error) {
    if (args.some((arg) => /^--?(?:token|authorization)\b/i.test(arg)))
      throw usage('The token cannot be an argument, because others on the machine could read it: set ROWGATE_TOKEN.')
    const [, option = 'An argument'] = /'(-[^',\s]+)/.exec((error as Error).message) ?? []
    throw usage(`${option} is not an option, or is used incorrectly.`)
  }
}

/** The failure for wrong arguments. */
export function usage(message: string): ImportFailure {
  return new ImportFailure({ code: 'USAGE', message }, 'npm run import -- --help lists all options.')
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) throw usage('--url must be a URL, such as https://rowgate.example/graphql.')
  if (url.username !== '' || url.password !== '') throw usage('--url must not contain a user or a password.')
  if (url.pathname === '/') url.pathname = '/graphql'
  return url
}

function readDelimiter(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const delimiter = text === 'tab' || text === '\\t' ? '\t' : text
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) throw usage('--delimiter must be one character, or "tab".')
  return delimiter
}

function readEncoding(text: string | undefined): string | undefined {
  try {
    return text && new TextDecoder(text).encoding
  } catch {
    throw usage('--encoding must be the name of an encoding: utf-8, windows-1252, iso-8859-15, utf-16le, shift_jis, gb18030, ...')
  }
}

function readMapping(text: string): readonly [string, string] {
  const at = text.lastIndexOf('=')
  if (at < 0) throw usage('--map must be HEADER=FIELD.')
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function readName(option: string, text: string | undefined): string | undefined {
  if (text !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(text))
    throw usage(`${option} must be 1 to 100 printable ASCII characters.`)
  return text
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw usage('--max-rejected must be a whole number.')
  return Number(text)
}
