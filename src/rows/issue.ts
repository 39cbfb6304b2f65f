/** Every reason a row can be rejected for, with what it means and what to do; the descriptions of the enum in the SDL. */
export const ROW_ISSUE_CODES = {
  NOT_AN_OBJECT: 'The row is not an object of fields. Send one object per row.',
  MISSING_FIELD: 'A required field is not there. Add it; every key field must be in every row.',
  NULL_VALUE: 'A required field is null. Send a value.',
  WRONG_TYPE: 'The value is of another type than the column. Nothing is converted: "12" is no integer, 1 is no boolean.',
  OUT_OF_RANGE: 'The whole number is beyond plus or minus 2^53-1 and cannot be carried exactly.',
  NOT_FINITE: 'The number is too large or too small to be carried (it reads as infinity, or as zero).',
  TOO_MANY_DIGITS: 'The decimal has more digits than the column holds before or after its point. Round it; nothing is rounded on the way.',
  BELOW_MINIMUM: 'The number is smaller than the column allows.',
  ABOVE_MAXIMUM: 'The number is larger than the column allows.',
  NOT_ALLOWED: 'The text is not in the closed list of the column.',
  TOO_LONG: 'The text is longer than the column holds.',
  EMPTY_KEY:
    'A key field is an empty text, or white space, zero-width and control characters only. A key must identify the row, also to people.',
  INVALID_TEXT: 'The text holds a NUL character or half of a surrogate pair, which cannot be stored.',
  INVALID_JSON: 'The column holds a JSON document as text, and the text is not JSON.',
  INVALID_DATE: 'The value is not a real calendar day written YYYY-MM-DD.',
  INVALID_TIMESTAMP:
    'The value is not a real timestamp written as RFC 3339 with Z or an offset (T or a space, the colon and the minutes of the offset as you like), or as YYYY-MM-DD HH:MM:SS in UTC.',
  TOO_PRECISE:
    'The timestamp has a fraction of a second other than zero, which the wire form of this module cannot carry. Send whole seconds.',
  UNKNOWN_FIELD: 'The row has a field that this resource does not have. Correct its name; custom attributes belong in `extra`.',
  FORBIDDEN_NAME:
    'A field, or a name in `extra`, is called `__proto__`, `prototype` or `constructor`: such names are never taken. Leave it out.',
  EXTRA_NOT_AN_OBJECT: '`extra` must be an object of attribute names and values.',
  EXTRA_IS_A_COLUMN: 'A key in `extra` is the name of a declared column. Send it as the field itself.',
  EXTRA_INVALID_NAME:
    'A key in `extra` is not a plain name (a letter or underscore, then letters, digits, underscores; at most 127), or stands there twice in different case; or a name within its value has a backslash.',
  UNKNOWN_ATTRIBUTE:
    'A key in `extra` is not a custom attribute of the table, as the upstream lists them. Correct the name, or add the attribute first (`addAttribute`).',
  EXTRA_TOO_DEEP: 'A value in `extra` is nested deeper than 8 levels.',
  DUPLICATE_KEY:
    'An earlier row that this request appends to the table has the same primary key; `message` says which, by its index, and by its field where that is another. Send it once; only the first of them is sent on.',
  ROW_TOO_LARGE: 'The row alone is larger than one upstream request may be (`limits.bytesPerRequest`). Shorten it.',
  MORE_ISSUES: 'The row has more issues than are listed.',
  UPSTREAM_REJECTED:
    'The upstream refused this row and did not write it. Its code is in `upstreamCode`, its words in `message` where they cannot quote a value. Correct the row, or send it again where `retryable` says so.',
  UPSTREAM_REFUSED_BATCH:
    'The upstream refused a request with this row: the row stood alone in it, or it could not be divided, or was divided in vain, or other rows in it were to blame (`retryable` then). It was not written; correct the row or the request.',
  BATCH_UNPROCESSABLE:
    'The upstream refused each request that carried this row with others, and the search for the rows to blame was ended. It was not written; send it again in a smaller mutation.',
  UPSTREAM_UNAUTHORIZED:
    'The upstream refused the token, or the token has no access to the solution. The row was not written; send it again with another token.',
  UPSTREAM_NOT_FOUND:
    'The upstream does not know the object: it is not rolled out, or the configured path is wrong. The row was not written; roll the tables out first.',
  UPSTREAM_RATE_LIMITED:
    'The upstream asked to slow down, and still did when Rowgate stopped repeating the row. The row was not written; send it again later.',
  UPSTREAM_UNREACHABLE:
    'No connection to the upstream could be made, or it broke before the request left. The row was not written; send it again.',
  UPSTREAM_UNAVAILABLE:
    'The upstream has failed many times in a row, so Rowgate spares it for now. The row was not written; send it again in a few seconds.',
  OVERLOADED:
    'Rowgate could not send the row in the time it has, because too much waits or because it is stopping. The row was not written; send it again.',
} as const satisfies Record<string, string>

/** The closed list of codes a row can be rejected with. */
export type RowIssueCode = keyof typeof ROW_ISSUE_CODES

/** One complaint about a row. Messages name what is expected, never the value that was sent. */
export interface RowIssue {
  readonly code: RowIssueCode
  /** The field as the row input names it; absent when the whole row is meant. */
  readonly field?: string
  /** The upstream's column. */
  readonly column?: string
  readonly message: string
  readonly hint?: string
  /** The upstream's own code, such as DI_E_10003. */
  readonly upstreamCode?: string
}
