import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'FORECAST',
  module: 'inventory',
  title: 'Forecast',
  description: 'Predicted demand per product and location, with the date the forecast was made and its horizon.',
  complete: false,
  primaryKey: ['product_id', 'location_id', 'cutoff_date'],
  columns: {
    product_id: { type: 'string', presence: 'required', inferred: true, description: 'Product forecast.' },
    location_id: { type: 'string', presence: 'required', inferred: true, description: 'Site forecast.' },
    cutoff_date: { type: 'date', presence: 'required', inferred: true, description: 'Day the forecast was made.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-014',
    cutoff_date: '2025-01-15',
  },
})
