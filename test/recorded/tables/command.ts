import { stripVTControlCharacters } from 'node:util'
import { ImportFailure, shellQuoted, shown } from '../../../src/cli/import/failure.ts'
import { failureOf } from '../../../src/cli/import/gateway-failure.ts'
import type { Loaded } from '../../../src/cli/import/load.ts'
import { type Options, readOptions } from '../../../src/cli/import/options.ts'
import { createIssueTable } from '../../../src/cli/import/report/issue-table.ts'
import { createProgress, type Position, wordCount, wordRows, wordTime } from '../../../src/cli/import/report/progress.ts'
import { reportFailure, reportLoaded } from '../../../src/cli/import/report/report.ts'
import { CLIENT_CODES } from '../../../src/client/client-codes.ts'
import { ClientError } from '../../../src/client/index.ts'
import { GATEWAY_ERRORS } from '../../../src/errors.ts'
import { FILE_FAULTS, FileFault, type FileFaultCode } from '../../../src/tabular/file-faults.ts'
import type { Table } from './table.ts'

const TIMES = [0, 0.1, 1, 59, 59.1, 60, 61, 3_599, 3_600, 3_661, 86_399, 86_400, 172_799, 172_800, 216_000, 604_800]

const POSITIONS: readonly Position[] = [
  ...[0, 1, 500, 999, 1_000, 1_001].map((done) => ({ done, total: 1_000, rejected: 0, waitingMs: undefined })),
  { done: 1_234_567, total: undefined, rejected: 1_234, waitingMs: undefined },
  { done: 0, total: 0, rejected: 1, waitingMs: 1_500 },
]

/** What is shown of a load at these times, on a terminal of so many columns, or in a log where there is none. */
function progress(columns: number | undefined): string[] {
  const written: string[] = []
  let now = 1_000
  const screen = { isTTY: columns !== undefined, columns: columns ?? 0, write: (text: string) => void written.push(text) }
  const bar = createProgress(screen, 'things.csv', () => now)
  for (const [at, ms] of [0, 0, 99, 1, 100, 4_799, 1, 4_999, 5_000, 60_000].entries()) {
    now += ms
    bar.show(POSITIONS[at % POSITIONS.length] as Position)
    written.push(`(${now})`)
  }
  bar.stop()
  return [
    `of ${columns ?? 'no'} columns`,
    ...stripped(
      JSON.stringify(written.join(''))
        .split(/(?<=\(\d+\))/)
        .join('\n'),
    ).split('\n'),
  ]
}

function stripped(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\\u001b[2K', '<clear>').replaceAll('\\u001b[32m', '').replaceAll('\\u001b[39m', ''))
}

function issues(kinds: number, each: (kind: number) => number): string[] {
  const table = createIssueTable()
  for (let kind = 0; kind < kinds; kind++)
    for (let nth = 0; nth < each(kind); nth++)
      table.add(kind * 10 + nth, {
        code: `CODE_${kind}`,
        field: kind % 3 === 0 ? null : `field${'x'.repeat(kind % 5)}`,
        message: `says ${kind} `,
      })
  return [`${kinds} kinds:`, ...table.lines()]
}

const LOADED: Loaded = {
  ...{ rows: 10, accepted: 10, rejected: 0, unconfirmed: 0, replayed: 0, unsent: 0, retryable: 0, settledLine: 11 },
  ...{ issues: createIssueTable(), warnings: [], files: [], isInVain: false, failure: undefined },
}
const FILES: Loaded['files'] = [
  { kind: 'rejected', path: '/here/in/a b.rejected.csv', sha256: '' },
  { kind: 'unconfirmed', path: "/there/it's.unconfirmed.csv", sha256: '' },
]
const LOADS: readonly Partial<Loaded>[] = [
  ...[{}, { rows: 1, accepted: 1 }, { accepted: 3, rejected: 5, unconfirmed: 2 }, { retryable: 1, rejected: 1 }, { retryable: 2_000 }],
  ...[{ replayed: 10 }, { replayed: 9 }, { replayed: 9, unsent: 1 }, { replayed: 10, failure: new Error('x') }, { unsent: 10 }],
  ...[{ warnings: ['first', 'second'] }, { files: FILES }],
]
const ARGUMENTS: readonly (readonly string[])[] = [
  ...[
    ['--append'],
    ['--upsert', '--dry-run'],
    ['--upsert', '--resource', 'Two Words', '--solution', 'S', '--url', 'https://a.example', '--delimiter', ';'],
    ['--append', '--delimiter', '\\t', '--map', 'a=b', '--map', 'c d=', '--map', '=x=y', '--url', 'http://127.0.0.1:4000'],
  ],
]

const PROBLEMS = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    code: 'UNKNOWN_COLUMN' as const,
    message: `problem ${at}`,
    ...(at % 2 === 0 && { line: at }),
  }))

