import type { CodeWords } from '../util/code-words.ts'

/** Every reason a row can be rejected for, with what it means and what to do; the descriptions of the enum in the SDL. */
export const ROW_ISSUE_CODES = {
  NOT_AN_OBJECT: { cause: 'The row is not an object of fields.', cure: 'Send one object per row.' },
  MISSING_FIELD: { cause: 'A required field is not there.', cure: 'Add it; every key field must be in every row.' },
  NULL_VALUE: { cause: 'A required field is null.', cure: 'Send a value.' },
  WRONG_TYPE: {
    cause: 'The value has a different type from the column. Nothing is converted: "12" is not an integer, 1 is not a boolean.',
    cure: 'Send it as the type that the message names.',
  },
  OUT_OF_RANGE: { cause: 'The whole number is beyond plus or minus 2^53-1 and cannot be carried exactly.', cure: 'Send a smaller one.' },
  NOT_FINITE: {
    cause: 'The number is too large or too small to be carried (it reads as infinity, or as zero).',
    cure: 'Send one that fits a double.',
  },
  TOO_MANY_DIGITS: {
    cause: 'The decimal has more digits than the column holds before or after its point.',
    cure: 'Round it; nothing is rounded on the way.',
  },
  BELOW_MINIMUM: { cause: 'The number is smaller than the column allows.', cure: 'Correct it; the message names the limit.' },
  ABOVE_MAXIMUM: { cause: 'The number is larger than the column allows.', cure: 'Correct it; the message names the limit.' },
  NOT_ALLOWED: { cause: 'The text is not in the closed list of the column.', cure: 'Send one of those that the query `resources` lists.' },
  TOO_LONG: { cause: 'The text is longer than the column allows.', cure: 'Shorten it.' },
  EMPTY_KEY: {
    cause: 'A key field is empty, or has only white space, zero-width and control characters.',
    cure: 'Send a key that people can see and that identifies the row.',
  },
  INVALID_TEXT: {
    cause: 'The text holds a NUL character or half of a surrogate pair, which cannot be stored.',
    cure: 'Remove it; it usually comes from a wrong encoding.',
  },
  INVALID_JSON: {
    cause: 'The column holds a JSON document as text, and the text is not JSON.',
    cure: 'Send what `JSON.stringify` or a similar function writes.',
  },
  INVALID_DATE: { cause: 'The value is not a real calendar day written YYYY-MM-DD.', cure: 'Write it that way.' },
  INVALID_TIMESTAMP: {
    cause: 'The value is not a real timestamp.',
    cure: 'Write it as RFC 3339 with Z or an offset (T or a space, the colon and the minutes of the offset as you like), or as YYYY-MM-DD HH:MM:SS in UTC.',
  },
  TOO_PRECISE: {
    cause: 'The timestamp has a fraction of a second other than zero, which the wire form of this module cannot carry.',
    cure: 'Send whole seconds.',
  },
  UNKNOWN_FIELD: {
    cause: 'The row has a field that this resource does not have.',
    cure: 'Correct its name; custom attributes belong in `extra`.',
  },
  FORBIDDEN_NAME: {
    cause: 'A field, or a name in `extra`, is called `__proto__`, `prototype` or `constructor`: such names are not allowed.',
    cure: 'Leave it out.',
  },
  EXTRA_NOT_AN_OBJECT: { cause: '`extra` is not an object.', cure: 'Send an object of attribute names and values.' },
  EXTRA_IS_A_COLUMN: { cause: 'A key in `extra` is the name of a declared column.', cure: 'Send it as the field itself.' },
  EXTRA_INVALID_NAME: {
    cause:
      'A key in `extra` is not a plain name (a letter or underscore, then letters, digits, underscores; at most 127), or appears twice in different case; or a name within its value has a backslash.',
    cure: 'Correct the name.',
  },
  UNKNOWN_ATTRIBUTE: {
    cause: 'A key in `extra` is not a custom attribute of the table, as the upstream lists them.',
    cure: 'Correct the name, or add the attribute first (`addAttribute`).',
  },
  EXTRA_TOO_DEEP: { cause: 'A value in `extra` is nested deeper than 8 levels.', cure: 'Flatten it, or send it as JSON text.' },
  DUPLICATE_KEY: {
    cause:
      'Another row of this request has the same primary key; `message` says which, by its index, and by its field if that is another one. APPEND: the other row came first, and only that one is sent. UPSERT: the other row came later and was accepted before this one could be sent again; sending it would undo the later one.',
    cure: 'APPEND: send the key once. UPSERT: do nothing; the later row stands.',
  },
  ROW_TOO_LARGE: { cause: 'The row alone exceeds the size of one upstream request (`limits.bytesPerRequest`).', cure: 'Shorten it.' },
  MORE_ISSUES: { cause: 'The row has more issues than are listed.', cure: 'Correct the listed ones, and send the row again.' },
  UPSTREAM_REJECTED: {
    cause:
      'The upstream refused this row and did not write it. Its code is in `upstreamCode`, its words are in `message` if they cannot quote a value.',
    cure: 'Correct the row, or send it again if `retryable` says so.',
  },
  UPSTREAM_REFUSED_BATCH: {
    cause:
      'The upstream refused a request with this row: the row was alone in it, or the request could not be divided, or dividing it did not help, or other rows in it were to blame (then `retryable` is true). The row was not written.',
    cure: 'Correct the row or the request.',
  },
  BATCH_UNPROCESSABLE: {
    cause:
      'The upstream refused each request that carried this row with others, and the search for the rows to blame had to stop. The row was not written.',
    cure: 'Send it again in a smaller mutation.',
  },
  UPSTREAM_UNAUTHORIZED: {
    cause: 'The upstream refused the token, or the token has no access to the solution. The row was not written.',
    cure: 'Send it again with another token, or get access for this one; a solution that is not rolled out for the token is refused in the same way.',
  },
  UPSTREAM_NOT_FOUND: {
    cause: 'The upstream does not know the object: it is not rolled out, or the configured path is wrong. The row was not written.',
    cure: 'Roll the tables out first.',
  },
  UPSTREAM_RATE_LIMITED: {
    cause: 'The upstream asked to slow down, and still did when Rowgate stopped repeating the row. The row was not written.',
    cure: 'Send it again later.',
  },
  UPSTREAM_UNREACHABLE: {
    cause: 'No connection to the upstream could be made, or it broke before the request left. The row was not written.',
    cure: 'Send it again.',
  },
  UPSTREAM_UNAVAILABLE: {
    cause: 'The upstream has failed many times in a row, so Rowgate has stopped sending for now. The row was not written.',
    cure: 'Send it again in a few seconds.',
  },
  OVERLOADED: {
    cause: 'Rowgate could not send the row in time, because too many rows are waiting or because it is stopping. The row was not written.',
    cure: 'Send it again.',
  },
  STORE_UNAVAILABLE: {
    cause: 'The mutation has an idempotency key, and it could not be recorded that the row was about to be sent. The row was not written.',
    cure: 'Send the same request again.',
  },
} as const satisfies Record<string, CodeWords>

/** The closed list of codes that a row can be rejected with. */
export type RowIssueCode = keyof typeof ROW_ISSUE_CODES

/** One issue of a row; its message names what is expected, never the value sent. */
export interface RowIssue {
  readonly code: RowIssueCode
  /** The field's name in the row input; undefined if the whole row is meant. */
  readonly field?: string
  /** The upstream's column name. */
  readonly column?: string
  readonly message: string
  readonly hint?: string
  /** The upstream's own code, such as DI_E_10003. */
  readonly upstreamCode?: string
  /** For `MORE_ISSUES`: how many are not listed. */
  readonly left?: number
}
