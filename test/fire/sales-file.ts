import { open } from 'node:fs/promises'

const HEADER = 'product_id,location_id,product_variant,sold_at,sales_units,sales_value,return_units,return_value\n'
const LINES_AT_ONCE = 10_000

/** Writes a CSV of so many sale extras, of which no two have the same `product_id`: the prefix and a number. */
export async function writeSales(path: string, rows: number, prefix = 'P'): Promise<void> {
  const file = await open(path, 'w')
  await file.write(HEADER)
  for (let from = 0; from < rows; from += LINES_AT_ONCE) {
    const count = Math.min(LINES_AT_ONCE, rows - from)
    await file.write(Array.from({ length: count }, (_, at) => saleLine(prefix, from + at)).join(''))
  }
  await file.close()
}

function saleLine(prefix: string, nth: number): string {
  const minute = String(nth % 60).padStart(2, '0')
  const value = ((nth % 90_000) / 100).toFixed(2)
  return `${prefix}${nth},LOC-UK-${String(nth % 500).padStart(3, '0')},size:L,2025-01-28T14:${minute}:00Z,${1 + (nth % 9)},${value},0,0\n`
}
