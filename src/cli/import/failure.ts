import type { FileFaultCode } from '../../tabular/file-faults.ts'
import type { PROBLEM_CODES } from './problem-codes.ts'

/** The code of what ends a load. */
export type ProblemCode = keyof typeof PROBLEM_CODES | FileFaultCode

/** A problem with the input: where it is, and a message that quotes no value. */
export interface Problem {
  readonly code: ProblemCode
  readonly message: string
  /** The line of the file, from 1. */
  readonly line?: number
}

/** Ends a load with exit code 2: an expected failure, with advice for people. */
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

/** A name from a file, safe to show: cut at 100 characters, with control characters replaced. */
export function shown(name: string): string {
  const cut = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name
  return cut.replace(/\p{Cc}/gu, '·')
}

const MAX_SHOWN = 100

/** A text quoted as one shell argument. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
