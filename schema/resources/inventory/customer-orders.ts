import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'CUSTOMER_ORDERS',
  module: 'inventory',
  title: 'Customer Orders',
  description: 'Customer demand by order line, from order to shipment.',
  complete: false,
  primaryKey: ['order_id', 'order_line_id', 'updated_at'],
  columns: {
    order_id: { type: 'string', presence: 'required', description: 'Key of the customer order.' },
    order_line_id: { type: 'string', presence: 'required', description: 'Key of the line inside the order.' },
    order_date: { type: 'timestamp', presence: 'required', description: 'When the customer ordered.' },
    requested_ship_date: { type: 'timestamp', presence: 'required', description: 'Ship time the customer asked for.' },
    expected_ship_date: { type: 'timestamp', presence: 'required', description: 'Ship time now expected.' },
    actual_ship_date: { type: 'timestamp', presence: 'optional', description: 'When the line really shipped.' },
    product_id: { type: 'string', presence: 'required', description: 'Product ordered.' },
    updated_at: { type: 'timestamp', presence: 'required', inferred: true, description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  references: { product_id: 'products.product_id' },
  example: {
    order_id: 'SO-10045',
    order_line_id: 'SO-10045-1',
    order_date: '2025-01-14 13:20:00',
    requested_ship_date: '2025-01-16 00:00:00',
    expected_ship_date: '2025-01-16 12:00:00',
    actual_ship_date: '2025-01-16 15:40:00',
    product_id: 'PROD-001',
    updated_at: '2025-01-16 15:45:00',
  },
})
