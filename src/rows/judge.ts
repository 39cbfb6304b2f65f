import { EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import { isJsonObject } from '../util/exact-number.ts'
import { eachInSlice, inSlices } from '../util/time-slices.ts'
import { type Attributes, faultsWithAttributes, requiredOf, writeAttributes } from './attributes.ts'
import { type Chunk, Chunker } from './chunk.ts'
import { type CompiledChecks, compileChecks } from './compiled-checks.ts'
import { diagnose, isSameList, type SuspectColumns } from './diagnose.ts'
import { checkExtra } from './extra.ts'
import type { RowIssue } from './issue.ts'
import { CollectedKeys, type PublicKeys } from './public-keys.ts'
import { createRowReader, type GoodRows, type ReadGoodRows } from './row-reader/row-reader.ts'
import type { RowList, RowsText } from './rows-text.ts'
import { addExtra, keyNames, keyText, toWire, type WireOptions, type WireRow } from './wire-row.ts'

type JudgedRow = WireRow | readonly RowIssue[]

function isRefused(row: JudgedRow): row is readonly RowIssue[] {
  return Array.isArray(row)
}

/** The rows of one mutation after judging. */
export interface JudgedRows {
  /** How many were sent. */
  readonly count: number
  /** The issues of each rejected row, by index; undefined for good ones. Neighbours with the same issues mostly have the same list. */
  readonly faults: readonly (readonly RowIssue[] | undefined)[]
  /** The good rows in the order sent. */
  readonly chunks: readonly Chunk[]
  readonly publicKeys: PublicKeys
  /** The primary key of a row as one text, for rows whose hashes are equal. */
  keyText(wire: WireRow): string
}

/** Rows judged by the declaration; from the first row with custom attributes on, good rows wait until attributes are judged, too. */
export interface OpenRows {
  /** The names of attributes in these rows, in lower case; undefined if no row has `extra`. */
  readonly attributeNames: ReadonlySet<string> | undefined
  /** Judges the attributes that rows have or lack, if those of the table are known, and puts good rows into chunks; called once. */
  close(attributes?: Attributes): JudgedRows | Promise<JudgedRows>
}

/** Judges the rows of one mutation, each list in its own time slice; throws what reading the lists throws. */
export type Judge = (lists: Iterable<RowList | RowsText>) => OpenRows | Promise<OpenRows>

type JudgeRow = (row: unknown, isClean: boolean) => JudgedRow

/**
 * Creates the judge of a resource, which puts good rows into chunks of `rowsPerChunk`; `diagnose` and `toWire` are its plain twin, to which
 * `test/judge.test.ts` holds it.
 */
export function createJudge(resource: Resource, options: WireOptions, rowsPerChunk: number): Judge {
  const compiled = compileChecks(resource, options)
  const { certainlyGood, suspectColumns } = compiled
  const names = keyNames(resource, options.keyCase)
  const readGoodRows = createRowReader(resource, options)
  const keyFields = resource.keyColumns.map(({ field }) => field)
  const how: Collecting = { ...compiled, ...options, rowsPerChunk, keyFields, keyText: (wire) => keyText(wire, names) }
  const judgeRow: JudgeRow = (row, isClean) => {
    if (isObject(row)) {
      const wire = certainlyGood(row, isClean)
      const extra = row[EXTRA_FIELD] ?? undefined
      if (wire !== undefined && extra === undefined) return wire
      if (wire !== undefined && checkExtra(extra, resource).length === 0) return addExtra(wire, extra, options.keyCase)
    }
    return judgeSlowly(row, resource, options, isObject(row) ? suspectColumns(row, isClean) : undefined)
  }
  return (lists) => {
    const collector = createCollector(sharingIssues(judgeRow), how)
    const giveBack = (error: unknown): never => {
      collector.discard()
      throw error
    }
    try {
      return eachInSlice(lists, createListReader(collector, readGoodRows))?.then(collector.open, giveBack) ?? collector.open()
    } catch (error) {
      return giveBack(error)
    }
  }
}

/** For the rows of one mutation: a refused row with the same issues as the one refused before it gets the same list. */
function sharingIssues(judgeRow: JudgeRow): JudgeRow {
  let last: readonly RowIssue[] = []
  return (row, isClean) => {
    const judged = judgeRow(row, isClean)
    if (!isRefused(judged)) return judged
    if (!isSameList(judged, last)) last = judged
    return last
  }
}

type Collecting = Pick<CompiledChecks, 'showKey' | 'showAnyKey' | 'hashKey'> &
  WireOptions &
  Pick<JudgedRows, 'keyText'> & {
    readonly rowsPerChunk: number
    readonly keyFields: readonly string[]
  }

/** A row that waits for attributes: its wire form, if it is good so far, and its `extra`. */
interface OpenRow {
  readonly wire?: WireRow | undefined
  readonly extra?: unknown
}

const LEFT: OpenRow = {}

/** Judges the rows of one mutation in order and keeps only the results. */
function createCollector(judgeRow: JudgeRow, how: Collecting) {
  const { showKey, showAnyKey, hashKey, keyText } = how
  const faults: (readonly RowIssue[] | undefined)[] = []
  const publicKeys = new CollectedKeys(how.keyFields)
  const openRows: OpenRow[] = []
  const attributeNames = new Set<string>()
  const chunker = new Chunker(how.rowsPerChunk)

  function judge(sent: unknown, isClean: boolean): void {
    const row = isObject(sent) ? sent : {}
    const extra = row[EXTRA_FIELD] ?? undefined
    const judged = judgeRow(sent, isClean)
    const isBad = isRefused(judged)
    const index = faults.push(isBad ? judged : undefined) - 1
    publicKeys.add(isBad ? showAnyKey(row) : showKey(row))
    if (extra !== undefined || openRows.length > 0) leaveOpen(isBad ? undefined : judged, extra)
    else if (!isBad) chunker.add(judged, index, hashKey(judged))
  }

  function leaveOpen(wire: WireRow | undefined, extra: unknown): void {
    openRows.push({ wire, extra })
    if (isJsonObject(extra)) for (const name of Object.keys(extra)) attributeNames.add(name.toLowerCase())
  }

  function close(attributes?: Attributes): JudgedRows | Promise<JudgedRows> {
    const firstOpen = faults.length - openRows.length
    const required = attributes === undefined ? [] : requiredOf(attributes)
    // Rows before the first open one have no attributes: if one is required, all of them are rejected.
    const from = required.length > 0 ? 0 : firstOpen
    if (from < firstOpen) chunker.discard()
    const closed = inSlices(faults.length - from, (place) => {
      const index = from + place
      const { wire, extra = {} } = openRows[index - firstOpen] ?? LEFT
      if (attributes !== undefined) faults[index] = faultsWithAttributes(faults[index], extra, attributes, required, how)
      if (wire === undefined || faults[index] !== undefined) return
      if (attributes !== undefined) writeAttributes(wire, extra, attributes, how)
      chunker.add(wire, index, hashKey(wire))
    })
    const judged = () => ({ count: faults.length, faults, publicKeys, chunks: chunker.done(), keyText })
    return closed?.then(judged) ?? judged()
  }

  function addGood(good: GoodRows): void {
    chunker.addSerialised(good, faults.length)
    publicKeys.addSerialised(good)
    for (let left = good.count; left > 0; left--) faults.push(undefined)
  }

  return {
    judge,
    addGood,
    /** How many good rows may be added together: none once rows wait for attributes, since those are needed as objects. */
    room: () => (openRows.length > 0 ? 0 : chunker.room()),
    open: (): OpenRows => ({ attributeNames: openRows.length > 0 ? attributeNames : undefined, close }),
    discard: () => chunker.discard(),
  }
}

/** Gives every row of a list to a collector; those of a text that are certainly good without parsing them. */
function createListReader({ judge, addGood, room }: ReturnType<typeof createCollector>, readGoodRows: ReadGoodRows | undefined) {
  const judgeRows = ({ rows, isClean = false }: RowList) => {
    for (const row of rows) judge(row, isClean)
  }
  const read = (text: Uint8Array, from: number) => {
    const most = room()
    return most === 0 ? undefined : readGoodRows?.(text, from, most)
  }
  return (list: RowList | RowsText): void => {
    if ('rows' in list) judgeRows(list)
    else for (const run of list.runs(read)) 'rows' in run ? judgeRows(run) : addGood(run)
  }
}

/** Whether a value is an object; an `ExactNumber` is one, too, and as a row lacks every required field. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function judgeSlowly(row: unknown, resource: Resource, options: WireOptions, suspectColumns: SuspectColumns | undefined): JudgedRow {
  const issues = diagnose(row, resource, options.timestampFormat, suspectColumns)
  return issues.length === 0 && isJsonObject(row) ? toWire(row, resource, options) : issues
}
