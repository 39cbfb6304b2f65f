import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isCleanText, isJsonText } from './check-value.ts'
import { EXTRA_FIELD, type Resource } from './define-resource.ts'
import { diagnose, isRow, type Suspects } from './diagnose.ts'
import { checkExtra } from './extra.ts'
import type { RowIssue } from './issue.ts'
import { judgeSource, keyHashSource, showKeySource, suspectsSource } from './judge-source.ts'
import { isDate, isWireMoment, wireMoment } from './moment.ts'
import { isMarkedClean, unwrapRows } from './sent-rows.ts'
import { inTurns } from './turns.ts'
import { addExtra, KEY_SEED, keyHash, keyNames, keyText, mixKey, toWire, type WireOptions, type WireRow } from './wire-row.ts'

/** What judging a row comes to: the row for the wire, or the issues that refuse it. */
export type JudgedRow = WireRow | readonly RowIssue[]

/** Whether a row was refused. */
export function isRefused(row: JudgedRow): row is readonly RowIssue[] {
  return Array.isArray(row)
}

/** The rows of one request after judging, each at its own index. */
export interface JudgedRows {
  /** The rows as they were sent. */
  readonly raw: readonly unknown[]
  readonly rows: readonly JudgedRow[]
  readonly refusedCount: number
  /** A number for the primary key of each such row, by `keyHash`. */
  readonly keys: Int32Array
  /** The primary key of such a row as one text, where the number does not settle it. */
  keyText(wire: WireRow): string
  /** The primary key of a row by field, for the caller; null where a key value is not fit to be shown. */
  publicKey(index: number): Record<string, unknown>
}

/** A resource's judge as a Standard Schema: it never fails, a bad row is part of its output. */
export type Judge = StandardSchemaV1<unknown, JudgedRows>

interface Generated {
  readonly certainlyGood: (row: Record<string, unknown>, isClean: boolean) => WireRow | undefined
  /** Where to look for the faults of a row that is not certainly good; undefined is everywhere. */
  readonly suspects?: (row: Record<string, unknown>, isClean: boolean) => Suspects
  /** The public key of a good row. */
  readonly showKey: (row: Record<string, unknown>) => Record<string, unknown>
  /** The public key of a row of which nothing is known. */
  readonly showAnyKey: (row: Record<string, unknown>) => Record<string, unknown>
  /** The number of a row's primary key, as `keyHash` says it. */
  readonly hashKey: (wire: WireRow) => number
}

type JudgeRow = (row: unknown, isClean: boolean) => JudgedRow

/** The judge of a resource, made once; where code may not be generated it reads the declaration row by row instead. */
export function createJudge(resource: Resource, options: WireOptions): Judge {
  const generated = generate(resource, options)
  const { certainlyGood, suspects } = generated
  const judgeRow: JudgeRow = (row, isClean) => {
    if (isRow(row)) {
      const wire = certainlyGood(row, isClean)
      const extra = row[EXTRA_FIELD] ?? undefined
      if (wire !== undefined && extra === undefined) return wire
      if (wire !== undefined && checkExtra(extra, resource).length === 0) return addExtra(wire, extra, options.keyCase)
    }
    return judgeSlowly(row, resource, options, isRow(row) ? suspects?.(row, isClean) : undefined)
  }
  return {
    '~standard': {
      version: 1,
      vendor: 'rowgate',
      validate: (rows) => judgeRows(unwrapRows(rows), judgeRow, generated, resource, options),
    },
  }
}

function judgeRows(
  raw: readonly unknown[],
  judgeRow: JudgeRow,
  { showKey, showAnyKey, hashKey }: Generated,
  resource: Resource,
  { keyCase }: WireOptions,
): { value: JudgedRows } | Promise<{ value: JudgedRows }> {
  const rows = new Array<JudgedRow>(raw.length)
  const keys = new Int32Array(raw.length)
  const names = keyNames(resource, keyCase)
  let refusedCount = 0
  const isClean = isMarkedClean(raw)
  const finished = inTurns(raw.length, (index) => {
    const row = judgeRow(raw[index], isClean)
    rows[index] = row
    if (isRefused(row)) refusedCount++
    else keys[index] = hashKey(row)
  })
  const publicKey = (index: number) => {
    const row = raw[index]
    return isRefused(rows[index] as JudgedRow) ? showAnyKey(isRow(row) ? row : {}) : showKey(row as Record<string, unknown>)
  }
  const judged = () => ({ value: { raw, rows, refusedCount, keys, keyText: (row: WireRow) => keyText(row, names), publicKey } })
  return finished === undefined ? judged() : finished.then(judged)
}

function judgeSlowly(row: unknown, resource: Resource, options: WireOptions, suspects: Suspects | undefined): JudgedRow {
  const issues = diagnose(row, resource, options.timestampFormat, suspects)
  return issues.length === 0 && isRow(row) ? toWire(row, resource, options) : issues
}

function generate(resource: Resource, options: WireOptions): Generated {
  const tools = { isCleanText, isJsonText, isDate, columns: resource.columns, momentReader: () => momentReader(options) }
  const names = keyNames(resource, options.keyCase)
  try {
    return {
      certainlyGood: new Function(...Object.keys(tools), judgeSource(resource, options))(...Object.values(tools)),
      suspects: new Function(...Object.keys(tools), suspectsSource(resource))(...Object.values(tools)),
      showKey: new Function('shown', showKeySource(resource))(shortened),
      showAnyKey: new Function('shown', showKeySource(resource))(showable),
      hashKey: new Function('mixKey', 'KEY_SEED', keyHashSource(names))(mixKey, KEY_SEED),
    }
  } catch (error) {
    // A runtime that forbids code from strings (--disallow-code-generation-from-strings) throws EvalError.
    if (error instanceof EvalError)
      return {
        certainlyGood: () => undefined,
        showKey: (row) => keyOf(row, resource),
        showAnyKey: (row) => keyOf(row, resource),
        hashKey: (wire) => keyHash(wire, names),
      }
    throw error
  }
}

/** Reads moments for one column and remembers the last: rows of a batch mostly share theirs. */
function momentReader({ timestampFormat }: WireOptions): (text: string) => string | undefined {
  let lastText = ''
  let lastWire: string | undefined
  return (text) => {
    if (isWireMoment(text, timestampFormat)) return text
    if (text !== lastText) {
      const moment = wireMoment(text, timestampFormat)
      lastText = text
      lastWire = typeof moment === 'string' ? moment : undefined
    }
    return lastWire
  }
}

function keyOf(row: Record<string, unknown>, resource: Resource): Record<string, unknown> {
  return Object.fromEntries(resource.keyColumns.map(({ field }) => [field, showable(row[field])]))
}

const MAX_SHOWN = 1024

function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > MAX_SHOWN ? null : value
}

function showable(value: unknown): unknown {
  if (typeof value === 'string') return isCleanText(value) ? shortened(value) : null
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? value : null
}
