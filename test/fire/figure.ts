/** One measured figure and its limit. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** The largest value that is good. */
  readonly most?: number
  /** The smallest value that is good. */
  readonly least?: number
}

/** Whether a figure is within its limits. */
export function isReached({ value, most = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY }: Figure): boolean {
  return value <= most && value >= least
}

/** The value below which so large a share of the others is; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
