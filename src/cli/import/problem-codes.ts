import type { CodeWords } from '../../util/code-words.ts'

/** What can end a load before or while rows are sent, beside what may be wrong with a file. */
export const PROBLEM_CODES = {
  USAGE: { cause: 'The arguments of the command do not fit together.', cure: 'Look at `npm run import -- --help`.' },
  NO_SUCH_FILE: { cause: 'The file is not there.', cure: 'Check the path.' },
  NOT_READABLE: { cause: 'The file cannot be opened or read.', cure: 'Check who may read it.' },
  NO_HEADER: {
    cause: 'No cell of the first line names a column of the resource.',
    cure: 'Put the names of the columns into the first line; if they are there, check `--resource` and `--delimiter`.',
  },
  UNKNOWN_COLUMN: {
    cause: 'A name is neither a column of the resource nor a custom attribute of its table.',
    cure: 'Correct it, or say what it means: `--map HEADER=FIELD`; `--map HEADER=` leaves the column out.',
  },
  MISSING_COLUMN: {
    cause: 'A column that every row must have is not in the file.',
    cure: 'Add it, or say with `--map HEADER=FIELD` which column of the file it is.',
  },
  FORBIDDEN_NAME: {
    cause: 'A name could change the prototype of an object, and is not allowed.',
    cure: 'Rename the column, or leave it out with `--map HEADER=`.',
  },
  OTHER_RESOURCE: { cause: 'The columns are those of another resource.', cure: 'If that is what the file is, name it with `--resource`.' },
  UNKNOWN_RESOURCE: {
    cause: 'No resource has this name, or several could be meant.',
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
    cause: 'The file in which the command remembers what was appended cannot be read.',
    cure: 'Restore it from a copy, or delete it if nothing of the file was appended yet.',
  },
  LOAD_FORGOTTEN: {
    cause: 'This content was appended before, and the gateway no longer knows which of its rows were.',
    cure: 'Load the rest as a separate file, from the line in the message; `--again NAME` appends all of it.',
  },
  KEY_USED: {
    cause:
      'The key was used for other rows: different content under the same `--key`, or the same content with another `--map`, `--delimiter` or version of the command.',
    cure: 'Load it the same way as before, or make it a new load with `--again NAME` or another `--key`.',
  },
  GATEWAY_UNREACHABLE: {
    cause: 'The gateway did not answer, or its certificate is not trusted; the code of the cause stands in brackets.',
    cure: 'Check that it runs and that `--url` is its address, then run the same command again. `NODE_EXTRA_CA_CERTS` names a CA of your own.',
  },
  NOT_A_GATEWAY: { cause: 'What answers at `--url` is not a gateway.', cure: 'Correct it; it ends in /graphql.' },
  GATEWAY_TOO_OLD: { cause: 'The gateway is older than the command.', cure: 'Update it, or use the command of the same version.' },
  TOKEN_REFUSED: {
    cause: 'The gateway, or the upstream, does not accept the token.',
    cure: 'Set ROWGATE_TOKEN to a valid one, and run the same command again.',
  },
  TOO_MANY_REJECTED: {
    cause: 'More rows were rejected than `--max-rejected`, or too many had more or fewer cells than the first line.',
    cure: 'Correct the rejected rows in their file, and load that; the rows after them are loaded by the same command with a higher `--max-rejected`. If it is the cells, correct `--delimiter` or the file.',
  },
  INTERRUPTED: { cause: 'The command was stopped.', cure: 'Run it again: it continues where it stopped.' },
  DECLINED: {
    cause: 'The gateway declined a request with a code of its own, which the message names.',
    cure: 'Do what that code asks for, and run the same command again.',
  },
} as const satisfies Readonly<Record<string, CodeWords>>
