import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'STOCK',
  module: 'markdown',
  graphqlName: 'MarkdownStock',
  title: 'Stock',
  description: 'Units on hand per product, location and day.',
  primaryKey: ['location_id', 'product_id', 'stock_date_at'],
  columns: {
    location_id: { type: 'string', presence: 'required', description: 'Location holding the stock.' },
    product_id: { type: 'string', presence: 'required', description: 'Product in stock.' },
    stock_date_at: { type: 'date', presence: 'required', description: 'Day of the stock count.' },
    stock_units: { type: 'integer', presence: 'required', description: 'Units on hand.' },
    stock_id: { type: 'string', presence: 'nullable', description: 'Other identifier of the stock record.' },
    created_at: { type: 'timestamp', presence: 'nullable', description: 'When this row was first created in the source.' },
    updated_at: { type: 'timestamp', presence: 'nullable', description: 'When this row last changed in the source.' },
  },
  references: { location_id: 'location.location_id', product_id: 'product.product_id' },
  example: {
    location_id: 'LOC-UK-001',
    product_id: 'PROD-001',
    stock_date_at: '2025-01-28',
    stock_units: 312,
    stock_id: 'STK-2025-044',
    created_at: '2025-01-28T01:00:00Z',
    updated_at: '2025-01-28T01:00:00Z',
  },
})
