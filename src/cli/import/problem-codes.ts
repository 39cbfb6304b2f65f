import type { CodeWords } from '../../util/code-words.ts'

/** What can end a load before or while rows are sent. */
export const PROBLEM_CODES = {
  USAGE: { cause: 'The arguments of the command do not fit together.', cure: 'Look at `npm run import -- --help`.' },
  NO_SUCH_FILE: { cause: 'The file is not there.', cure: 'Check the path.' },
  NOT_READABLE: { cause: 'The file cannot be opened or read.', cure: 'Check who may read it.' },
  NOT_TEXT: {
    cause: 'The file is a workbook or a zip archive.',
    cure: 'Save the sheet as "CSV UTF-8", or unpack the archive; the console also reads workbooks.',
  },
  INVALID_ENCODING: {
    cause: 'A byte belongs to no character of the encoding that the file is read in.',
    cure: 'Export the file as UTF-8, or state with `--encoding` what it is.',
  },
  NUL_CHARACTER: {
    cause: 'The file has a NUL character, which no table can store.',
    cure: 'Remove it where the file is made; state `--encoding utf-16le` (or utf-16be) if the file is UTF-16 without a mark.',
  },
  GZIP_BROKEN: { cause: 'The gzip file is damaged.', cure: 'Fetch it again; `gzip -t FILE` says whether it is whole.' },
  GZIP_CUT: { cause: 'The end of the gzip file is missing.', cure: 'Fetch it again, and check its size where it comes from.' },
  GZIP_BOMB: {
    cause: 'The gzip file decompresses to so many times its size that it holds no rows.',
    cure: 'Check where it comes from; if it is what you want to load, decompress it first.',
  },
  FILE_CHANGED: {
    cause: 'The file was written to while it was read, or after it was looked through.',
    cure: 'Load a finished file: have it written under another name, and renamed when it is complete.',
  },
  EMPTY_FILE: { cause: 'There is nothing in the file, or no file of rows in the folder.', cure: 'Check whether the export has failed.' },
  NO_ROWS: { cause: 'There is a header and no row behind it.', cure: 'Check whether the export has failed; there is nothing to load.' },
  NO_HEADER: {
    cause: 'No cell of the first line names a column of the resource.',
    cure: 'Put the names of the columns into the first line; if they are there, check `--resource` and `--delimiter`.',
  },
  UNCLOSED_QUOTE: {
    cause: 'A quote that is opened in the record beginning on that line is never closed.',
    cure: 'Close it; a quote within a quoted cell is written twice.',
  },
  MISPLACED_QUOTE: {
    cause: 'A quote stands within a cell that is not quoted, or a quoted cell goes on behind its closing quote.',
    cure: 'Put the cell in quotes, and write the quote within it twice.',
  },
  RECORD_TOO_LONG: {
    cause: 'The record beginning on that line is longer than anything that can be sent.',
    cure: 'Look for a quote that is not closed, or for line ends that are missing.',
  },
  INVALID_JSON: { cause: 'What begins on that line is not JSON, or its end is missing.', cure: 'Correct it where the file is made.' },
  NOT_AN_OBJECT: { cause: 'What begins on that line is JSON, and no object of fields.', cure: 'Write one object a row.' },
  UNKNOWN_COLUMN: {
    cause: 'A name is neither a column of the resource nor a custom attribute of its table.',
    cure: 'Correct it, or say what it means: `--map HEADER=FIELD`; `--map HEADER=` leaves the column out.',
  },
  MISSING_COLUMN: {
    cause: 'A column that every row must have is not in the file.',
    cure: 'Add it, or say with `--map HEADER=FIELD` which column of the file it is.',
  },
  DOUBLED_COLUMN: { cause: 'Two names are the same column.', cure: 'Write each column once, or leave one out with `--map HEADER=`.' },
  DECIMAL_COMMA: {
    cause: 'Some numbers have decimal commas, and others a point and three digits, which may be thousands: neither is guessed.',
    cure: 'Write a point before decimals, and nothing between thousands.',
  },
  FORBIDDEN_NAME: {
    cause: 'A name could reach the prototype of an object, and is never taken.',
    cure: 'Name the column otherwise, or leave it out with `--map HEADER=`.',
  },
  OTHER_RESOURCE: { cause: 'The columns are those of another resource.', cure: 'If that is what the file is, name it with `--resource`.' },
  UNKNOWN_RESOURCE: {
    cause: 'No resource is called so, or several may be meant.',
    cure: 'Say which with `--resource`, or by the name of the file in a folder.',
  },
  NOT_WRITABLE: {
    cause: 'The file of rejected or unconfirmed rows cannot be written.',
    cure: 'Make room, and run the same command again: what was sent is answered from the record.',
  },
  CHANGED_SINCE_LOADED: {
    cause: 'A file of this name with other content was appended before; appending all of it would write rows twice.',
    cure: 'Load the corrected file of rejected rows; `--again NAME` makes the whole file a load of its own.',
  },
  STATE_FILE_DAMAGED: {
    cause: 'What the command keeps beside a file, so that it is appended once, cannot be read.',
    cure: 'Bring it back from a copy, or delete it if nothing of the file was appended yet.',
  },
  LOAD_FORGOTTEN: {
    cause: 'This content was appended before, and the gateway no longer knows which rows of it were.',
    cure: 'Load what was left to do as a file of its own, from the line that is told; `--again NAME` appends all of it.',
  },
  KEY_USED: {
    cause:
      'The key was used for other rows: other content under the same `--key`, or the same content by another `--map`, `--delimiter` or version of the command.',
    cure: 'Load it as it was loaded then, or name it another load with `--again NAME` or another `--key`.',
  },
  GATEWAY_UNREACHABLE: {
    cause: 'The gateway did not answer.',
    cure: 'Check that it runs and that `--url` is its address, then run the same command again.',
  },
  NOT_A_GATEWAY: { cause: 'What answers at `--url` is no gateway.', cure: 'Correct it; it ends in /graphql.' },
  GATEWAY_TOO_OLD: { cause: 'The gateway is older than the command.', cure: 'Bring it up to date, or use the command of its version.' },
  TOKEN_REFUSED: {
    cause: 'The gateway, or the upstream, does not take the token.',
    cure: 'Put a good one into ROWGATE_TOKEN, and run the same command again.',
  },
  TOO_MANY_REJECTED: {
    cause: 'More rows were rejected than `--max-rejected`, or too many had more or fewer cells than the first line.',
    cure: 'Correct what the table of issues names, or `--delimiter`, and run the same command again.',
  },
  INTERRUPTED: { cause: 'The command was stopped.', cure: 'Run it again: it goes on where it stopped.' },
  DECLINED: {
    cause: 'The gateway declined a request with a code of its own, which the message begins with.',
    cure: 'Do what that code asks for, and run the same command again.',
  },
} as const satisfies Readonly<Record<string, CodeWords>>
