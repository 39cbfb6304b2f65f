import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'TAX',
  module: 'markdown',
  title: 'Tax',
  description: 'Sales tax rate per product and location.',
  primaryKey: ['product_id', 'location_id', 'created_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product the rate applies to.' },
    location_id: { type: 'string', presence: 'required', description: 'Location the rate applies to.' },
    created_at: { type: 'timestamp', presence: 'required', description: 'When the rate record was created; part of the key.' },
    vat: { type: 'float', presence: 'nullable', description: 'Rate as a decimal fraction, 0.20 for twenty per cent.' },
    updated_at: { type: 'timestamp', presence: 'nullable', description: 'When this row last changed in the source.' },
  },
  references: { product_id: 'product.product_id', location_id: 'location.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-UK-001',
    created_at: '2024-04-01T00:00:00Z',
    vat: 0.2,
    updated_at: '2024-04-01T00:00:00Z',
  },
})
