import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'STOCK_EXTRA',
  module: 'markdown',
  title: 'Stock extra',
  description: 'Units on hand per product variant, location and day.',
  primaryKey: ['product_id', 'location_id', 'product_variant', 'stock_date_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product in stock.' },
    location_id: { type: 'string', presence: 'required', description: 'Location holding the stock.' },
    product_variant: { type: 'string', presence: 'required', description: 'Variant counted, such as colour:red.' },
    stock_date_at: { type: 'date', presence: 'required', description: 'Day of the stock count.' },
    created_at: { type: 'timestamp', presence: 'nullable', description: 'When this row was first created in the source.' },
    stock_id: { type: 'string', presence: 'nullable', description: 'Other identifier of the stock record.' },
    stock_units: { type: 'integer', presence: 'required', description: 'Units of the variant on hand.' },
    updated_at: { type: 'timestamp', presence: 'nullable', description: 'When this row last changed in the source.' },
  },
  references: { product_id: 'product.product_id', location_id: 'location.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-UK-001',
    product_variant: 'size:L',
    stock_date_at: '2025-01-28',
    created_at: '2025-01-28T00:00:00Z',
    stock_id: 'STK-2025-001',
    stock_units: 120,
    updated_at: '2025-01-28T10:00:00Z',
  },
})
