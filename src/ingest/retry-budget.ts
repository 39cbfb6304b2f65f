/** What keeps repeats from becoming the load that breaks an upstream. */
export interface RetryBudget {
  /** Notes a request that goes out for the first time. */
  earn(): void
  /** Takes one repeat from the budget; false when it is spent. */
  spend(): boolean
}

const SHARE = 0.2
const RESERVE = 10

/** Repeats come to at most 20 % of first tries, and ten more so that a quiet caller has any. */
export function createRetryBudget(): RetryBudget {
  let balance = RESERVE
  return {
    earn() {
      balance = Math.min(RESERVE, balance + SHARE)
    },
    spend() {
      if (balance < 1) return false
      balance -= 1
      return true
    },
  }
}
