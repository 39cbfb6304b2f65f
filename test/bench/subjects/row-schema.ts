import { z } from 'zod'
import { products, type Shape, saleExtra } from './shapes.ts'

const text = z.string()
const key = z.string().min(1)
const moment = z.string().regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?$/)
const whole = z.number().int()
const number = z.number()

const productsRow = z.object({
  productId: key,
  productName: text.nullish(),
  productDescription: text.nullish(),
  productCategory: text.nullish(),
  sourceId: text,
  packSize: whole.min(1),
  minimumOrderQuantity: whole.nullish(),
  productImageUrls: text.nullish(),
  updatedAt: moment,
})

const saleExtraRow = z.object({
  productId: key,
  locationId: key,
  productVariant: key,
  soldAt: moment,
  createdAt: moment.nullish(),
  saleId: text.nullish(),
  customerId: text.nullish(),
  salesUnits: whole,
  salesValue: number,
  returnUnits: whole,
  returnValue: number,
  demandUnits: number.nullish(),
  demandValue: number.nullish(),
  returnedAt: moment.nullish(),
  shippedAt: moment.nullish(),
  updatedAt: moment.nullish(),
})

/** The zod schema of a table's rows. */
export function rowSchema(shape: Shape) {
  return ROW_SCHEMAS.get(shape) ?? productsRow
}

const ROW_SCHEMAS = new Map<Shape, typeof productsRow | typeof saleExtraRow>([
  [products, productsRow],
  [saleExtra, saleExtraRow],
])
