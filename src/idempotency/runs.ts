// Indexes and repeated numbers as pairs, which is short where they are alike: most entries are of neighbours with one outcome.

/** Indexes in any order as pairs: how far after the end of the last run the next begins, and its length. */
export function toRuns(indexes: readonly number[]): number[] {
  const runs: number[] = []
  let end = 0
  for (const index of indexes) {
    if (index === end && runs.length > 0) runs.push((runs.pop() as number) + 1)
    else runs.push(index - end, 1)
    end = index + 1
  }
  return runs
}

/** The indexes of such runs, in the same order. */
export function fromRuns(runs: readonly number[]): number[] {
  const indexes: number[] = []
  let end = 0
  for (let at = 0; at + 1 < runs.length; at += 2) {
    end += runs[at] as number
    for (let left = runs[at + 1] as number; left > 0; left--) indexes.push(end++)
  }
  return indexes
}

/** Numbers as pairs: a number and how often it follows itself. */
export function toRepeats(numbers: readonly number[]): number[] {
  const pairs: number[] = []
  for (const number of numbers) {
    if (pairs.at(-2) === number) pairs.push((pairs.pop() as number) + 1)
    else pairs.push(number, 1)
  }
  return pairs
}

/** The numbers of such pairs. */
export function fromRepeats(pairs: readonly number[]): number[] {
  const numbers: number[] = []
  for (let at = 0; at + 1 < pairs.length; at += 2)
    for (let left = pairs[at + 1] as number; left > 0; left--) numbers.push(pairs[at] as number)
  return numbers
}
