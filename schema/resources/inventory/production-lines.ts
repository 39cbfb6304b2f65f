import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCTION_LINES',
  module: 'inventory',
  title: 'Production Lines',
  description: 'Factory lines set up to make a product, with capacity and batch size.',
  complete: false,
  primaryKey: ['product_id', 'location_id', 'production_line_id', 'created_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product the line makes.' },
    location_id: { type: 'string', presence: 'required', description: 'Factory where the line stands.' },
    production_line_id: { type: 'string', presence: 'required', description: 'Key of the line.' },
    created_at: { type: 'timestamp', presence: 'required', description: 'When the row was created; part of the key.' },
    line_capacity: { type: 'integer', presence: 'optional', description: 'Most units the line can make per unit of time.' },
    product_batch_size: { type: 'integer', presence: 'optional', description: "Size of one batch; the page's own explanation was cut off." },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'FAC-002',
    production_line_id: 'LINE-A',
    created_at: '2025-01-05 08:00:00',
    line_capacity: 500,
    product_batch_size: 100,
  },
})
