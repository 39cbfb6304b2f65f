import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isCleanText, isJsonText } from './check-value.ts'
import { EXTRA_FIELD, type Resource } from './define-resource.ts'
import { diagnose, isRow, ownValue } from './diagnose.ts'
import { checkExtra } from './extra.ts'
import type { RowIssue } from './issue.ts'
import { judgeSource } from './judge-source.ts'
import { isDate, wireMoment } from './moment.ts'
import { addExtra, toWire, type WireOptions, type WireRow } from './wire-row.ts'

/** The rows of one request after judging: at every index either a row for the wire or the issues that refuse it. */
export interface JudgedRows {
  /** The rows as they were sent. */
  readonly raw: readonly unknown[]
  /** The row for the wire at its own index; undefined where it is refused. */
  readonly wire: readonly (WireRow | undefined)[]
  /** Issues by index, for the refused rows. */
  readonly refused: ReadonlyMap<number, readonly RowIssue[]>
}

/** A resource's judge as a Standard Schema: it never fails, a bad row is part of its output. */
export type Judge = StandardSchemaV1<unknown, JudgedRows>

type CertainlyGood = (row: Record<string, unknown>) => WireRow | undefined

/** The judge of a resource, made once; where code may not be generated it reads the declaration row by row instead. */
export function createJudge(resource: Resource, options: WireOptions): Judge {
  const certainlyGood = generate(resource, options)
  const judgeRow = (row: unknown): WireRow | RowIssue[] => {
    if (isRow(row)) {
      const wire = certainlyGood(row)
      const extra = row[EXTRA_FIELD] ?? undefined
      if (wire !== undefined && extra === undefined) return wire
      if (wire !== undefined && checkExtra(extra, resource).length === 0) return addExtra(wire, extra, options.keyCase)
    }
    return judgeSlowly(row, resource, options)
  }
  return { '~standard': { version: 1, vendor: 'rowgate', validate: (rows) => ({ value: judgeRows(rows, judgeRow) }) } }
}

function judgeRows(rows: unknown, judgeRow: (row: unknown) => WireRow | RowIssue[]): JudgedRows {
  const raw = Array.isArray(rows) ? rows : [rows]
  const wire = new Array<WireRow | undefined>(raw.length).fill(undefined)
  const refused = new Map<number, RowIssue[]>()
  for (let index = 0; index < raw.length; index++) {
    const verdict = judgeRow(raw[index])
    if (Array.isArray(verdict)) refused.set(index, verdict)
    else wire[index] = verdict
  }
  return { raw, wire, refused }
}

function judgeSlowly(row: unknown, resource: Resource, options: WireOptions): WireRow | RowIssue[] {
  const issues = diagnose(row, resource, options.timestampFormat)
  return issues.length === 0 && isRow(row) ? toWire(row, resource, options) : issues
}

function generate(resource: Resource, options: WireOptions): CertainlyGood {
  const tools = { isCleanText, isJsonText, isDate, columns: resource.columns, momentReader: () => momentReader(options) }
  try {
    return new Function(...Object.keys(tools), judgeSource(resource, options))(...Object.values(tools))
  } catch (error) {
    // A runtime that forbids code from strings (--disallow-code-generation-from-strings) throws EvalError.
    if (error instanceof EvalError) return () => undefined
    throw error
  }
}

/** Reads moments for one column and remembers the last: rows of a batch mostly share theirs. */
function momentReader({ timestampFormat }: WireOptions): (text: string) => string | undefined {
  let lastText = ''
  let lastWire: string | undefined
  return (text) => {
    if (text !== lastText) {
      const moment = wireMoment(text, timestampFormat)
      lastText = text
      lastWire = typeof moment === 'string' ? moment : undefined
    }
    return lastWire
  }
}

/** The row's primary key in field names, for the caller; null where a key value is not fit to be shown. */
export function publicKey(row: unknown, resource: Resource): Record<string, unknown> {
  const source = isRow(row) ? row : {}
  return Object.fromEntries(resource.keyColumns.map(({ field }) => [field, showable(ownValue(source, field))]))
}

function showable(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= 1024 && isCleanText(value) ? value : null
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? value : null
}
