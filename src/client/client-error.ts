import type { Summary } from './types.ts'

/** What a `ClientError` may tell beside its code and its words. */
export interface ErrorDetails {
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined
  /** When the same may be tried again, in milliseconds from then. */
  readonly retryAfterMs?: number | undefined
  /** What is allowed, and what came, where the code is about a limit. */
  readonly limit?: number | undefined
  readonly actual?: number | undefined
  readonly cause?: unknown
}

/**
 * Why a run stopped or a query has no data. Its `code` is one of the gateway's (`extensions.code` of its errors), or one of the
 * client's, which `client-codes.ts` lists.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  declare readonly code: string
  declare readonly status?: number
  declare readonly retryAfterMs?: number
  declare readonly limit?: number
  declare readonly actual?: number
  /** What a run had come to when it stopped. Not enumerable: it holds rows, which belong into no log. */
  declare readonly summary?: Summary<unknown>

  constructor(code: string, message: string, { cause, ...details }: ErrorDetails = {}) {
    super(message, { cause })
    Object.assign(this, { code }, details)
  }
}
