/** What the client's own codes of a `ClientError` stand for, and what whoever meets one is to do; gateways have further ones. */
export const CLIENT_CODES = {
  UNREACHABLE: {
    cause: 'Nothing answered, or the connection broke: twelve times in a row, or four times before anything was sent.',
    cure: 'Look whether the gateway runs and the address is right, then run it again with the same `key`: nothing is written twice.',
  },
  NOT_A_GATEWAY: {
    cause: 'Something answered that is no GraphQL endpoint, such as a login page or a proxy (`status`).',
    cure: 'Correct `url`; it ends in /graphql.',
  },
  OLD_GATEWAY: {
    cause: 'The gateway knows no idempotency keys.',
    cure: 'Bring the gateway up to date, or take the client of its version.',
  },
  LIMIT_TOO_SMALL: {
    cause: 'The gateway takes fewer rows, or bytes, at once than a chunk of the client has (`limit`, `actual`).',
    cure: 'Have the operator raise MAX_ROWS_PER_MUTATION or MAX_BODY_BYTES to the defaults at least.',
  },
  UNKNOWN_RESOURCE: { cause: 'The gateway has no resource of that name.', cure: 'Take a name that the query `resources` tells.' },
  TOKEN_FAILED: {
    cause: 'The function that gives the token failed, which is the `cause`; or no header can hold the token, as with a line break in it.',
    cure: 'Correct that, and run it again.',
  },
  ROOT_ERROR: {
    cause:
      'Every row of a request was refused for the token, the table or an outage, or all rows of the first two requests with one and the same code, which the message names. So is an error of the gateway that has no code.',
    cure: 'Do what that code asks for, and run it again.',
  },
  MAX_REJECTED: {
    cause: 'More rows were rejected than `maxRejected` (`limit`, `actual`).',
    cure: 'Correct the rows by `issueSummary` of the error’s `summary`, and run it again.',
  },
  ABORTED: {
    cause: 'The caller aborted the run by its `signal`; rows that were under way may have been written.',
    cure: 'Run it again with the same `key`: it goes on where it stopped.',
  },
  ROWS_FAILED: { cause: 'Reading the rows threw; that is the `cause`.', cure: 'Correct that, and run it again with the same `key`.' },
  UNREADABLE_ANSWER: {
    cause: 'The gateway did not tell of each row once, twice over, so that no outcome can be believed: the rows are unconfirmed.',
    cure: 'Run it again with the same `key`, which tells what became of each row; if it stays, show it to the operators of the gateway.',
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
      'A value is, or holds, what JSON cannot say: a function, a symbol, a Map, a Date without a time, or a bigint that the runtime cannot write.',
    cure: 'Give a text, a number, a boolean, null, a list or a plain object of these.',
  },
  NOT_FINITE: { cause: 'A number is NaN or infinite.', cure: 'Leave the field out where there is no number.' },
  ROW_TOO_LARGE: { cause: 'The row alone is larger than a request of the client.', cure: 'Shorten its texts.' },
} as const satisfies Readonly<Record<string, { readonly cause: string; readonly cure: string }>>
