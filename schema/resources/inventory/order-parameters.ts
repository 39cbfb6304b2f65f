import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'ORDER_PARAMETERS',
  module: 'inventory',
  title: 'Order Parameters',
  description: 'Replenishment settings per product, location and source: review cycle, service target, lead time, floor stock.',
  primaryKey: ['product_id', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product the settings are for.' },
    location_id: { type: 'string', presence: 'required', description: 'Site the settings are for.' },
    source_id: { type: 'string', presence: 'required', description: 'Supplier or other source that replenishes the site.' },
    review_period_days: { type: 'integer', presence: 'required', description: 'Days from one stock review to the next.' },
    service_level: { type: 'float', presence: 'required', min: 0, max: 1, description: 'Target service level written as a fraction, 0.95 meaning 95 per cent.' },
    lead_time_days: { type: 'integer', presence: 'required', description: 'Days from order to receipt.' },
    minimum_guardrail: { type: 'integer', presence: 'optional', description: 'Stock quantity never to go below.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-001',
    source_id: 'SUP-001',
    review_period_days: 7,
    service_level: 0.95,
    lead_time_days: 14,
    minimum_guardrail: 50,
    updated_at: '2025-01-15 08:00:00',
  },
})
