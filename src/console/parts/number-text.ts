const whole = new Intl.NumberFormat('en')
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** A count with thousands separators. */
export function count(value: number): string {
  return whole.format(value)
}

/** A count with its unit, in the singular for one. */
export function counted(value: number, one: string): string {
  return `${count(value)} ${one}${value === 1 ? '' : 's'}`
}

/** A share as a percentage, never rounded up to 100 or down to 0. */
export function percent(share: number): string {
  const kept = share > 0 && share < 1 ? Math.min(99.9, Math.max(0.1, share * 100)) : share * 100
  return `${oneDigit.format(kept)} %`
}

/** A number of bytes in a suitable unit. */
export function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB']
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  return `${oneDigit.format(value / 1_000 ** at)} ${units[at]}`
}

/** A duration as people say it. */
export function duration(seconds: number): string {
  if (seconds < 1) return 'less than a second'
  if (seconds < 90) return counted(Math.round(seconds), 'second')
  return seconds < 5_400 ? counted(Math.round(seconds / 60), 'minute') : `${oneDigit.format(seconds / 3_600)} hours`
}
