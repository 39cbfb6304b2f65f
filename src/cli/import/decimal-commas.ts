import { cellTypeOf, type TableShape } from '../../tabular/column.ts'
import { attributeOf, type Target } from '../../tabular/header-names.ts'
import { ImportFailure } from './failure.ts'
import type { SourceRecord } from './read/records.ts'

/** A decimal comma: not what may be a thousand in English. */
const COMMA = /^[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3})+,\d+)$/
/** What would be read as a number, and may be a thousand times as much where decimals stand behind commas. */
const THOUSANDS = /^[+-]?\d{1,3}\.\d{3}$/

/** Looks at the records of a CSV; throws where some numbers have decimal commas and others may have points between thousands. */
export function createCommaWatch({ columns, attributes = [] }: TableShape, targets: readonly Target[]): (record: SourceRecord) => void {
  const types = new Map([
    ...columns.map(({ field, type }) => [field, type] as const),
    ...attributes.map(({ name, dataType }) => [name, cellTypeOf(dataType)] as const),
  ])
  const places = targets.flatMap((target, at) => {
    const type = target === null ? undefined : types.get(attributeOf(target) ?? target)
    return type === 'FLOAT' || type === 'INTEGER' ? [at] : []
  })
  let [comma, thousands] = [0, 0]
  return ({ line, cells = [] }) => {
    for (const at of places) {
      const cell = cells[at]?.trim() ?? ''
      if (comma === 0 && COMMA.test(cell)) comma = line
      else if (thousands === 0 && THOUSANDS.test(cell)) thousands = line
    }
    if (comma > 0 && thousands > 0) throw mixed(comma, thousands)
  }
}

function mixed(comma: number, line: number): ImportFailure {
  const message = `Line ${comma} has a number with a decimal comma, so that a point and three digits, as here, may stand for thousands.`
  return new ImportFailure({ code: 'DECIMAL_COMMA', line, message }, 'Write a point before decimals, and nothing between thousands.')
}
