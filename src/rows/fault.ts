import type { RowIssueCode } from './issue.ts'

/** What is wrong with one value: a code and the rest of a sentence that begins with the field's name. */
export interface Fault {
  readonly code: RowIssueCode
  readonly says: string
  readonly hint?: string
}

/** What a good value comes to. */
export const NONE: readonly Fault[] = Object.freeze([])

/** A complaint that is the same object whenever it is made: wording it again for row after row costs more than all checks. */
export function always(code: RowIssueCode, says: string, hint?: string): readonly Fault[] {
  return Object.freeze([Object.freeze({ code, says, ...(hint && { hint }) })])
}

/** Complaints about a text that should be something else: an empty one, such as a cell of a CSV file, stands for no value. */
export interface TextFaults {
  readonly filled: readonly Fault[]
  readonly empty: readonly Fault[]
  readonly emptyAndRequired: readonly Fault[]
}

const LEAVE_OUT = 'leave it out or send null'

/** The same complaint about any text, with what to do about it. */
export function aboutText(code: RowIssueCode, says: string, hint?: string): TextFaults {
  return {
    filled: always(code, says, hint),
    empty: always(code, says, LEAVE_OUT),
    emptyAndRequired: always(code, says, `${LEAVE_OUT} where a field may be without a value; this one is required`),
  }
}

/** The one of them that fits a text. */
export function faultsOfText(text: string, presence: string, faults: TextFaults): readonly Fault[] {
  if (text.trim() !== '') return faults.filled
  return presence === 'required' ? faults.emptyAndRequired : faults.empty
}
