/** What is seen of a JSON text by its bytes alone. */
export interface Marks {
  readonly commas: number
  /** Brackets and braces that open. */
  readonly openings: number
  /**
   * Where a number may be that a double does not hold: the end of sixteen or more digits and points one behind the other, and the sign
   * of an exponent below zero with three digits or more. In any order.
   */
  readonly suspects: readonly number[]
}

const SUSPECT = /[\d.]{16,}|(?<=\d[eE])-(?=\d{3})/g

/** The marks of some bytes, as plainly as can be said. */
export function plainMarks({ buffer, byteOffset, byteLength }: Uint8Array): Marks {
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
  return {
    commas: text.match(/,/g)?.length ?? 0,
    openings: text.match(/[[{]/g)?.length ?? 0,
    suspects: Array.from(text.matchAll(SUSPECT), ({ 0: found, index }) => (found === '-' ? index : index + found.length)),
  }
}
