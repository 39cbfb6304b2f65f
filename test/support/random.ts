/** A seeded source of chance: the same seed, the same run. */
export interface Chance {
  /** From 0 up to but not including 1. */
  next(): number
  /** A whole number between two others, both included. */
  between(min: number, max: number): number
  pick<T>(choices: readonly T[]): T
  /** True so often of a hundred times. */
  percent(share: number): boolean
}

/** Mulberry32, which is small and good enough to draw faults. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return { next, between, pick: (choices) => choices[between(0, choices.length - 1)] as never, percent: (share) => next() * 100 < share }
}

/** How many seeds a simulation tries: a fifth of all in `npm test`, all of them in `npm run test:plain` and of planted defects. */
export function seedsOf(all: number): number {
  return process.env.SEEDS === 'all' ? all : all / 5
}
