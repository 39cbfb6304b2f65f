/** What the bytes of a JSON text show by themselves. */
export interface Marks {
  readonly commas: number
  /** Opening brackets and braces. */
  readonly openings: number
  /**
   * Where a number may be that a double cannot hold: the end of a run of sixteen or more digits and points, and the sign of a negative
   * exponent with three digits or more. In any order.
   */
  readonly suspects: readonly number[]
}

const SUSPECT = /[\d.]{16,}|(?<=\d[eE])-(?=\d{3})/g

/** The marks of some bytes; the plain twin of `simdMarks`. */
export function plainMarks({ buffer, byteOffset, byteLength }: Uint8Array): Marks {
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
  return {
    commas: text.match(/,/g)?.length ?? 0,
    openings: text.match(/[[{]/g)?.length ?? 0,
    suspects: Array.from(text.matchAll(SUSPECT), ({ 0: found, index }) => (found === '-' ? index : index + found.length)),
  }
}
