/** Why a request is declined whole, with what it means; printed in the docs and carried in `extensions.code`. */
export const GATEWAY_ERROR_CODES = {
  UNAUTHENTICATED: 'No usable token came with the request. Send it in the Authorization header, raw or as Bearer.',
  BAD_USER_INPUT: 'An argument outside the rows is wrong. Nothing was sent.',
  TOO_MANY_ROWS: 'The mutation has more rows than are taken at once. Nothing was sent; split it.',
  BODY_TOO_LARGE: 'The HTTP body is larger than is taken. Nothing was read further; split it.',
  DOCUMENT_TOO_LARGE: 'The GraphQL document has too many tokens. Send rows in variables.',
  OVERLOADED:
    'Rowgate is out of breath and the queue of this token is full (status 503). Nothing was read or sent; send the same again after a second.',
  SWITCHED_OFF: 'The operator of this gateway has not switched this on.',
  UPSTREAM_UNAUTHORIZED: 'The upstream refused the token.',
  UPSTREAM_UNAVAILABLE: 'The upstream could not be reached, failed, or did not answer in time.',
  UPSTREAM_REFUSED: 'The upstream declined the call.',
  UPSTREAM_UNREADABLE: 'The upstream answered something that cannot be read for certain.',
} as const satisfies Record<string, string>

/** The closed list of codes a whole request can be declined with. */
export type GatewayErrorCode = keyof typeof GATEWAY_ERROR_CODES

/** A request declined whole: expected, safe to show, not a defect. The message never holds a submitted value. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: GatewayErrorCode

  constructor(code: GatewayErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
