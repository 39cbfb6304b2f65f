import type { CodeWords } from '../util/code-words.ts'

/** What can be wrong with a file as a whole, or from a certain line on. */
export const FILE_FAULTS = {
  NOT_TEXT: {
    cause: 'The file is packed otherwise than by gzip, or in the format of a program, such as a workbook; its name may not say so.',
    cure: 'Save the sheet as "CSV UTF-8", or unpack the archive; the console at /console also reads workbooks (.xlsx).',
  },
  INVALID_ENCODING: {
    cause: 'A byte is not valid in the encoding that the file is read in.',
    cure: 'Export the file as UTF-8, or say what it is: by `--encoding`, or in the console below the complaint.',
  },
  NUL_CHARACTER: {
    cause: 'The file has a NUL character, which no table can store.',
    cure: 'Remove it where the file is made. If it is UTF-16 without a mark, say so (utf-16le or utf-16be).',
  },
  GZIP_BROKEN: {
    cause: 'The gzip file is damaged; the console also says so if it is cut off or several were joined.',
    cure: 'Fetch it again; `gzip -t FILE` says whether it is whole. If it is, unpack it.',
  },
  GZIP_CUT: { cause: 'The end of the gzip file is missing.', cure: 'Fetch it again, and compare its size with the original.' },
  GZIP_BOMB: {
    cause: 'The gzip file decompresses to so many times its size that it cannot hold rows.',
    cure: 'Check where it comes from; if it is what you want to load, decompress it first.',
  },
  FILE_CHANGED: {
    cause: 'The file was written to, moved or deleted while it was read, or after it was scanned.',
    cure: 'Load a finished file: have it written under another name, and renamed when it is complete.',
  },
  EMPTY_FILE: { cause: 'There is nothing in the file, or no file of rows in the folder.', cure: 'Check whether the export has failed.' },
  NO_ROWS: {
    cause: 'There is a header but no row after it.',
    cure: 'Check whether the export that makes the file has failed. There is nothing to load.',
  },
  UNCLOSED_QUOTE: {
    cause: 'A quote that is opened in the record beginning on that line is never closed.',
    cure: 'Close it. A quote within a quoted cell is written twice: "a 5"" pipe".',
  },
  MISPLACED_QUOTE: {
    cause: 'A quote is inside a cell that is not quoted, or a quoted cell continues after its closing quote.',
    cure: 'Put the whole cell in quotes, and write a quote within it twice: "a 5"" pipe".',
  },
  RECORD_TOO_LONG: {
    cause: 'The record beginning on that line is longer than anything that can be sent.',
    cure: 'Look for a quote that is not closed, or for line ends that are missing. One upstream request takes about a million bytes.',
  },
  INVALID_JSON: {
    cause: 'What begins on that line is not JSON, or its end is missing.',
    cure: 'Correct it where the file is made: it must be one object per line, or one array of objects.',
  },
  NOT_AN_OBJECT: { cause: 'What begins on that line is JSON but not an object of fields.', cure: 'Write one object per row.' },
  DOUBLED_COLUMN: {
    cause: 'Two names are the same column, or one object of JSON has a name twice.',
    cure: 'Write each column once. The command leaves one out by `--map HEADER=`.',
  },
  DECIMAL_COMMA: {
    cause: 'Some numbers have decimal commas, and others a point and three digits, which may be thousands: neither is guessed.',
    cure: 'Write a point before decimals, and nothing between thousands.',
  },
  BAD_SHEET: {
    cause: 'The workbook cannot be read, or its table has formulas without their results, or errors such as #N/A in place of values.',
    cure: 'If it has a password, remove it; if a cell shows an error, correct or empty it; otherwise open it in a spreadsheet program, and save the sheet as CSV.',
  },
  TOO_MANY_ROWS: {
    cause: 'The console reads workbooks of up to 100,000 rows, and JSON documents with all rows of up to 100 MB.',
    cure: 'Save it as CSV, or as JSON with one object per line: those may have any size.',
  },
  TOO_MANY_COLUMNS: { cause: 'The file has more than 500 columns.', cure: 'Leave out those that are not needed.' },
} as const satisfies Readonly<Record<string, CodeWords>>

/** The code of a fault in a file. */
export type FileFaultCode = keyof typeof FILE_FAULTS

/** A failure to read a file: why, without quoting a value, on which line, and the cure. */
export class FileFault extends Error {
  override readonly name = 'FileFault'
  readonly code: FileFaultCode
  readonly line: number | undefined
  readonly cure: string

  constructor(code: FileFaultCode, message: string, line?: number) {
    super(message)
    this.code = code
    this.line = line
    this.cure = FILE_FAULTS[code].cure
  }

  /** The same fault with a line, if it has none yet. */
  at(line: number): FileFault {
    return this.line === undefined ? new FileFault(this.code, this.message, line) : this
  }
}
