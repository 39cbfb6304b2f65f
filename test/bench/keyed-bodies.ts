import { goodRow, SELECTION } from './rows.ts'
import { products } from './subjects/shapes.ts'

const DIGITS = 12

/** An append of so many products, without a key. */
export function plainBody(n: number, count: number): Buffer {
  const query = `mutation Send($rows: [ProductsRowInput!]!) { appendProducts(rows: $rows) { ${SELECTION} } }`
  return Buffer.from(JSON.stringify({ query, variables: { rows: rowsOf(n, count) } }))
}

/** The same with a key: each time it is asked for, the next one. What it gave out before must have been sent by then. */
function keyedBody(n: number, count: number): (key: number) => Buffer {
  const query = `mutation Send($rows: [ProductsRowInput!]!, $key: String!) { appendProducts(rows: $rows, idempotencyKey: $key) { ${SELECTION} } }`
  const key = `${RUN}-${'0'.repeat(DIGITS)}`
  const body = Buffer.from(JSON.stringify({ query, variables: { key, rows: rowsOf(n, count) } }))
  const end = body.indexOf(key) + key.length
  return (nth) => {
    body.write(String(nth).padStart(DIGITS, '0'), end - DIGITS)
    return body
  }
}

/** Numbers from 0 on. */
export function counting(): () => number {
  let next = 0
  return () => next++
}

/** Bodies with a key, each time the next one; there must be more of them than are sent at once. */
export function keyedRing(size: number, rows: number, nextKey = counting()): () => Buffer {
  const ring = Array.from({ length: size }, (_, n) => keyedBody(n, rows))
  let turn = 0
  return () => (ring[turn++ % size] as (typeof ring)[number])(nextKey())
}

/** Keys of an earlier run may still be in a store that is kept. */
const RUN = `bench-${Date.now()}`

function rowsOf(n: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, at) => goodRow(products, n * count + at))
}
