/** What keeps repeats from becoming the load that breaks an upstream. */
export interface RetryBudget {
  /** Notes a request that goes out for the first time. */
  earn(): void
  /** Takes one repeat from the budget; false when it is spent. */
  spend(): boolean
}

/** First tries that pay for one repeat. */
const PER_REPEAT = 5
const KEPT_SECONDS = 10
const RESERVE_PER_SECOND = 10

/** Repeats come to at most a fifth of the first tries of the last ten seconds, and ten a second more, so that a quiet caller has any. */
export function createRetryBudget(): RetryBudget {
  const reserve = createReserve()
  // First tries that have not paid for a repeat yet, by the second in which they were made, the oldest first.
  let unspent: { readonly second: number; firstTries: number }[] = []

  return {
    earn() {
      const second = currentSecond()
      const latest = unspent.at(-1)
      if (latest?.second === second) latest.firstTries++
      else unspent = [...unspent.filter((entry) => second - entry.second < KEPT_SECONDS), { second, firstTries: 1 }]
    },
    spend() {
      const second = currentSecond()
      unspent = unspent.filter((entry) => second - entry.second < KEPT_SECONDS)
      if (unspent.reduce((sum, { firstTries }) => sum + firstTries, 0) < PER_REPEAT) return reserve.spend()
      let owed = PER_REPEAT
      for (const entry of unspent) {
        const paid = Math.min(owed, entry.firstTries)
        entry.firstTries -= paid
        owed -= paid
      }
      return true
    },
  }
}

/** Repeats that are allowed whatever the number of first tries: ten a second, of which at most ten are saved up. */
function createReserve(): Pick<RetryBudget, 'spend'> {
  let left = RESERVE_PER_SECOND
  let countedAt = performance.now()
  return {
    spend() {
      const now = performance.now()
      left = Math.min(RESERVE_PER_SECOND, left + ((now - countedAt) * RESERVE_PER_SECOND) / 1_000)
      countedAt = now
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}

function currentSecond(): number {
  return Math.floor(performance.now() / 1_000)
}
