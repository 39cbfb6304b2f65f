import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCT_PRICING_DAILY',
  module: 'markdown',
  title: 'Product pricing daily',
  description: 'Daily snapshot of selling price, list price and cost per product and location.',
  complete: false,
  primaryKey: ['location_id', 'pricing_at', 'product_id'],
  columns: {
    location_id: { type: 'string', presence: 'required', inferred: true, description: 'Location the prices apply to.' },
    pricing_at: { type: 'timestamp', presence: 'required', inferred: true, description: 'Moment the price snapshot stands for.' },
    product_id: { type: 'string', presence: 'required', inferred: true, description: 'Product being priced.' },
    selling_price: { type: 'float', presence: 'nullable', inferred: true, description: 'Price actually charged.' },
    unit_cost_price: { type: 'float', presence: 'nullable', inferred: true, description: 'Cost of one unit.' },
    unit_list_price: { type: 'float', presence: 'nullable', inferred: true, description: 'List price of one unit.' },
    quote_stage: { type: 'string', presence: 'nullable', inferred: true, description: 'Stage or status of the price in its life cycle.' },
    created_at: { type: 'timestamp', presence: 'nullable', inferred: true, description: 'When this row was first created in the source.' },
    updated_at: { type: 'timestamp', presence: 'nullable', inferred: true, description: 'When this row last changed in the source.' },
  },
  references: { location_id: 'location.location_id', product_id: 'product.product_id' },
  example: {
    location_id: 'LOC-UK-001',
    pricing_at: '2025-01-28T00:00:00Z',
    product_id: 'PROD-001',
    selling_price: 34.99,
    unit_cost_price: 12.4,
    unit_list_price: 49.99,
    quote_stage: 'active',
    created_at: '2025-01-28T00:05:00Z',
    updated_at: '2025-01-28T00:05:00Z',
  },
})
