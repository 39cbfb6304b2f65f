import fc from 'fast-check'

const SURROGATES = { from: 0xd800, count: 0x800 }
const character = fc
  .nat({ max: 0x10ffff - SURROGATES.count })
  .map((nth) => String.fromCodePoint(nth < SURROGATES.from ? nth : nth + SURROGATES.count))

/** Text of any characters: what the unit `binary` of fast-check draws, which takes seconds to list all of them first. */
export const anyText = (maxLength?: number) => fc.string({ unit: character, ...(maxLength !== undefined && { maxLength }) })
