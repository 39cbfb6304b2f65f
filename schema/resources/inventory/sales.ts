import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'SALES',
  module: 'inventory',
  title: 'Sales',
  description: 'Units and value sold per product, location and day.',
  primaryKey: ['product_id', 'location_id', 'day_date'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product sold.' },
    location_id: { type: 'string', presence: 'required', description: 'Site of the sale.' },
    day_date: { type: 'date', presence: 'required', description: 'Day of the sales.' },
    sales_units: { type: 'integer', presence: 'required', description: 'Units sold that day.' },
    sales_value: { type: 'float', presence: 'required', description: 'Money value of those units.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-014',
    day_date: '2025-01-15',
    sales_units: 18,
    sales_value: 449.82,
  },
})
