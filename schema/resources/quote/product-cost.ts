import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCT_COST',
  module: 'quote',
  title: 'Product cost',
  description: 'Cost of a product per region.',
  complete: false,
  primaryKey: ['product_id', 'region_id', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', inferred: true, description: 'Product costed.' },
    region_id: { type: 'string', presence: 'required', inferred: true, description: 'Region the cost holds in.' },
    updated_at: { type: 'timestamp', presence: 'required', inferred: true, description: 'When this row last changed; part of the key, so each change is kept.' },
    product_cost: { type: 'float', presence: 'nullable', inferred: true, description: 'Cost of one unit.' },
  },
  references: { product_id: 'product.product_id', region_id: 'region.region_id' },
  example: {
    product_id: 'PROD-4410',
    region_id: 'REG-UK-N',
    updated_at: '2025-01-01T00:00:00Z',
    product_cost: 28.9,
  },
})
