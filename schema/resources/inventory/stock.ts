import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'STOCK',
  module: 'inventory',
  graphqlName: 'InventoryStock',
  title: 'Stock',
  description: 'On-hand quantity of a product at a location on one day.',
  primaryKey: ['product_id', 'location_id', 'day_date'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product counted.' },
    location_id: { type: 'string', presence: 'required', description: 'Site where it was counted.' },
    day_date: { type: 'date', presence: 'required', description: 'Day of the snapshot.' },
    available_stock: { type: 'integer', presence: 'required', description: 'Units on hand that day.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-001',
    day_date: '2025-01-15',
    available_stock: 340,
  },
})
