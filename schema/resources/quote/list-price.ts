import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'LIST_PRICE',
  module: 'quote',
  title: 'List price',
  description: 'Standard price of a product per region and price list, before discount.',
  complete: false,
  primaryKey: ['product_id', 'region_id', 'price_list_id', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product priced.' },
    region_id: { type: 'string', presence: 'required', inferred: true, description: 'Region the price holds in.' },
    price_list_id: { type: 'string', presence: 'required', inferred: true, description: 'Price list the price belongs to.' },
    updated_at: { type: 'timestamp', presence: 'required', inferred: true, description: 'When this row last changed; part of the key, so each change is kept.' },
    list_price: { type: 'float', presence: 'nullable', inferred: true, description: 'Standard price of one unit.' },
  },
  references: { product_id: 'product.product_id', region_id: 'region.region_id' },
  example: {
    product_id: 'PROD-4410',
    region_id: 'REG-UK-N',
    price_list_id: 'PL-TRADE-2025',
    updated_at: '2025-01-01T00:00:00Z',
    list_price: 46.5,
  },
})
