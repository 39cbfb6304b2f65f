/** Whether every count the answer gives fits so many rows sent and so many of them failed. */
export function countsAgree(answer: object, sent: number, failed: number): boolean {
  const counts = readCounts(answer)
  return (
    counts.accepted.every((n) => n === sent - failed) && counts.failed.every((n) => n === failed) && counts.total.every((n) => n === sent)
  )
}

/** Whether the answer itself counts the rows it accepted. */
export function countsConfirm(answer: object): boolean {
  return readCounts(answer).accepted.length > 0
}

type Counts = Record<'accepted' | 'failed' | 'total', number[]>

const COUNT_WORDS: Record<string, keyof Counts> = {
  accepted: 'accepted',
  success: 'accepted',
  successes: 'accepted',
  successful: 'accepted',
  succeeded: 'accepted',
  inserted: 'accepted',
  failed: 'failed',
  failure: 'failed',
  failures: 'failed',
  rejected: 'failed',
  total: 'total',
  received: 'total',
  submitted: 'total',
  count: 'total',
}

const NO_COUNT_WORDS = new Set(['rate', 'percent', 'percentage', 'ratio', 'code', 'id', 'at', 'time', 'ms', 'bytes', 'columns'])

/** Every whole number whose name speaks of accepted, failed or all rows, at the top or one level in. */
function readCounts(answer: object): Counts {
  const counts: Counts = { accepted: [], failed: [], total: [] }
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) addCounts(value, counts)
    const kind = countKind(name)
    const count = Array.isArray(value) && kind === 'accepted' ? value.length : value
    if (kind !== undefined && Number.isInteger(count)) counts[kind].push(count)
  }
  return counts
}

function addCounts(holder: object, counts: Counts): void {
  for (const [name, value] of Object.entries(holder)) {
    const kind = countKind(name)
    if (kind !== undefined && Number.isInteger(value)) counts[kind].push(value)
  }
}

function countKind(name: string): keyof Counts | undefined {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
  if (words.some((word) => NO_COUNT_WORDS.has(word))) return undefined
  return (
    words.map((word) => COUNT_WORDS[word]).find((kind) => kind !== undefined && kind !== 'total') ??
    words.map((word) => COUNT_WORDS[word]).find(Boolean)
  )
}
