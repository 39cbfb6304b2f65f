import { PROBLEM_CODES } from '../../src/cli/import/problem-codes.ts'
import { CLIENT_CODES, CLIENT_ROW_CODES } from '../../src/client/client-codes.ts'
import { FILE_FAULTS } from '../../src/tabular/file-faults.ts'
import { codeSections } from './printed-errors.ts'

/** Where the page of the codes of those who send rows is committed. */
export const CLIENT_ERRORS_FILE = new URL('../../docs/client-errors.md', import.meta.url)

/** Rows of a table that have more cells, or fewer, than its header are never sent: command and page say so alike. */
const CELL_COUNT = {
  WRONG_CELL_COUNT: {
    cause: 'The row has more cells, or fewer, than the header. It was not sent.',
    cure: 'Put a cell with a delimiter or a line end in it in quotes; look whether the line is cut, and whether each column has a name.',
  },
}

/** The lists of codes of those who send rows, each with the words above it. */
export const CLIENT_CODE_LISTS = [
  {
    title: 'The client',
    about:
      '`code` of the `ClientError` that a run or a query rejects with; it may be one of the [gateway’s](errors.md#requests-that-were-declined) too.',
    codes: CLIENT_CODES,
  },
  {
    title: 'Rows that were never sent',
    about:
      '`code` of an issue of a row that the client, the command or the page rejected by itself. Other codes of rows are the [gateway’s](errors.md#rows-that-were-rejected).',
    codes: { ...CLIENT_ROW_CODES, ...CELL_COUNT },
  },
  {
    title: 'Files',
    about: 'What the command and the console say of a file that they cannot load, with its line and what to do.',
    codes: FILE_FAULTS,
  },
  {
    title: 'The command',
    about: 'What `npm run import` prints behind `error` beside these, with the file and what to do; with either it ends with exit code 2.',
    codes: PROBLEM_CODES,
  },
] as const

const HEAD = `<!-- Written by \`npm run schema\` from the tables of codes; not to be edited. -->

# Errors of the client, the command and the console

What those say who send rows to a gateway, beside what the gateway itself says, which is told in [errors](errors.md).

${CLIENT_CODE_LISTS.map(({ title }) => `- [${title}](#${title.toLowerCase().replaceAll(' ', '-')})`).join('\n')}
`

/** The page with a section for every code of the client, the command and the console. */
export function printClientErrors(): string {
  return [HEAD, ...CLIENT_CODE_LISTS.flatMap(({ title, about, codes }) => [`## ${title}\n`, `${about}\n`, ...codeSections(codes)])].join(
    '\n',
  )
}
