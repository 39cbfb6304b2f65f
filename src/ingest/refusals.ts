/** What the batches of one destination learn from each other's refusals. */
export interface Refusals {
  /** Whether a batch that was declined with this is worth dividing; waits while another batch finds that out. */
  isWorthDividing(refusal: string): Promise<boolean>
  /** Notes how a batch ended that was worth dividing, once it was divided. */
  noteDivided(refusal: string, hasGoodRows: boolean): void
  /** Notes that the upstream took rows. */
  noteAccepted(): void
}

/**
 * Nothing learnt yet. 1. Until dividing a batch has found a good row, one batch is divided at a time and the others wait.
 * 2. When one was divided in vain, later ones with the same refusal are not divided. 3. Any accepted row ends both.
 */
export function createRefusals(): Refusals {
  let inVain: string | undefined
  let hasHelped = false
  let study: PromiseWithResolvers<void> | undefined

  function endStudy(): void {
    study?.resolve()
    study = undefined
  }

  return {
    async isWorthDividing(refusal) {
      while (study !== undefined) await study.promise
      if (refusal === inVain) return false
      if (!hasHelped) study = Promise.withResolvers()
      return true
    },
    noteDivided(refusal, hasGoodRows) {
      hasHelped = hasGoodRows
      inVain = hasGoodRows ? undefined : refusal
      endStudy()
    },
    noteAccepted() {
      hasHelped = true
      inVain = undefined
      endStudy()
    },
  }
}
