import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'COMPETITOR_PRICE',
  module: 'quote',
  title: 'Competitor price',
  description: 'Prices rivals ask for a product in a region.',
  primaryKey: ['product_id', 'region_id', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product compared.' },
    region_id: { type: 'string', presence: 'required', description: 'Region the price was seen in.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row last changed; part of the key, so each change is kept.' },
    competitor_price: { type: 'float', presence: 'nullable', description: 'Price asked by the competitor.' },
  },
  references: { product_id: 'product.product_id', region_id: 'region.region_id' },
  example: {
    product_id: 'PROD-4410',
    region_id: 'REG-UK-N',
    updated_at: '2025-01-20T06:00:00Z',
    competitor_price: 41.75,
  },
})
