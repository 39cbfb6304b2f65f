const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** A sign, zeros in front, and a point with digits on one side only: they change no value. */
const LOOSE = /^([+-]?)0*(\d*)(?:\.(\d*))?((?:[eE][+-]?\d+)?)$/
// A double holds every decimal of fifteen digits.
const CERTAIN_LENGTH = 15

interface RawJson {
  rawJSON?(text: string): unknown
}

/** The number that a text writes, with every digit; undefined where it writes none. */
export function exactNumber(text: string): unknown {
  const [, sign, whole = '', fraction = '', exponent = ''] = LOOSE.exec(text) ?? []
  if (sign === undefined || !/^[+-]?\.?\d/.test(text)) return undefined
  const written = `${sign === '-' ? '-' : ''}${whole || '0'}${fraction && `.${fraction}`}${exponent}`
  if (!NUMBER.test(written)) return undefined
  if (written.length <= CERTAIN_LENGTH && exponent === '') return Number(written)
  return String(Number(written)) === written ? Number(written) : (JSON as RawJson).rawJSON?.(written)
}
