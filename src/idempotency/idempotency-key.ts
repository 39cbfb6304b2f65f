import { createHash, hash } from 'node:crypto'
import type { Operation } from '../ingest/outcome.ts'
import type { GoodRows, ReadRows, RowsText } from '../rows/row-reader/row-reader.ts'
import { exactNumber } from '../util/exact-number.ts'

const KEY = /^[\x20-\x7e]{1,255}$/
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/

/** What a key must be, for those who gave another. */
export const KEY_RULE = 'must be 1 to 255 printable ASCII characters'

/** Whether a text may be a key. */
export function isIdempotencyKey(text: string): boolean {
  return KEY.test(text)
}

/** The key in an `Idempotency-Key` header, quoted as a structured field or bare; undefined where it holds none that may be. */
export function parseIdempotencyKey(header: string): string | undefined {
  const value = header.trim()
  const key = value.startsWith('"') ? QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, '$1') : value
  return key !== undefined && isIdempotencyKey(key) ? key : undefined
}

/** What the record of a tenant's key is called at rest: SHA-256 of both, so that neither stands there in clear. */
export function recordId(tenantId: string, key: string): string {
  return hash('sha256', JSON.stringify([tenantId, key]))
}

/** SHA-256 over what a request is about and the digest of its rows as sent. */
export function fingerprint(
  { resource, operation, solution }: { readonly resource: string; readonly operation: Operation; readonly solution: string },
  rows: string,
): string {
  return hash('sha256', JSON.stringify([resource, operation, solution]) + rows)
}

/** A digest of rows that are read meanwhile; those that are not parsed are taken in as they stand, if parsed ones would be printed so. */
export function createRowsDigest() {
  const digest = createHash('sha256')
  let mayRead = true

  function add(items: string | Uint8Array): void {
    if (items.length > 0) digest.update(items).update(',')
  }

  function addParsed<Run extends readonly unknown[] | GoodRows>(run: Run): Run {
    if ('length' in run) add(textOf(run).slice(1, -1))
    return run
  }

  /** Reads rows as long as they may be taken in as they stand. */
  function adding(read: ReadRows): ReadRows {
    return (text, from) => {
      const good = mayRead ? read(text, from) : undefined
      mayRead = good?.isCompact ?? false
      if (good === undefined || !mayRead) return undefined
      add(text.subarray(from, good.end))
      return good
    }
  }

  return {
    /** The same lists, whose rows are taken in before they are handed on. */
    *read(lists: Iterable<readonly unknown[] | RowsText>): Iterable<readonly unknown[] | RowsText> {
      for (const list of lists)
        yield 'runs' in list ? { ...list, runs: (read) => Iterator.from(list.runs(adding(read))).map(addParsed) } : addParsed(list)
    },
    /** SHA-256 of all rows read: the same however they came and were cut into lists, another where a digit or their order differs. */
    text: (): string => digest.digest('hex'),
  }
}

/** Rows as JSON, which has one text for null and for what reads as infinite: here they differ. */
function textOf(rows: readonly unknown[]): string {
  const text = JSON.stringify(rows)
  if (!text.includes('null') || !holdsInfinite(rows)) return text
  return JSON.stringify(rows, (_, value) => (isInfinite(value) ? exactNumber(value < 0 ? '-1e999' : '1e999') : value))
}

function holdsInfinite(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isInfinite(value)
  for (const name in value) if (holdsInfinite((value as Record<string, unknown>)[name])) return true
  return false
}

function isInfinite(value: unknown): value is number {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY
}
