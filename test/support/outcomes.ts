import { expect } from 'vitest'

/** An accepted row at an index. */
export function accepted(index: number) {
  return expect.objectContaining({ __typename: 'AcceptedRow', index })
}

/** A row Rowgate or the upstream refused, with one issue. */
export function rejected(index: number, code: string, field: string | null = null) {
  return expect.objectContaining({ __typename: 'RejectedRow', index, issues: [expect.objectContaining({ code, field })] })
}
