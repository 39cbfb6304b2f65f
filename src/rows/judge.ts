import type { StandardSchemaV1 } from '@standard-schema/spec'
import { EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import { isTiny } from '../util/exact-json.ts'
import { eachInSlice } from '../util/time-slices.ts'
import { isGoodExact } from './check-number.ts'
import { isBlank, isCleanText, isJsonText } from './check-value.ts'
import { type Chunk, createChunker } from './chunk.ts'
import { judgeSource, keyHashSource, showKeySource, suspectColumnsSource, tinySource } from './compiled-checks.ts'
import { diagnose, isObject, isRow, ownValue, type SuspectColumns } from './diagnose.ts'
import { checkExtra } from './extra.ts'
import type { RowIssue } from './issue.ts'
import { type RawRows, type RowList, wrapRows } from './raw-rows.ts'
import { keyOf, shortened, showable } from './row-key.ts'
import { isDate, isWireTimestamp, wireTimestamp } from './timestamp.ts'
import { addExtra, KEY_SEED, keyHash, keyNames, keyText, mixKey, toWire, type WireOptions, type WireRow } from './wire-row.ts'

/** What judging a row comes to: the row for the wire, or the issues that refuse it. */
type JudgedRow = WireRow | readonly RowIssue[]

/** Whether a row was refused. */
function isRefused(row: JudgedRow): row is readonly RowIssue[] {
  return Array.isArray(row)
}

/** The rows of one mutation after judging. */
export interface JudgedRows {
  /** How many were sent. */
  readonly count: number
  /** What refuses each row, at its index; undefined for the good ones. */
  readonly faults: readonly (readonly RowIssue[] | undefined)[]
  /** The good rows in the order sent. */
  readonly chunks: readonly Chunk[]
  /** What rows carry as custom attributes, by index. */
  readonly extras: ReadonlyMap<number, unknown>
  /** The primary key of each row by field, for the caller; null where a key value is not fit to be shown. */
  readonly publicKeys: readonly Readonly<Record<string, unknown>>[]
  /** The primary key of a row as one text, where the number does not settle it. */
  keyText(wire: WireRow): string
}

/** A resource's judge as a Standard Schema: it fails when there are too many rows; a bad row is part of its output. */
export type Judge = StandardSchemaV1<unknown, JudgedRows>

/** How many rows are taken, and how the good ones are packed. */
export interface Chunking {
  readonly maxRowsPerMutation: number
  /** Rows of one chunk. */
  readonly maxBatchRows: number
}

interface Generated {
  readonly certainlyGood: (row: Record<string, unknown>, isClean: boolean) => WireRow | undefined
  /** Where to look for the faults of a row that is not certainly good; undefined is everywhere. */
  readonly suspectColumns?: (row: Record<string, unknown>, isClean: boolean) => SuspectColumns
  /** The public key of a good row. */
  readonly showKey: (row: Record<string, unknown>) => Record<string, unknown>
  /** The public key of a row of which nothing is known. */
  readonly showAnyKey: (row: Record<string, unknown>) => Record<string, unknown>
  /** Whether a row may hold a number that reads as zero and is none. */
  readonly mayBeTiny: (row: unknown) => boolean
  /** The number of a row's primary key, as `keyHash` says it. */
  readonly hashKey: (wire: WireRow) => number
}

type JudgeRow = (row: unknown, isClean: boolean) => JudgedRow

/** The judge of a resource, made once; where code may not be generated it reads the declaration row by row instead. */
export function createJudge(resource: Resource, options: WireOptions, chunking: Chunking): Judge {
  const generated = generate(resource, options)
  const { certainlyGood, suspectColumns } = generated
  const names = keyNames(resource, options.keyCase)
  const judgeRow: JudgeRow = (row, isClean) => {
    if (isObject(row)) {
      const wire = certainlyGood(row, isClean)
      const extra = row[EXTRA_FIELD] ?? undefined
      if (wire !== undefined && extra === undefined) return wire
      if (wire !== undefined && checkExtra(extra, resource).length === 0) return addExtra(wire, extra, options.keyCase)
    }
    return judgeSlowly(row, resource, options, isObject(row) ? suspectColumns?.(row, isClean) : undefined)
  }
  return {
    '~standard': {
      version: 1,
      vendor: 'rowgate',
      validate: (rows) => judgeRows(wrapRows(rows), createCollector(judgeRow, generated, names, chunking), chunking),
    },
  }
}

type Verdict = StandardSchemaV1.Result<JudgedRows>

/** All-or-nothing is only how many rows there are. */
function judgeRows({ lists }: RawRows, collector: Collector, { maxRowsPerMutation }: Chunking): Verdict | Promise<Verdict> {
  let count = 0
  const finished = eachInSlice(lists, (list) => {
    const { isClean } = list
    const rows = collector.exact(list)
    count += rows.length
    if (count <= maxRowsPerMutation) for (const row of rows) collector.judge(row, isClean)
  })
  const verdict = (): Verdict => {
    const value = collector.close()
    if (count <= maxRowsPerMutation) return { value }
    for (const { rows } of value.chunks) rows.release()
    return { issues: [tooMany(maxRowsPerMutation, count)] }
  }
  return finished === undefined ? verdict() : finished.then(verdict)
}

/** The numbers that a judge gives beside its words where there are too many rows. */
export type TooManyRows = Readonly<{ code: 'TOO_MANY_ROWS'; limit: number; actual: number }>

function tooMany(limit: number, actual: number): { message: string; params: TooManyRows } {
  return { message: `at most ${limit} rows are taken at once; split the request`, params: { code: 'TOO_MANY_ROWS', limit, actual } }
}

/** Judges the rows of one mutation one after the other and writes down what came of them; nothing else of a row is kept. */
interface Collector {
  /** The rows of a list with every number as it was written. */
  exact(list: RowList): readonly unknown[]
  judge(row: unknown, isClean: boolean): void
  close(): JudgedRows
}

function createCollector(judgeRow: JudgeRow, generated: Generated, names: readonly string[], chunking: Chunking): Collector {
  const { showKey, showAnyKey, hashKey, mayBeTiny } = generated
  const faults: (readonly RowIssue[] | undefined)[] = []
  const publicKeys: Record<string, unknown>[] = []
  const extras = new Map<number, unknown>()
  const chunker = createChunker(chunking.maxBatchRows)
  return {
    exact: ({ rows, readAgain }) => (readAgain !== undefined && rows.some(mayBeTiny) ? readAgain() : undefined) ?? rows,
    judge(sent, isClean) {
      const index = faults.length
      const row = isObject(sent) ? sent : {}
      const extra = ownValue(row, EXTRA_FIELD) ?? undefined
      if (extra !== undefined) extras.set(index, extra)
      const judged = judgeRow(sent, isClean)
      const isBad = isRefused(judged)
      faults.push(isBad ? judged : undefined)
      publicKeys.push(isBad ? showAnyKey(row) : showKey(row))
      if (!isBad) chunker.add(judged, index, hashKey(judged))
    },
    close: () => ({ count: faults.length, faults, publicKeys, extras, chunks: chunker.done(), keyText: (wire) => keyText(wire, names) }),
  }
}

function judgeSlowly(row: unknown, resource: Resource, options: WireOptions, suspectColumns: SuspectColumns | undefined): JudgedRow {
  const issues = diagnose(row, resource, options.timestampFormat, suspectColumns)
  return issues.length === 0 && isRow(row) ? toWire(row, resource, options) : issues
}

function generate(resource: Resource, options: WireOptions): Generated {
  const read = { isBlank, isCleanText, isJsonText, isDate, isGoodExact }
  const tools = { ...read, columns: resource.columns, timestampReader: () => timestampReader(options) }
  const names = keyNames(resource, options.keyCase)
  try {
    return {
      certainlyGood: new Function(...Object.keys(tools), judgeSource(resource, options))(...Object.values(tools)),
      suspectColumns: new Function(...Object.keys(tools), suspectColumnsSource(resource))(...Object.values(tools)),
      showKey: new Function('shown', showKeySource(resource))(shortened),
      showAnyKey: new Function('shown', showKeySource(resource))(showable),
      mayBeTiny: new Function('isTiny', tinySource(resource))(isTiny),
      hashKey: new Function('mixKey', 'KEY_SEED', keyHashSource(names))(mixKey, KEY_SEED),
    }
  } catch (error) {
    // A runtime that forbids code from strings (--disallow-code-generation-from-strings) throws EvalError.
    if (error instanceof EvalError)
      return {
        certainlyGood: () => undefined,
        showKey: (row) => keyOf(row, resource),
        showAnyKey: (row) => keyOf(row, resource),
        mayBeTiny: () => true,
        hashKey: (wire) => keyHash(wire, names),
      }
    throw error
  }
}

/** Reads timestamps for one column and remembers the last: rows of a batch mostly share theirs. */
function timestampReader({ timestampFormat }: WireOptions): (text: string) => string | undefined {
  let lastText = ''
  let lastWire: string | undefined
  return (text) => {
    if (isWireTimestamp(text, timestampFormat)) return text
    if (text !== lastText) {
      const timestamp = wireTimestamp(text, timestampFormat)
      lastText = text
      lastWire = typeof timestamp === 'string' ? timestamp : undefined
    }
    return lastWire
  }
}
