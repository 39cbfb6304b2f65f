import type { CodeWords } from './util/code-words.ts'

/** An entry of the published list: HTTP status, whether the same request may succeed later, cause and cure. */
interface CodeEntry extends CodeWords {
  /** The HTTP status of a response without data because of it, by the GraphQL-over-HTTP draft of 2026-08-06. */
  readonly status: number
  /** The same request may succeed later; such errors carry `retryAfterMs`. */
  readonly retryable: boolean
}

const code = (status: number, cause: string, cure: string): CodeEntry => ({ status, retryable: false, cause, cure })
const retryableCode = (status: number, cause: string, cure: string): CodeEntry => ({ status, retryable: true, cause, cure })

/** Every code that `errors[].extensions.code` can hold; SDL, README, `docs/errors.md` and HTTP statuses are generated from this list. */
export const GATEWAY_ERRORS = {
  BAD_REQUEST: code(
    400,
    'The HTTP request is malformed: its Host, its body, or a parameter that should be JSON.',
    'Correct what the message names.',
  ),
  INVALID_PARAMETERS: code(
    422,
    'The request is JSON, but not a GraphQL request: a parameter is missing or of the wrong kind.',
    'Send `query` as a string, and `variables` as an object.',
  ),
  UNAUTHENTICATED: code(401, 'No usable token came with the request.', 'Send it in the Authorization header, raw or as Bearer.'),
  FORBIDDEN: code(
    403,
    'The caller is known but may not do this: none of its roles allows it, the solution is not one of its own, or its tenant has no credential here. The declined part was not executed.',
    'Query `me` to see what you may do, and ask the operator for the rest.',
  ),
  IDENTITY_UNAVAILABLE: retryableCode(
    503,
    'The keys for checking JWTs cannot be loaded right now, so the caller is not known. Nothing was executed.',
    'Send it again after `retryAfterMs`.',
  ),
  PREFLIGHT_REQUIRED: code(
    403,
    'A GET that any web page could send.',
    'Add a header that makes a browser ask first, such as `apollo-require-preflight: 1`.',
  ),
  ORIGIN_NOT_ALLOWED: code(
    403,
    "The page's origin is not this server's own and not listed in CORS_ORIGINS, and the gateway has a token of its own to protect.",
    'Ask the operator to list it.',
  ),
  METHOD_NOT_ALLOWED: code(405, 'Only POST and, for queries, GET are answered.', 'Send it by POST.'),
  NOT_ACCEPTABLE: code(
    406,
    'The Accept header allows no content type that Rowgate can answer with. Nothing was executed.',
    'Accept application/graphql-response+json or application/json.',
  ),
  REQUEST_TIMEOUT: retryableCode(
    408,
    'The body of the request did not arrive in time. Nothing was executed.',
    'Send it again; if that fails too, in smaller parts.',
  ),
  BODY_TOO_LARGE: code(413, 'The HTTP body, decoded, is larger than allowed (`limit`, in bytes). Nothing was sent.', 'Split it.'),
  UNSUPPORTED_MEDIA_TYPE: code(
    415,
    'The body has a content type or content encoding that is not supported.',
    'Send application/json in UTF-8, plain or gzip.',
  ),
  GRAPHQL_PARSE_FAILED: code(400, 'The document is not GraphQL.', 'Correct it where `locations` says.'),
  GRAPHQL_VALIDATION_FAILED: code(
    422,
    'The document does not fit the schema; wrong literals count too. Nothing was sent.',
    'Correct what the messages name; send rows in variables, where each is judged alone.',
  ),
  OPERATION_RESOLUTION_FAILURE: code(
    422,
    'The document has several operations, or none, and `operationName` does not choose one of them.',
    'Name one in `operationName`.',
  ),
  PERSISTED_QUERY_NOT_SUPPORTED: code(400, 'This gateway has no persisted queries.', 'Send the whole document in `query`.'),
  PERSISTED_QUERY_NOT_FOUND: code(
    400,
    'The manifest of this gateway has no document with this id or hash.',
    'Send the whole document in `query`.',
  ),
  DOCUMENT_NOT_TRUSTED: code(
    403,
    'This caller may only send documents from the manifest, by `documentId` or word for word. Nothing was executed.',
    'Send one of these, or ask the operator to add yours to the manifest.',
  ),
  BAD_USER_INPUT: code(
    422,
    'A variable, or an argument outside the rows, is wrong. Nothing of the declined part was sent.',
    'Correct what the message names.',
  ),
  DOCUMENT_TOO_LARGE: code(
    400,
    'The document is too long, nests too deep or selects too much (`limit`, `actual`). Nothing was sent.',
    'Send rows in variables, split the document.',
  ),
  TOO_MANY_ROWS: code(413, 'Together, the fields of the document have more rows than allowed (`limit`). Nothing was sent.', 'Split it.'),
  TOO_MANY_VALUES: code(
    413,
    'The body has more JSON values, objects and lists, different member names, or numbers that do not fit a double than allowed (`limit`). Nothing was sent.',
    'Split it.',
  ),
  ANSWER_TOO_LARGE: code(
    413,
    'The answer could be larger than allowed (`limit`, `actual`, in bytes). Nothing of the declined part was sent.',
    'Select less or send fewer rows.',
  ),
  RATE_LIMITED: retryableCode(
    429,
    'The tenant has used up its quota of requests or rows for now (`limit`). The declined part was not executed.',
    'Send it again after `retryAfterMs`.',
  ),
  OVERLOADED: retryableCode(
    503,
    'Rowgate is overloaded, or the queue of this token is full. Nothing of the declined part was sent.',
    'Send it again after `retryAfterMs`.',
  ),
  IDEMPOTENCY_KEY_REUSED: code(
    422,
    'The idempotency key was used for another request: different rows, a different order of them or of the fields in them, or another mutation or solution. Nothing was sent.',
    'Give each request a key of its own.',
  ),
  IDEMPOTENCY_IN_PROGRESS: retryableCode(
    409,
    'Another Rowgate process is working on the request with this idempotency key.',
    'Send the same request again after `retryAfterMs`: the answer then has the outcome of every row.',
  ),
  STORE_UNAVAILABLE: retryableCode(
    503,
    'Idempotency keys cannot be stored or looked up right now. Nothing of the field was sent.',
    'Send the same request again after `retryAfterMs`; without its key only an UPSERT, since an earlier try may have sent rows of an APPEND.',
  ),
  SWITCHED_OFF: code(
    422,
    'The operator of this gateway has not switched this on.',
    'Ask the operator for the setting that the message names.',
  ),
  UPSTREAM_UNAUTHORIZED: code(
    403,
    'The upstream refused the token, or the token has no access.',
    'Send another token, or get access for this one.',
  ),
  UPSTREAM_UNAVAILABLE: retryableCode(
    502,
    'The upstream cannot be reached, fails, asks to slow down or answers too late, or did so often enough that Rowgate has paused its calls.',
    'Send it again after `retryAfterMs`; repeat a change only if it was not made.',
  ),
  UPSTREAM_REFUSED: code(
    422,
    'The upstream declined the call.',
    'Correct the arguments, going by the status and the words in the message.',
  ),
  UPSTREAM_UNREADABLE: code(
    502,
    'The upstream sent an answer that cannot be understood with certainty.',
    'Check whether a change was made, and tell the operators.',
  ),
  INTERNAL_SERVER_ERROR: code(
    500,
    'A defect in Rowgate, which has been logged. It is not known whether the affected part was done.',
    'Give the operators the `x-request-id`, and check what was done.',
  ),
} as const satisfies Record<string, CodeEntry>

/** The code of a declined request, or of a declined field. */
export type GatewayErrorCode = keyof typeof GATEWAY_ERRORS

/** Numbers that a client can act on without parsing the message. */
export interface ErrorNumbers {
  /** What is allowed. */
  readonly limit?: number
  /** What was sent, where it is known. */
  readonly actual?: number
  /** When the same may be tried again, in milliseconds from now. */
  readonly retryAfterMs?: number
}

/** How long to wait before trying again, in milliseconds, where the upstream does not say. */
export const RETRY_AFTER_MS = 1_000

/** A declined request or field: expected, safe to show, not a defect. The message never contains a submitted value. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: GatewayErrorCode
  readonly numbers: ErrorNumbers

  constructor(code: GatewayErrorCode, message: string, numbers: ErrorNumbers = {}) {
    super(message)
    this.code = code
    this.numbers = GATEWAY_ERRORS[code].retryable ? { retryAfterMs: RETRY_AFTER_MS, ...numbers } : numbers
  }
}

/** The `extensions` of an error: its code and numbers. */
export function extensionsOf({ code, numbers }: GatewayError): { readonly code: GatewayErrorCode } & ErrorNumbers {
  return { code, ...numbers }
}
