/** What can end a load before or while rows are sent. */
export type ProblemCode =
  | 'USAGE'
  | 'NO_SUCH_FILE'
  | 'NOT_READABLE'
  | 'NOT_TEXT'
  | 'INVALID_ENCODING'
  | 'NUL_CHARACTER'
  | 'GZIP_BROKEN'
  | 'GZIP_CUT'
  | 'GZIP_BOMB'
  | 'FILE_CHANGED'
  | 'EMPTY_FILE'
  | 'NO_ROWS'
  | 'NO_HEADER'
  | 'UNCLOSED_QUOTE'
  | 'MISPLACED_QUOTE'
  | 'RECORD_TOO_LONG'
  | 'INVALID_JSON'
  | 'NOT_AN_OBJECT'
  | 'UNKNOWN_COLUMN'
  | 'MISSING_COLUMN'
  | 'DOUBLED_COLUMN'
  | 'FORBIDDEN_NAME'
  | 'OTHER_RESOURCE'
  | 'UNKNOWN_RESOURCE'
  | 'NOT_WRITABLE'
  | 'CHANGED_SINCE_LOADED'
  | 'LOAD_FORGOTTEN'
  | 'KEY_USED'
  | 'GATEWAY_UNREACHABLE'
  | 'NOT_A_GATEWAY'
  | 'GATEWAY_TOO_OLD'
  | 'TOKEN_REFUSED'
  | 'TOO_MANY_REJECTED'
  | 'INTERRUPTED'
  | 'DECLINED'

/** One thing that is wrong with what was given, where it stands, and in words that repeat no value. */
export interface Problem {
  readonly code: ProblemCode
  readonly message: string
  /** The line of the file, from 1. */
  readonly line?: number
}

/** Ends a load: expected, told to people with what they can do, exit code 2. */
export class ImportFailure extends Error {
  override readonly name = 'ImportFailure'
  readonly problems: readonly Problem[]
  readonly advice: string

  constructor(problems: Problem | readonly Problem[], advice: string) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem]
    super(list.map(({ message }) => message).join('\n'))
    this.problems = list
    this.advice = advice
  }
}

/** A name out of a file as it may be shown: cut at 100 characters, control characters replaced. */
export function shown(name: string): string {
  const cut = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name
  return cut.replace(/\p{Cc}/gu, '·')
}

const MAX_SHOWN = 100
