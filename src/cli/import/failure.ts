import type { FileFaultCode } from '../../tabular/file-faults.ts'
import type { PROBLEM_CODES } from './problem-codes.ts'

/** The code of what ends a load. */
export type ProblemCode = keyof typeof PROBLEM_CODES | FileFaultCode

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

/** A text in quotes, as a shell takes it for one argument. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
