import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'TRANSFERS',
  module: 'inventory',
  title: 'Transfers',
  description: "Stock moved between the company's own sites, planned and actual.",
  complete: false,
  primaryKey: ['product_id', 'location_id', 'order_number', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product moved.' },
    location_id: { type: 'string', presence: 'required', description: 'Site that receives the goods.' },
    order_number: { type: 'string', presence: 'required', description: 'Number of the transfer order.' },
    source_id: { type: 'string', presence: 'required', description: 'Site or supplier that sends the goods.' },
    ordered_at: { type: 'timestamp', presence: 'required', description: 'When the transfer was raised.' },
    ordered_units: { type: 'integer', presence: 'required', description: 'Units asked for.' },
    expected_departure_date: { type: 'timestamp', presence: 'required', description: 'When the goods should leave.' },
    updated_at: { type: 'timestamp', presence: 'required', inferred: true, description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-014',
    order_number: 'TRF-2025-0107',
    source_id: 'LOC-001',
    ordered_at: '2025-01-16 10:00:00',
    ordered_units: 48,
    expected_departure_date: '2025-01-17 06:00:00',
    updated_at: '2025-01-16 10:05:00',
  },
})
