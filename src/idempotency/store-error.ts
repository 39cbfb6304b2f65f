/** The store cannot be used at present, or what it holds cannot be read; what was asked of it may or may not have been done. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/** Whatever went wrong within a store, as its one error; the first error stays the cause. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  return new StoreError(`The store failed: ${wordsOf(error)}`, { cause: error })
}

/** Errors of connections that were tried at several addresses have no message. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'for no reason given'
  return error.message || ('code' in error ? String(error.code) : error.name)
}
