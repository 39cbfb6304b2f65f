import type { RowIssueCode } from './issue.ts'

/** A fault of one value: its code, and the rest of a sentence that begins with the field's name. */
export interface Fault {
  readonly code: RowIssueCode
  readonly says: string
  readonly hint?: string
}

/** The faults of a good value. */
export const NONE: readonly Fault[] = Object.freeze([])

/** A fault that is always the same object: wording it anew for row after row costs more than all checks. */
export function always(code: RowIssueCode, says: string, hint?: string): readonly Fault[] {
  return Object.freeze([Object.freeze({ code, says, ...(hint && { hint }) })])
}

/** Faults of a text in place of another type; an empty one, such as a cell of a CSV file, stands for no value. */
export interface TextFaults {
  readonly filled: readonly Fault[]
  readonly empty: readonly Fault[]
  readonly emptyAndRequired: readonly Fault[]
}

const LEAVE_OUT = 'leave it out or send null'

/** Faults for any text of the wrong type, with a hint. */
export function aboutText(code: RowIssueCode, says: string, hint?: string): TextFaults {
  return {
    filled: always(code, says, hint),
    empty: always(code, says, LEAVE_OUT),
    emptyAndRequired: always(code, says, 'this field is required, so it needs a value'),
  }
}

/** Chooses the fault that fits a text. */
export function faultsOfText(text: string, presence: string, faults: TextFaults): readonly Fault[] {
  if (text.trim() !== '') return faults.filled
  return presence === 'required' ? faults.emptyAndRequired : faults.empty
}
