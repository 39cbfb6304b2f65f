import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'STOCK_DAILY',
  module: 'inventory',
  title: 'Stock (daily)',
  description: 'Newer form of Stock: opening and closing quantity of a product at a location per day.',
  complete: false,
  primaryKey: ['product_id', 'location_id', 'day_date'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product counted.' },
    location_id: { type: 'string', presence: 'required', description: 'Site where it was counted.' },
    day_date: { type: 'date', presence: 'required', inferred: true, description: 'Day the quantities belong to.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-001',
    day_date: '2025-01-15',
  },
})
