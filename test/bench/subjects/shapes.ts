/** A row as a client sends it. */
export type Row = Readonly<Record<string, unknown>>

/** One of the two tables that are measured, as somebody who writes a gateway by hand would describe it. */
export interface Shape {
  readonly name: string
  readonly mutation: string
  readonly object: string
  readonly solution: string
  readonly operation: 'UPSERT' | 'APPEND'
  /** The primary key of a row, by field. */
  readonly keyOf: (row: Row) => Row
  /** The GraphQL type of each field of the row input. */
  readonly fields: Readonly<Record<string, FieldType>>
  /** The row under the upstream's column names. */
  readonly toWire: (row: Row) => Row
}

/** The field types that occur in the two tables. */
export type FieldType = 'String' | 'String!' | 'Int' | 'Int!' | 'Float' | 'Float!'

/** Nine columns, upserted. */
export const products: Shape = {
  name: 'Products',
  mutation: 'upsertProducts',
  object: 'INV_PRODUCTS_OOTB',
  solution: 'INV_OOTB',
  operation: 'UPSERT',
  keyOf: ({ productId, updatedAt }) => ({ productId, updatedAt }),
  fields: {
    productId: 'String!',
    productName: 'String',
    productDescription: 'String',
    productCategory: 'String',
    sourceId: 'String!',
    packSize: 'Int!',
    minimumOrderQuantity: 'Int',
    productImageUrls: 'String',
    updatedAt: 'String!',
  },
  toWire: (row) => ({
    product_id: row.productId,
    product_name: row.productName,
    product_description: row.productDescription,
    product_category: row.productCategory,
    source_id: row.sourceId,
    pack_size: row.packSize,
    minimum_order_quantity: row.minimumOrderQuantity,
    product_image_urls: row.productImageUrls,
    updated_at: row.updatedAt,
  }),
}

/** Sixteen columns, appended. */
export const saleExtra: Shape = {
  name: 'SaleExtra',
  mutation: 'appendSaleExtra',
  object: 'QP_SALE_EXTRA_OOTB',
  solution: 'QP_OOTB',
  operation: 'APPEND',
  keyOf: ({ productId, locationId, productVariant, soldAt }) => ({ productId, locationId, productVariant, soldAt }),
  fields: {
    productId: 'String!',
    locationId: 'String!',
    productVariant: 'String!',
    soldAt: 'String!',
    createdAt: 'String',
    saleId: 'String',
    customerId: 'String',
    salesUnits: 'Int!',
    salesValue: 'Float!',
    returnUnits: 'Int!',
    returnValue: 'Float!',
    demandUnits: 'Float',
    demandValue: 'Float',
    returnedAt: 'String',
    shippedAt: 'String',
    updatedAt: 'String',
  },
  toWire: (row) => ({
    product_id: row.productId,
    location_id: row.locationId,
    product_variant: row.productVariant,
    sold_at: row.soldAt,
    created_at: row.createdAt ?? null,
    sale_id: row.saleId ?? null,
    customer_id: row.customerId ?? null,
    sales_units: row.salesUnits,
    sales_value: row.salesValue,
    return_units: row.returnUnits,
    return_value: row.returnValue,
    demand_units: row.demandUnits ?? null,
    demand_value: row.demandValue ?? null,
    returned_at: row.returnedAt ?? null,
    shipped_at: row.shippedAt ?? null,
    updated_at: row.updatedAt ?? null,
  }),
}

/** Both tables. */
export const SHAPES: readonly Shape[] = [products, saleExtra]
