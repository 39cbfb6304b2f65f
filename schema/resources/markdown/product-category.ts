import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCT_CATEGORY',
  module: 'markdown',
  title: 'Product category',
  description: 'Tree of product categories, each node naming its parent.',
  complete: false,
  primaryKey: ['product_category_id'],
  columns: {
    product_category_id: { type: 'string', presence: 'required', description: 'Key of the category node.' },
    name: { type: 'string', presence: 'nullable', description: 'Display name of the category.' },
    metadata: { type: 'string', presence: 'nullable', content: 'json', description: 'Free extra data about the category, held as JSON text.' },
    parent_product_category_id: { type: 'string', presence: 'nullable', inferred: true, description: 'Category one level up; empty at the top of the tree.' },
    created_at: { type: 'timestamp', presence: 'nullable', inferred: true, description: 'When this row was first created in the source.' },
    updated_at: { type: 'timestamp', presence: 'nullable', inferred: true, description: 'When this row last changed in the source.' },
  },
  references: { parent_product_category_id: 'product_category.product_category_id' },
  example: {
    product_category_id: 'CAT-SHIRTS',
    name: 'Shirts',
    metadata: '{"season":"all-year"}',
    parent_product_category_id: 'CAT-MENSWEAR',
    created_at: '2024-01-08T09:00:00Z',
    updated_at: '2024-11-02T09:30:00Z',
  },
})
