import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRICING',
  module: 'inventory',
  title: 'Pricing',
  description: 'Unit cost and list price of a product at a location, optionally for a limited period.',
  primaryKey: ['product_id', 'location_id', 'created_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product priced.' },
    location_id: { type: 'string', presence: 'required', description: 'Site the price holds for.' },
    unit_cost_price: { type: 'float', presence: 'required', min: 0, description: 'Cost of one unit at the site.' },
    unit_list_price: { type: 'float', presence: 'required', min: 0, description: 'Retail or transfer price of one unit at the site.' },
    valid_from: { type: 'timestamp', presence: 'optional', description: "Start of the price's validity." },
    valid_to: { type: 'timestamp', presence: 'optional', description: "End of the price's validity." },
    created_at: { type: 'timestamp', presence: 'required', description: 'When the price row was created; part of the key.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-001',
    unit_cost_price: 12.5,
    unit_list_price: 24.99,
    valid_from: '2025-01-01 00:00:00',
    valid_to: '2025-12-31 23:59:59',
    created_at: '2025-01-15 08:00:00',
  },
})
