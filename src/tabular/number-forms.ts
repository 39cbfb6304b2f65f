import { cellTypeOf, type TableShape } from './column.ts'
import { attributeOf, type Target } from './header-names.ts'

/** The number forms in a column: the first line with each form, or 0. */
export interface NumberForms {
  /** With a decimal comma. */
  readonly comma: number
  /** With a point and three digits, such as `1.250`, which would mean a thousand times as much where commas are decimal. */
  readonly thousands: number
}

/** A decimal comma, unless it may be an English thousands separator. */
const COMMA = /^[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3})+,\d+)$/
const THOUSANDS = /^[+-]?\d{1,3}\.\d{3}$/
/** Longer cells are not examined. */
const MOST_CHARACTERS = 40

/** Examines the cells of a file, row by row. */
export function createNumberForms() {
  const columns: { comma: number; thousands: number }[] = []
  return {
    /** The forms found in each column so far. */
    columns: columns as readonly NumberForms[],
    /** Notes the forms in a row; true if a column has a form that is new to it. */
    see(cells: readonly unknown[], line: number): boolean {
      let isNew = false
      for (let at = 0; at < cells.length; at++) {
        const cell = cells[at]
        columns[at] ??= { comma: 0, thousands: 0 }
        const forms = columns[at]
        if (forms === undefined || typeof cell !== 'string' || cell.length > MOST_CHARACTERS) continue
        const form = formOf(cell)
        if (form === undefined || forms[form] > 0) continue
        forms[form] = line
        isNew = true
      }
      return isNew
    },
  }
}

function formOf(cell: string): keyof NumberForms | undefined {
  if (cell.includes(',')) return COMMA.test(cell.trim()) ? 'comma' : undefined
  return cell.includes('.') && THOUSANDS.test(cell.trim()) ? 'thousands' : undefined
}

/** The first lines of both forms in number columns, if both occur, so that neither can be read for certain; otherwise undefined. */
export function mixedForms(
  columns: readonly NumberForms[],
  targets: readonly (Target | undefined)[],
  { columns: declared, attributes = [] }: TableShape,
): NumberForms | undefined {
  const types = new Map([
    ...declared.map(({ field, type }) => [field, type] as const),
    ...attributes.map(({ name, dataType }) => [name, cellTypeOf(dataType)] as const),
  ])
  const ofNumbers = columns.filter((_, at) => {
    const target = targets[at]
    return typeof target === 'string' && /^(?:FLOAT|INTEGER)$/.test(types.get(attributeOf(target) ?? target) ?? '')
  })
  const first = (form: keyof NumberForms) => Math.min(...ofNumbers.map((forms) => forms[form] || Number.POSITIVE_INFINITY))
  const [comma, thousands] = [first('comma'), first('thousands')]
  return comma + thousands < Number.POSITIVE_INFINITY ? { comma, thousands } : undefined
}
