import { createUpstreamWords } from '../ingest/upstream-words.ts'
import type { OnUnknownAnswer } from './ingest-wire.ts'

const MAX_SHAPES = 100
const MAX_NAMES = 20
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,39}$/

/**
 * Reports each shape of answer once, by its names, and counts every one. Shapes beyond the first hundred are only counted;
 * a name that is not plain, or that occurs in a row of the batch, is left out.
 */
export function createShapeReport(report: (names: readonly string[]) => void, count: () => void): OnUnknownAnswer {
  const seen = new Set<string>()
  return (names, batch) => {
    count()
    const shape = names.join('\n').slice(0, 1_000)
    if (seen.has(shape) || seen.size >= MAX_SHAPES) return
    seen.add(shape)
    const words = createUpstreamWords(batch)
    report(names.slice(0, MAX_NAMES).map((name) => (PLAIN_NAME.test(name) && !words.isQuote(name) ? name : '?')))
  }
}
