/** The store cannot be used at present, or its content cannot be read; the operation may or may not have been carried out. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/** Wraps any error of a store in a `StoreError`, with the first error as its cause. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  return new StoreError(`The store failed: ${wordsOf(error)}`, { cause: error })
}

/** Errors of connections that were tried at several addresses have no message. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'for no reason given'
  return error.message || ('code' in error ? String(error.code) : error.name)
}
