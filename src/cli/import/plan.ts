import { createHash } from 'node:crypto'
import type { Client } from '../../client/index.ts'
import type { TableShape } from '../../tabular/column.ts'
import { FileFault } from '../../tabular/file-faults.ts'
import { attributeOf, type HeaderNames, type Target } from '../../tabular/header-names.ts'
import { createNumberForms, mixedForms } from '../../tabular/number-forms.ts'
import { addNames } from '../../tabular/read/open-records.ts'
import type { SourceRecord } from '../../tabular/read/records.ts'
import { type Resource, readAttributes } from './catalogue.ts'
import { adviceFor, createNaming, planHeader, unknownNames } from './columns.ts'
import { ImportFailure } from './failure.ts'
import type { Options } from './options.ts'
import { type OpenSource, openSource, type ReadSettings, type Source } from './read/source.ts'
import { createCsvWriter, createJsonWriter, type RecordWriter } from './rejected-file.ts'
import type { Position } from './report/progress.ts'
import { createCellRows, createObjectRows, type RowMaker } from './rows.ts'

/** A source, and everything that can be known about it before a row is sent. */
export interface Plan {
  readonly source: Source
  readonly resource: Resource
  readonly makeRow: RowMaker
  /** The number of cells in a row of CSV. */
  readonly width: number
  /** The headers of a CSV; undefined for other formats. */
  readonly headers: readonly string[] | undefined
  readonly writer: RecordWriter
  /** The extension of the files that its rows are written to. */
  readonly extension: string
  /** Its rows, from the first on. */
  open(): Promise<OpenSource>
  /** The result of reading all of it; undefined where it can be read only once. */
  readonly checked: Checked | undefined
}

/** The result of reading a whole source. */
interface Checked {
  readonly rows: number
  readonly sha256: string
}

/** What planning needs besides the source. */
interface PlanParts {
  readonly client: Client
  readonly options: Options
  readonly resources: readonly Resource[]
  readonly signal: AbortSignal
  /** Called with the progress of checking. */
  onChecked(position: Position): void
}

/** Detects the format of a source, matches its names with the resource, and reads a file once completely; throws with everything that is wrong. */
export async function planSource(source: Source, resource: Resource, parts: PlanParts): Promise<Plan> {
  const { options } = parts
  const plain = createNaming(resource, options.map)
  const { encoding } = options
  const opened = await openSource(source, {
    encoding,
    delimiter: options.delimiter,
    signal: parts.signal,
    isKnown: (name) => plain.targetOf(name) !== undefined,
  })
  const shape = await shapeFor([...opened.names.keys()], plain, resource, parts)
  const naming = createNaming(shape, options.map)
  const { makeRow, look } = rowMaker(opened, naming, shape, resource, parts)
  const settings: ReadSettings = { encoding, delimiter: opened.delimiter, signal: parts.signal }
  // A source that can be read only once continues from here.
  const unread = source.path === undefined ? opened : undefined
  const checked = unread === undefined ? await checkAll(opened, naming, look ?? makeRow, parts) : undefined
  const { header, delimiter, format } = opened
  return {
    source,
    resource,
    makeRow: checked === undefined && look !== undefined ? lookedAt(makeRow, look) : makeRow,
    width: header?.cells?.length ?? 0,
    headers: header?.cells?.map((name) => name.trim()),
    writer: header?.cells === undefined ? createJsonWriter() : createCsvWriter(header.cells, delimiter),
    extension: format === 'csv' ? extensionOf(source.name) : 'ndjson',
    open: async () => unread ?? (await openSource(source, settings)),
    checked,
  }
}

function extensionOf(name: string): string {
  return /\.(csv|tsv|txt)(?:\.gz)?$/i.exec(name)?.[1] ?? 'csv'
}

/** The columns of the table; custom attributes are asked for only where a name may be one. */
async function shapeFor(names: readonly string[], plain: HeaderNames, resource: Resource, parts: PlanParts): Promise<TableShape> {
  const { client, options, signal } = parts
  const targets = [...names, ...options.map.values()].map((name) => (name === '' ? null : plain.targetOf(name)))
  if (targets.every((target) => target !== undefined && attributeOf(target) === undefined)) return resource
  const attributes = await readAttributes(client, resource, options.solution, signal)
  return { columns: resource.columns, attributes }
}

/** A source that can be read only once is checked while it is loaded. */
function lookedAt(makeRow: RowMaker, look: (record: SourceRecord) => void): RowMaker {
  return (record) => {
    look(record)
    return makeRow(record)
  }
}

/** What makes rows of records and, of CSV, what throws where no row is to be made of a record, or of any. */
function rowMaker(opened: OpenSource, naming: HeaderNames, shape: TableShape, resource: Resource, { resources }: PlanParts) {
  const { header, names } = opened
  if (header?.cells !== undefined) {
    const targets = planHeader(header.cells, header.line, naming, resource, resources)
    return { makeRow: createCellRows(shape, targets), look: numberCheck(shape, targets) }
  }
  expectKnown(names, naming)
  return { makeRow: createObjectRows(naming) }
}

/** A check that throws as soon as some numbers have decimal commas and others may have points as thousands separators. */
function numberCheck(shape: TableShape, targets: readonly Target[]): (record: SourceRecord) => void {
  const forms = createNumberForms()
  return ({ cells = [], line }) => {
    if (!forms.see(cells, line)) return
    const mixed = mixedForms(forms.columns, targets, shape)
    if (mixed === undefined) return
    throw new FileFault(
      'DECIMAL_COMMA',
      `Line ${mixed.comma} has a number with a decimal comma, so a point and three digits, as here, may mean thousands.`,
      mixed.thousands,
    )
  }
}

function expectKnown(names: ReadonlyMap<string, number>, naming: HeaderNames): void {
  const problems = unknownNames(names, naming)
  if (problems.length > 0) throw new ImportFailure(problems, adviceFor([...names.keys()], naming))
}

/** Reads all of a file before a row of it is sent, so that a fault is found now and not after the first million rows. */
async function checkAll(
  opened: OpenSource,
  naming: HeaderNames,
  check: (record: SourceRecord) => unknown,
  { onChecked }: PlanParts,
): Promise<Checked> {
  const names = new Map<string, number>()
  let rows = 0
  for await (const batch of opened.records) {
    rows += batch.length
    onChecked({ done: rows, total: undefined, rejected: 0, waitingMs: undefined })
    for (const record of batch) {
      check(record)
      if (opened.format !== 'csv') addNames(names, record)
    }
  }
  if (rows === 0) throw new FileFault('NO_ROWS', 'There is a header but no row after it.', opened.header?.line ?? 1)
  expectKnown(names, naming)
  return { rows, sha256: opened.sha256() }
}

/** The key of a load: the same content, to the same table, in the same way. */
export function keyOf(sha256: string, { name }: Resource, { operation, solution, again }: Options): string {
  const parts = JSON.stringify([sha256, name, operation, solution ?? null, again ?? null])
  return `import-${createHash('sha256').update(parts).digest('hex').slice(0, 40)}`
}
