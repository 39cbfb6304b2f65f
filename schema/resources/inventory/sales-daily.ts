import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'SALES_DAILY',
  module: 'inventory',
  title: 'Sales (daily)',
  description: 'Newer form of Sales: units and value sold per product, location and day.',
  complete: false,
  primaryKey: ['product_id', 'location_id', 'day_date'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product sold.' },
    location_id: { type: 'string', presence: 'required', inferred: true, description: 'Site of the sale.' },
    day_date: { type: 'date', presence: 'required', inferred: true, description: 'Day of the sales.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-014',
    day_date: '2025-01-15',
  },
})
