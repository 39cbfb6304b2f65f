import type { Issue } from './types.ts'

/** A complaint of the client's own about a row. */
export function issueOf(code: string, message: string, field: string | null = null, hint: string | null = null): Issue {
  return { field, column: null, code, message, hint, upstreamCode: null }
}
