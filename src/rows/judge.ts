import { EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import { isJsonObject } from '../util/exact-number.ts'
import { eachInSlice, inSlices } from '../util/time-slices.ts'
import { type Attributes, faultsWithAttributes, requiredOf, writeAttributes } from './attributes.ts'
import { type Chunk, Chunker } from './chunk.ts'
import { type CompiledChecks, compileChecks } from './compiled-checks.ts'
import { diagnose, isSameList, mayHaveFaults } from './diagnose.ts'
import { checkExtra } from './extra.ts'
import type { RowIssue } from './issue.ts'
import { CollectedKeys, type PublicKeys } from './public-keys.ts'
import { createRowReader, type GoodRows, type ReadGoodRows, type RowsText } from './row-reader/row-reader.ts'
import { addExtra, keyHash, keyNames, keyText, toWire, type WireOptions, type WireRow } from './wire-row.ts'

/** The rows of one mutation, judged by the declaration. */
export interface JudgedRows {
  /** How many were sent. */
  readonly count: number
  /** The issues of each rejected row, by index; undefined for good ones. Neighbours with the same issues mostly have the same list. */
  readonly faults: readonly (readonly RowIssue[] | undefined)[]
  /** The good rows in the order sent; empty until attributes are judged, where rows have some. */
  readonly chunks: readonly Chunk[]
  readonly publicKeys: PublicKeys
  /** The names of attributes in these rows, in lower case; undefined if no row has `extra`. */
  readonly attributeNames: ReadonlySet<string> | undefined
  /** Judges the attributes that rows have or lack; called once, where rows have some or those of the table are known. */
  judgeAttributes(attributes: Attributes | undefined): Promise<void> | undefined
  /** The primary key of a row as one text, for rows whose hashes are equal. */
  keyText(wire: WireRow): string
}

/** Judges the rows of one mutation, each list in its own time slice; throws what reading the lists throws. */
export type Judge = (lists: Iterable<readonly unknown[] | RowsText>) => JudgedRows | Promise<JudgedRows>

/** How the rows of a resource are judged. */
interface Judging extends CompiledChecks, WireOptions, Pick<JudgedRows, 'keyText'> {
  readonly resource: Resource
  readonly readGoodRows: ReadGoodRows | undefined
  readonly rowsPerChunk: number
  readonly keyFields: readonly string[]
  /** Those of the wire. */
  readonly keyNames: readonly string[]
}

/**
 * Creates the judge of a resource, which puts good rows into chunks of `rowsPerChunk`; `diagnose` and `toWire` are its plain twin, to which
 * `test/judge.test.ts` holds it.
 */
export function createJudge(resource: Resource, options: WireOptions, rowsPerChunk: number): Judge {
  const names = keyNames(resource, options.keyCase)
  const how: Judging = {
    ...options,
    ...compileChecks(resource, options),
    resource,
    readGoodRows: createRowReader(resource, options),
    rowsPerChunk,
    keyFields: resource.keyColumns.map(({ field }) => field),
    keyNames: names,
    keyText: (wire) => keyText(wire, names),
  }
  return (lists) => {
    const collector = new Collector(how)
    const giveBack = (error: unknown): never => {
      collector.discard()
      throw error
    }
    try {
      return eachInSlice(lists, (list) => collector.add(list))?.then(() => collector.finish(), giveBack) ?? collector.finish()
    } catch (error) {
      return giveBack(error)
    }
  }
}

/** A row that waits for attributes: its wire form, if it is good so far, and its `extra`. */
interface OpenRow {
  readonly wire?: WireRow | undefined
  readonly extra?: unknown
}

const LEFT: OpenRow = {}

/** Judges the rows of one mutation in order and keeps only the results. */
class Collector implements JudgedRows {
  count = 0
  chunks: readonly Chunk[] = []
  attributeNames: Set<string> | undefined
  readonly faults: (readonly RowIssue[] | undefined)[] = []
  readonly publicKeys: CollectedKeys
  readonly keyText: JudgedRows['keyText']
  readonly #how: Judging
  readonly #chunker: Chunker
  #lastIssues: readonly RowIssue[] = []
  #openRows: OpenRow[] = []

  constructor(how: Judging) {
    this.#how = how
    this.#chunker = new Chunker(how.rowsPerChunk)
    this.publicKeys = new CollectedKeys(how.keyFields)
    this.keyText = how.keyText
  }

  /** Judges the rows of a list; those of a text that are certainly good without parsing them. */
  add(list: readonly unknown[] | RowsText): void {
    for (const run of 'runs' in list ? list.runs((text, from) => this.#read(text, from)) : [list])
      if ('wire' in run) this.#addGood(run)
      else for (const row of run) this.#judge(row)
  }

  judgeAttributes(attributes: Attributes | undefined): Promise<void> | undefined {
    const [how, faults, open] = [this.#how, this.faults, this.#openRows]
    this.#openRows = []
    const firstOpen = faults.length - open.length
    const required = attributes === undefined ? [] : requiredOf(attributes)
    // Rows before the first open one have no attributes: if one is required, all of them are rejected.
    const from = required.length > 0 ? 0 : firstOpen
    if (from < firstOpen) this.#chunker.discard()
    const judging = inSlices(faults.length - from, (place) => {
      const index = from + place
      const { wire, extra = {} } = open[index - firstOpen] ?? LEFT
      if (attributes !== undefined) faults[index] = faultsWithAttributes(faults[index], extra, attributes, required, how)
      if (wire === undefined || faults[index] !== undefined) return
      if (attributes !== undefined) writeAttributes(wire, extra, attributes, how)
      this.#chunker.add(wire, index, keyHash(wire, how.keyNames))
    })
    return judging?.then(() => void this.finish()) ?? void this.finish()
  }

  /** Ends the judging, unless rows wait for attributes. */
  finish(): this {
    this.count = this.faults.length
    if (this.#openRows.length === 0) this.chunks = this.#chunker.done()
    return this
  }

  /** Returns the memory of all rows to the pool. */
  discard(): void {
    this.#chunker.discard()
  }

  /** None once rows wait for attributes, since those are needed as objects. */
  #read(text: Uint8Array, from: number): GoodRows | undefined {
    return this.#openRows.length > 0 ? undefined : this.#how.readGoodRows?.(text, from, this.#chunker.room())
  }

  #addGood(good: GoodRows): void {
    this.#chunker.addSerialised(good, this.faults.length)
    this.publicKeys.addSerialised(good)
    for (let left = good.count; left > 0; left--) this.faults.push(undefined)
  }

  #judge(sent: unknown): void {
    const row = isObject(sent) ? sent : {}
    const extra = row[EXTRA_FIELD] ?? undefined
    // Most often a column is filled wrongly in all rows.
    const judged = judgeRow(sent, this.#how, this.faults.at(-1) !== undefined)
    const issues = isIssues(judged) ? this.#shared(judged) : undefined
    const wire = isIssues(judged) ? undefined : judged
    const index = this.faults.push(issues) - 1
    this.publicKeys.add(this.#how.showKey(row))
    if (extra !== undefined || this.#openRows.length > 0) this.#leaveOpen(wire, extra)
    else if (wire !== undefined) this.#chunker.add(wire, index, keyHash(wire, this.#how.keyNames))
  }

  /** A refused row with the same issues as the one refused before it gets the same list. */
  #shared(issues: readonly RowIssue[]): readonly RowIssue[] {
    if (!isSameList(issues, this.#lastIssues)) this.#lastIssues = issues
    return this.#lastIssues
  }

  #leaveOpen(wire: WireRow | undefined, extra: unknown): void {
    this.#openRows.push({ wire, extra })
    this.attributeNames ??= new Set()
    if (isJsonObject(extra)) for (const name of Object.keys(extra)) this.attributeNames.add(name.toLowerCase())
  }
}

/** The wire form of a good row, or the issues of another; where a row is likely to be bad, that is looked for first. */
function judgeRow(row: unknown, how: Judging, isLikelyBad: boolean): WireRow | readonly RowIssue[] {
  const { resource, keyCase } = how
  const suspects = isLikelyBad && isObject(row) ? how.suspectColumns(row) : undefined
  if (isObject(row) && !(suspects && mayHaveFaults(suspects))) {
    const wire = how.certainlyGood(row)
    const extra = row[EXTRA_FIELD] ?? undefined
    if (wire !== undefined && extra === undefined) return wire
    if (wire !== undefined && checkExtra(extra, resource).length === 0) return addExtra(wire, extra, keyCase)
  }
  const issues = diagnose(row, resource, how.timestampFormat, suspects ?? (isObject(row) ? how.suspectColumns(row) : undefined))
  return issues.length === 0 && isJsonObject(row) ? toWire(row, resource, how) : issues
}

function isIssues(judged: WireRow | readonly RowIssue[]): judged is readonly RowIssue[] {
  return Array.isArray(judged)
}

/** Whether a value is an object; an `ExactNumber` is one, too, and as a row lacks every required field. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
