import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'MANUFACTURING_ORDERS',
  module: 'inventory',
  title: 'Manufacturing Orders',
  description: "Work orders for goods made at the company's factories, from plan to output.",
  complete: false,
  primaryKey: ['product_id', 'location_id', 'order_number', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product being made.' },
    location_id: { type: 'string', presence: 'required', description: 'Factory or production site.' },
    order_number: { type: 'string', presence: 'required', description: 'Number of the manufacturing order.' },
    source_id: { type: 'string', presence: 'required', description: 'Production line or internal source that raises the order.' },
    ordered_at: { type: 'timestamp', presence: 'required', description: 'When the order was raised.' },
    ordered_units: { type: 'integer', presence: 'required', description: 'Units planned.' },
    expected_start_date: { type: 'timestamp', presence: 'required', description: 'Planned start of production.' },
    updated_at: { type: 'timestamp', presence: 'required', inferred: true, description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'FAC-002',
    order_number: 'MO-2025-0310',
    source_id: 'LINE-A',
    ordered_at: '2025-01-12 07:00:00',
    ordered_units: 1200,
    expected_start_date: '2025-01-20 06:00:00',
    updated_at: '2025-01-12 07:05:00',
  },
})
