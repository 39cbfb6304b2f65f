import { inRuns, shortened } from './trace.ts'

type Row = { readonly index: number; readonly key?: Readonly<Record<string, unknown>> }
type Data = Readonly<Record<string, unknown>>

/** What a caller was told: the answer without its rows, and below it the rows of each field, those that were told the same together. */
export function answerLines(text: string): { readonly line: string; readonly below: readonly string[] } {
  const answer = asJson(text)
  if (answer === undefined || !isRecord(answer.data)) return { line: shortened(text), below: [] }
  const fields = Object.entries(answer.data)
  const bare = Object.fromEntries(fields.map(([name, value]) => [name, isRecord(value) ? withoutRows(value) : value]))
  return {
    line: shortened(JSON.stringify({ ...answer, data: bare })),
    below: fields.flatMap(([, value]) => (isRecord(value) && Array.isArray(value.rows) ? groupsOf(value.rows) : [])),
  }
}

/** What the answer to a mutation says of itself where there is nothing to say. */
const USUAL: Data = { dryRun: false, replayedCount: 0, retryableCount: 0, retryAfterMs: null, warnings: [], issueSummary: [] }

function withoutRows(field: Data): Data {
  if (!Array.isArray(field.rows)) return field
  const { rows, requestId: _, ...others } = field
  const unusual = Object.entries(others).filter(([name, value]) => JSON.stringify(USUAL[name]) !== JSON.stringify(value))
  return { ...Object.fromEntries(unusual), rows: field.rows.length }
}

function groupsOf(rows: readonly Row[]): string[] {
  const groups = Map.groupBy(rows, ({ index: _, key: __, ...outcome }) => JSON.stringify(outcome))
  return [...groups].map(([told, same]) => {
    const keys = same.map(({ key }) => String(Object.values(key ?? {})[0]))
    return `${inRuns(same.map(({ index }) => String(index)))} ${same[0]?.key === undefined ? '' : `(${shortened(inRuns(keys), 300)}) `}${shortened(told)}`
  })
}

function asJson(text: string): Data | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The figures of the gateway's own work; those of process and runtime are the machine's. Buckets of a histogram that add none, and zeros, are told together. */
export function metricLines(text: string): string[] {
  const own = text.split('\n').filter((line) => line.startsWith('rowgate_') && !/^rowgate_(?:process|nodejs)_/.test(line))
  const lines: string[] = []
  const zeros: string[] = []
  let counted = '0'
  for (const line of own) {
    const [, name = '', value = ''] = /^(.*) (\S+)$/.exec(line) ?? []
    const isBucket = name.includes('_bucket{')
    if (value === '0' && !isBucket) zeros.push(name)
    else if (!isBucket || value !== counted) lines.push(line)
    counted = isBucket ? value : '0'
  }
  return [...lines, `0: ${zeros.join(' ')}`]
}