function wordsOf(error: unknown): string {
  const failure = failureOf(error)
  if (!(failure instanceof ImportFailure)) return `${failure === error ? 'itself' : 'another'}`
  return `${failure.problems.map(({ code, message, line }) => `${code} ${message}${line ?? ''}`).join(', ')} | ${failure.advice}`
}

/** What the import command tells people. */
export const command: Table = {
  name: 'command',
  title: 'What the command that loads files tells: how far it is, what became of a file, and what ended it.',
  about: 'Times stand in brackets behind what is shown by then; where nothing is shown, it is too early.',
  lines: () => [
    ...TIMES.map((seconds) => `${seconds}: ${wordTime(seconds)}`),
    ...[0, 1, 999, 1_000, 1_234_567].map((count) => `${count}: ${wordCount(count)}, ${wordRows(count)}`),
    ...[undefined, 200, 80, 60, 20].flatMap(progress),
    ...issues(0, () => 1),
    ...issues(3, (kind) => kind + 3),
    ...issues(20, () => 1),
    ...issues(21, (kind) => (kind === 20 ? 1_500 : 1)),
    ...LOADS.flatMap((changes) =>
      ARGUMENTS.slice(0, 2).map((args) => reportLoaded('things.csv', { ...LOADED, ...changes }, 61, optionsOf(args), '/here')),
    ),
    ...ARGUMENTS.map((args) => reportLoaded('things.csv', { ...LOADED, files: FILES }, 0.5, optionsOf(args), '/here/in')),
    ...[0, 1, 2, 30, 31, 32].map((count) =>
      stripVTControlCharacters(reportFailure(count === 2 ? undefined : 'things.csv', new ImportFailure(PROBLEMS(count), 'Do it.'))),
    ),
    ...['', 'a', 'x'.repeat(100), 'x'.repeat(101), '\u001b[31mred\n', '\u0085'].map((name) => JSON.stringify(shown(name))),
    ...['', 'a', "it's", "''"].map(shellQuoted),
    ...[...Object.keys(CLIENT_CODES), ...Object.keys(GATEWAY_ERRORS)].map((code) => wordsOf(new ClientError(code, 'The message.'))),
    ...(Object.keys(FILE_FAULTS) as FileFaultCode[]).flatMap((code) => [
      wordsOf(new FileFault(code, 'The message.')),
      wordsOf(new ClientError('ROWS_FAILED', 'no', { cause: new FileFault(code, 'The message.', 7) })),
    ]),
    ...['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_NOT_FOUND', 'MAX_REJECTED'].map((code) =>
      wordsOf(new ClientError('ROOT_ERROR', `No row of a request was accepted (${code}): no`)),
    ),
    wordsOf(new ClientError('ROWS_FAILED', 'no', { cause: new ImportFailure(PROBLEMS(2), 'Do it.') })),
    wordsOf(new TypeError('defect')),
  ],
}

function optionsOf(args: readonly string[]): Options {
  return readOptions(['things.csv', ...args]) as Options
}
