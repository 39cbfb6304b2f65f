import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCT',
  module: 'markdown',
  graphqlName: 'MarkdownProduct',
  title: 'Product',
  description: 'Catalogue of products that can be priced or marked down.',
  primaryKey: ['product_id'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Key of the product.' },
    name: { type: 'string', presence: 'required', description: 'Display name of the product.' },
    description: { type: 'string', presence: 'nullable', description: 'Longer text about the product.' },
    lowest_product_category_id: { type: 'string', presence: 'required', description: 'Deepest category node the product hangs under.' },
    created_at: { type: 'timestamp', presence: 'nullable', description: 'When this row was first created in the source.' },
    updated_at: { type: 'timestamp', presence: 'nullable', description: 'When this row last changed in the source.' },
  },
  references: { lowest_product_category_id: 'product_category.product_category_id' },
  example: {
    product_id: 'PROD-001',
    name: 'Oxford cotton shirt',
    description: 'Slim fit, button-down collar',
    lowest_product_category_id: 'CAT-SHIRTS',
    created_at: '2024-02-12T10:00:00Z',
    updated_at: '2025-01-15T07:20:00Z',
  },
})
