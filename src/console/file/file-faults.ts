/** What may be wrong with a file as a whole. */
export const FILE_FAULTS = {
  EMPTY: { cause: 'The file, or its first sheet, is empty.', cure: 'Drop one with a header and rows.' },
  NO_ROWS: { cause: 'The file has a header and no rows.', cure: 'Drop one with rows.' },
  BAD_QUOTE: {
    cause: 'A quote is not closed, or stands inside of a cell, in the row of the line that is told.',
    cure: 'Put the whole cell in quotes, write a quote in it twice, and drop the file again.',
  },
  TOO_LARGE_ROW: { cause: 'A line of newline-delimited JSON is longer than a megabyte.', cure: 'Write one row to each line.' },
  BAD_ENCODING: {
    cause: 'The bytes of a line are not of the encoding that the file is read in.',
    cure: 'Choose its encoding, or save the file as UTF-8.',
  },
  BAD_GZIP: { cause: 'The gzip file is cut off, or several were joined.', cure: 'Unpack it, and drop what comes out.' },
  GZIP_BOMB: {
    cause: 'The gzip file unpacks to so many times its size that it holds no rows.',
    cure: 'Check where it comes from; if it is what you want to load, unpack it first.',
  },
  BAD_JSON: {
    cause: 'A line or the document is no JSON, holds no rows, or has a name twice in one object.',
    cure: 'Correct it, and drop the file again.',
  },
  BAD_SHEET: { cause: 'The workbook cannot be read.', cure: 'Remove its password, or save the sheet as CSV and drop that.' },
  TOO_MANY_ROWS: {
    cause: 'Workbooks are read to 100,000 rows, JSON documents to 100 MB.',
    cure: 'Save it as CSV or newline-delimited JSON: those may have any size.',
  },
  TOO_MANY_COLUMNS: { cause: 'The file has more than 500 columns.', cure: 'Leave out those that are not needed.' },
  CHANGED: { cause: 'The file was changed, moved or deleted while it was read.', cure: 'Drop it again.' },
  DEFECT: { cause: 'Something went wrong on the page itself.', cure: 'Load the page anew, and show it to the operators of the gateway.' },
} as const satisfies Readonly<Record<string, { readonly cause: string; readonly cure: string }>>
