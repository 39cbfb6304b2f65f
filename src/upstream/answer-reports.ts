import type { Batch } from '../ingest/batch.ts'
import { createUpstreamWords } from '../ingest/upstream-words.ts'
import { createOncePerMinute } from '../util/once-per-minute.ts'
import type { OnUnknownAnswer } from './ingest-wire.ts'

const MAX_SHAPES = 100
const MAX_NAMES = 20
// Without digits: a name with digits may be a value in hexadecimal or base64.
const PLAIN_NAME = /^[A-Za-z_][A-Za-z_.-]{0,39}$/

/**
 * Counts answers, and reports each shape once, by its names. Shapes beyond the first hundred are only counted; a name that is not
 * plain, or that occurs in a row of the batch, is replaced by `?`.
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

/** An answer that says nothing certain about its rows: its status, the kind of its body, and whose rows they were. */
export interface UnusableAnswer {
  readonly status: number
  /** The kind of body, by its first character. */
  readonly body: 'none, or cut off' | 'HTML' | 'JSON' | 'other text'
  readonly tenantId: string
  readonly origins: Batch['origins']
}

/** Reports unusable answers, once a minute for each status and kind of body, without any of their content. */
export function createUnusableReport(report: (answer: UnusableAnswer) => void) {
  const mayTell = createOncePerMinute()
  return (status: number, text: string | undefined, { destination, origins }: Batch): void => {
    const body = kindOf(text)
    if (mayTell(status + body)) report({ status, body, tenantId: destination.tenant.id, origins })
  }
}

function kindOf(text = ''): UnusableAnswer['body'] {
  const start = text.trimStart().slice(0, 1)
  if (start === '') return 'none, or cut off'
  if (start === '<') return 'HTML'
  return start === '{' || start === '[' ? 'JSON' : 'other text'
}
