import type { Batch, UpstreamError, Verdict } from '../ingest/upstream-port.ts'
import { type WireOptions, wireName } from '../resource/wire-row.ts'
import { perRow } from '../resource/wire-rows.ts'
import { countsAgree, countsConfirm } from './answer-counts.ts'
import { textAt, valueAt } from './loose-object.ts'

/** How to read what the upstream leaves open. */
export interface AnswerReading {
  /** What the upstream counts its first row as. */
  readonly rowIndexBase: number
  readonly keyCase: WireOptions['keyCase']
}

const INDEX_NAMES = ['index', 'rowIndex', 'rowNumber']
const ECHO_NAMES = ['row', 'record', 'data']

// Rejections are documented under `failed`; under these names they would hide behind a 200.
const TROUBLE_NAMES = [
  'error',
  'errors',
  'errorCount',
  'failures',
  'failedRows',
  'failedRecords',
  'rejected',
  'rejectedRows',
  'rejections',
  'invalid',
]

const ACCEPTED: Verdict = Object.freeze({ kind: 'accepted' })
const UNREADABLE: Verdict = Object.freeze({ kind: 'none', reason: 'UNREADABLE_ANSWER' })

/**
 * The verdict on every row of a batch that the upstream answered with 200 or 207, in the order sent. Tolerant about
 * names, never guessing: wherever the answer cannot be matched for certain the rows it may concern have no verdict.
 */
export function readAnswer(status: 200 | 207, text: string | undefined, batch: Batch, reading: AnswerReading): Verdict[] {
  const answer = parseObject(text)
  const failed = answer && findFailed(answer)
  const all = (verdict: Verdict): Verdict[] => new Array<Verdict>(batch.rows.length).fill(verdict)
  if (answer === undefined || failed === 'unreadable') return all(UNREADABLE)
  if (failed === undefined)
    return all(status === 200 && countsAgree(answer, batch.rows.length, 0) && !speaksOfError(answer) ? ACCEPTED : UNREADABLE)

  const matched = matchEntries(failed, batch, reading)
  if (matched === undefined || !countsAgree(answer, batch.rows.length, matched.size)) return all(UNREADABLE)
  if (matched.size === 0 && (speaksOfError(answer) || (status === 207 && !countsConfirm(answer)))) return all(UNREADABLE)
  return matched.size === 0 ? all(ACCEPTED) : perRow(batch.rows, (at) => joinErrors(matched.get(at)))
}

function parseObject(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The list of failures, at the top or inside one envelope; `unreadable` when something of that name is no list of objects. */
function findFailed(answer: object): readonly object[] | undefined | 'unreadable' {
  const found = [answer, ...Object.values(answer).filter((v) => typeof v === 'object' && v !== null && !Array.isArray(v))]
    .map((holder) => valueAt(holder, ['failed']))
    .filter((value) => value !== undefined && value !== null && typeof value !== 'number')
  if (found.length === 0) return undefined
  const [failed] = found
  const isList = Array.isArray(failed) && failed.every((entry) => typeof entry === 'object' && entry !== null)
  return isList && found.length === 1 ? failed : 'unreadable'
}

/** Entries by the row they speak of; undefined when one cannot be matched, because it may speak of any row. */
function matchEntries(failed: readonly object[], batch: Batch, reading: AnswerReading): Map<number, UpstreamError[][]> | undefined {
  const matched = new Map<number, UpstreamError[][]>()
  const findEcho = echoFinder(batch, reading)
  for (const entry of failed) {
    const at = matchEntry(entry, batch.rows.length, findEcho, reading)
    if (at === undefined) return undefined
    matched.set(at, [...(matched.get(at) ?? []), readErrors(entry)])
  }
  return matched
}

function matchEntry(
  entry: object,
  sent: number,
  findEcho: (echo: unknown) => number | undefined,
  { rowIndexBase }: AnswerReading,
): number | undefined {
  const index = valueAt(entry, INDEX_NAMES)
  const echoed = findEcho(valueAt(entry, ECHO_NAMES))
  if (index === undefined || index === null) return echoed
  if (typeof index !== 'number' || !Number.isInteger(index)) return undefined
  const at = index - rowIndexBase
  // An index and an echo that name different rows: one of them is wrong, and nothing says which.
  return at >= 0 && at < sent && (echoed === undefined || echoed === at) ? at : undefined
}

/** Finds the sent row that an echoed one has the primary key of; the keys are read when the first echo is looked up. */
function echoFinder({ rows, destination }: Batch, { keyCase }: AnswerReading): (echo: unknown) => number | undefined {
  const columns = destination.resource.keyColumns
  let byKey: Map<string, number> | undefined
  return (echo) => {
    if (typeof echo !== 'object' || echo === null) return undefined
    byKey ??= new Map(
      perRow(rows, (at) => [JSON.stringify(columns.map(({ name }) => String(rows.at(at)[wireName(name, keyCase)]))), at] as const),
    )
    return byKey.get(JSON.stringify(columns.map(({ name }) => String(valueAt(echo, [name])))))
  }
}

function readErrors(entry: object): UpstreamError[] {
  const list = valueAt(entry, ['errors'])
  const single = valueAt(entry, ['error'])
  const sources = Array.isArray(list) && list.length > 0 ? list : [single ?? entry]
  return sources.map(readError)
}

/** One error in the upstream's words, from an object or a bare text. */
export function readError(source: unknown): UpstreamError {
  if (typeof source === 'string') return { message: source }
  const code = textAt(source, ['code', 'errorCode'])
  const category = textAt(source, ['category'])
  const message = textAt(source, ['message', 'errorMessage'])
  const column = textAt(source, ['column', 'field', 'attribute'])
  return { ...(code && { code }), ...(category && { category }), ...(message && { message }), ...(column && { column }) }
}

/** Entries for one row: repeats collapse, different columns add up, anything else contradicts itself. */
function joinErrors(entries: readonly UpstreamError[][] | undefined): Verdict {
  if (entries === undefined) return ACCEPTED
  const distinct = [...new Map(entries.map((errors) => [JSON.stringify(errors), errors])).values()]
  const columns = distinct.map((errors) => errors[0]?.column)
  const addUp = distinct.length === 1 || (!columns.includes(undefined) && new Set(columns).size === distinct.length)
  return addUp ? { kind: 'rejected', errors: distinct.flat() } : UNREADABLE
}

/** Whether the answer says in so many words that something went wrong. */
function speaksOfError(answer: object): boolean {
  const isSaid = TROUBLE_NAMES.some((name) => !isEmpty(valueAt(answer, [name])))
  return isSaid || valueAt(answer, ['success']) === false || /error|fail/i.test(textAt(answer, ['status']) ?? '')
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === false || value === 0 || value === '' || (Array.isArray(value) && value.length === 0)
  )
}
