/** The client's own codes of a `ClientError`, each with cause and cure; gateways have further ones. */
export const CLIENT_CODES = {
  UNREACHABLE: {
    cause: 'Nothing answered, or the connection broke: twelve times in a row, or four times before anything was sent.',
    cure: 'Check that the gateway runs and that the address is right, then run it again with the same `key`: nothing is written twice.',
  },
  NOT_A_GATEWAY: {
    cause: 'Something answered that is not a GraphQL endpoint, such as a login page or a proxy (`status`).',
    cure: 'Correct `url`; it ends in /graphql.',
  },
  OLD_GATEWAY: {
    cause: 'The gateway has no idempotency keys.',
    cure: 'Update the gateway, or use the client of the same version.',
  },
  LIMIT_TOO_SMALL: {
    cause: 'The gateway accepts fewer rows or bytes at once than one chunk of the client has (`limit`, `actual`).',
    cure: 'Ask the operator to raise MAX_ROWS_PER_MUTATION or MAX_BODY_BYTES at least to the default.',
  },
  UNKNOWN_RESOURCE: { cause: 'The gateway has no resource of that name.', cure: 'Use a name that the query `resources` lists.' },
  TOKEN_FAILED: {
    cause:
      'The function that provides the token failed (see `cause`), or the token cannot be sent in a header, for example because of a line break.',
    cure: 'Correct that, and run it again.',
  },
  ROOT_ERROR: {
    cause:
      'No row of a request was accepted because of the token, the table or an outage, or none of the first two requests, whose rows were all refused with one code. The message names the code. An error of the gateway without a code counts as well.',
    cure: 'Do what that code asks for, and run it again.',
  },
  MAX_REJECTED: {
    cause: 'More rows were rejected than `maxRejected` (`limit`, `actual`).',
    cure: 'Correct the rejected rows, going by `issueSummary` of the error’s `summary`, and send them by themselves; the rows after them are sent by the same run with the same `key` and a higher `maxRejected`. Only an UPSERT may be run again with corrected rows in place of the old ones.',
  },
  ABORTED: {
    cause: 'The caller aborted the run by its `signal`; rows that were on their way may have been written.',
    cure: 'Run it again with the same `key`: it continues where it stopped.',
  },
  ROWS_FAILED: { cause: 'Reading the rows threw; that is the `cause`.', cure: 'Correct that, and run it again with the same `key`.' },
  UNREADABLE_ANSWER: {
    cause: 'Twice in a row, the gateway did not report each row exactly once, so no outcome can be trusted: the rows are unconfirmed.',
    cure: 'Run it again with the same `key`, which tells what became of each row; if it happens again, tell the operators of the gateway.',
  },
  OUTCOMES_DROPPED: {
    cause: 'Outcomes were asked for twice, or after the run had started: what nobody reads is dropped.',
    cure: 'Call `outcomes()` once, in the same turn as `upsert` or `append`.',
  },
} as const satisfies Readonly<Record<string, { readonly cause: string; readonly cure: string }>>

/** What the client itself finds wrong with a row, before it is sent. */
export const CLIENT_ROW_CODES = {
  NOT_JSON: {
    cause:
      'A value is or contains something that JSON cannot express: a function, a symbol, a Map, a Date without a time, or a bigint that the runtime cannot write.',
    cure: 'Give a text, a number, a boolean, null, a list or a plain object of these.',
  },
  NOT_FINITE: { cause: 'A number is NaN or infinite.', cure: 'Leave the field out if there is no number.' },
  ROW_TOO_LARGE: { cause: 'The row alone is larger than a request of the client.', cure: 'Shorten its texts.' },
} as const satisfies Readonly<Record<string, { readonly cause: string; readonly cure: string }>>
