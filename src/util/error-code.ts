const CODE = /^[A-Z0-9][A-Z0-9_]{0,63}$/

/** The code, such as ENOTFOUND, of the innermost cause of an error that has one; unlike a message, it cannot quote anything. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const inner = 'cause' in error ? errorCode(error.cause) : undefined
  return inner ?? ('code' in error && typeof error.code === 'string' && CODE.test(error.code) ? error.code : undefined)
}
