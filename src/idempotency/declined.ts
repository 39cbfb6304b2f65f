import { GatewayError } from '../errors.ts'
import { StoreError } from './store-error.ts'

/** Turns a failure of the store into `STORE_UNAVAILABLE`. */
export function asDeclined(error: unknown): unknown {
  return error instanceof StoreError ? unavailable() : error
}

/** Nothing can be stored or looked up at present. */
export function unavailable(): GatewayError {
  return new GatewayError(
    'STORE_UNAVAILABLE',
    'The store of idempotency keys cannot be used. Nothing was sent; send the same request again.',
  )
}

/** The key is another request's. */
export function reused(): GatewayError {
  return new GatewayError(
    'IDEMPOTENCY_KEY_REUSED',
    'The idempotency key was used for another request. Nothing was sent; give each request a key of its own.',
  )
}

/** Another process has the record open. */
export function inProgress(): GatewayError {
  return new GatewayError(
    'IDEMPOTENCY_IN_PROGRESS',
    'Another process is working on the request with this idempotency key. Send the same request again later.',
  )
}

/** The record was written by a newer Rowgate; the request is declined. */
export class NewerVersionError extends GatewayError {
  constructor() {
    super('STORE_UNAVAILABLE', 'The record of this idempotency key was written by a newer version of Rowgate. Nothing was sent.')
  }
}
