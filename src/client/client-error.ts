import type { Summary } from './types.ts'

/** Further details of a `ClientError`. */
export interface ErrorDetails {
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined
  /** How long to wait before trying again, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** The limit, and what was sent, where the code is about a limit. */
  readonly limit?: number | undefined
  readonly actual?: number | undefined
  readonly cause?: unknown
}

/**
 * Why a run stopped, or why a query has no data. Its `code` is one of the gateway's (`extensions.code` of its errors) or one of the
 * client's own, which `client-codes.ts` lists.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  declare readonly code: string
  declare readonly status?: number
  declare readonly retryAfterMs?: number
  declare readonly limit?: number
  declare readonly actual?: number
  /** The summary of a run up to where it stopped. Not enumerable, since it holds rows, which must not be logged. */
  declare readonly summary?: Summary<unknown>

  constructor(code: string, message: string, { cause, ...details }: ErrorDetails = {}) {
    super(message, { cause })
    Object.assign(this, { code }, details)
  }
}
