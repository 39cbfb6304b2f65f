import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCT',
  module: 'quote',
  graphqlName: 'QuoteProduct',
  title: 'Product',
  description: 'Products that can be quoted, standard or made to order.',
  complete: false,
  primaryKey: ['product_id', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Key of the product.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row last changed; part of the key, so each change is kept.' },
    product_name: { type: 'string', presence: 'required', description: 'Name of the product.' },
    bespoke_product: { type: 'boolean', presence: 'nullable', description: 'True when made to order for one customer.' },
    product_category: { type: 'string', presence: 'nullable', description: 'Main grouping of the product.' },
    product_subcategory: { type: 'string', presence: 'nullable', inferred: true, description: 'Finer grouping of the product.' },
  },
  example: {
    product_id: 'PROD-4410',
    updated_at: '2025-01-12T07:30:00Z',
    product_name: 'Steel lintel 1200 mm',
    bespoke_product: false,
    product_category: 'Structural steel',
    product_subcategory: 'Lintels',
  },
})
