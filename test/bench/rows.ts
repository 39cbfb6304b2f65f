import { products, type Row, type Shape, saleExtra } from './subjects/shapes.ts'

const START_OF_2025 = Date.UTC(2025, 0, 1)
const YEAR_SECONDS = 31_536_000

/** The nth good row of a table; no two share a key, and timestamps differ from row to row. */
export function goodRow(shape: Shape, n: number): Row {
  return shape === saleExtra ? saleExtraRow(n) : productsRow(n)
}

/** The same row with wrong types in several columns. */
export function badRow(shape: Shape, n: number): Row {
  return shape === saleExtra
    ? { ...saleExtraRow(n), salesUnits: 'two', salesValue: '399.98', customerId: n, soldAt: 'yesterday' }
    : { ...productsRow(n), packSize: 'twelve', minimumOrderQuantity: '24', productName: n, updatedAt: 'yesterday' }
}

/** The mutation of a table with every count and every outcome selected. */
export function mutationFor(shape: Shape): string {
  return `mutation Send($rows: [${shape.name}RowInput!]!) { ${shape.mutation}(rows: $rows) { ${SELECTION} } }`
}

/** The mutation with some good rows of the products table written into it. */
export function inlineMutation(first: number, count: number): string {
  const rows = Array.from({ length: count }, (_, at) => literal(productsRow(first + at)))
  return `mutation { ${products.mutation}(rows: [${rows.join(', ')}]) { ${SELECTION} } }`
}

/** Every count and every outcome. */
export const SELECTION = [
  'acceptedCount rejectedCount unconfirmedCount',
  'rows { __typename ... on IngestedRow { index key }',
  '... on RejectedRow { by retryable issues { code field message } }',
  '... on UnconfirmedRow { reason safeToResend } }',
].join(' ')

function literal(row: Row): string {
  const fields = Object.entries(row).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return `{ ${fields.join(', ')} }`
}

function productsRow(n: number): Row {
  return {
    productId: `PROD-${n}`,
    productName: `Blue Widget ${n % 977}`,
    productDescription: 'A sturdy blue widget for everyday use',
    productCategory: `Widgets ${n % 31}`,
    sourceId: `SUP-${n % 53}`,
    packSize: (n % 24) + 1,
    minimumOrderQuantity: (n % 10) * 12,
    productImageUrls: `https://example.com/img/prod-${n}.jpg`,
    updatedAt: moment(n).slice(0, 19).replace('T', ' '),
  }
}

function saleExtraRow(n: number): Row {
  const units = (n % 7) + 1
  return {
    productId: `PROD-${n}`,
    locationId: `LOC-UK-${n % 211}`,
    productVariant: ['size:S', 'size:M', 'size:L', 'colour:blue'][n % 4],
    soldAt: moment(n),
    createdAt: moment(n + 60),
    saleId: `SALE-2025-${n}`,
    customerId: `CUST-${n % 5003}`,
    salesUnits: units,
    salesValue: units * 19.99,
    returnUnits: 0,
    returnValue: 0,
    demandUnits: units,
    demandValue: units * 19.99,
    returnedAt: null,
    shippedAt: moment(n + 7200),
    updatedAt: moment(n + 7200),
  }
}

function moment(n: number): string {
  return new Date(START_OF_2025 + ((n * 37) % YEAR_SECONDS) * 1000).toISOString().replace('.000', '')
}
