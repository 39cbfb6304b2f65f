/** What may be wrong with a file as a whole; each has a sentence that says what to do. */
export type FileFault =
  | 'EMPTY'
  | 'NO_ROWS'
  | 'BAD_QUOTE'
  | 'TOO_LARGE_ROW'
  | 'BAD_ENCODING'
  | 'BAD_GZIP'
  | 'BAD_JSON'
  | 'BAD_SHEET'
  | 'TOO_MANY_ROWS'
  | 'TOO_MANY_COLUMNS'
  | 'CHANGED'

/** A file that cannot be read on; says where, and what to do about it. */
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly fault: FileFault
  readonly remedy: string

  constructor(fault: FileFault, message: string, remedy: string) {
    super(message)
    this.fault = fault
    this.remedy = remedy
  }
}
