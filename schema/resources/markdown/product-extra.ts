import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCT_EXTRA',
  module: 'markdown',
  graphqlName: 'MarkdownProductExtra',
  title: 'Product extra',
  description: 'Additional product attributes kept as one attribute and value pair per row.',
  primaryKey: ['product_extra_attribute', 'product_extra_value', 'product_id'],
  columns: {
    product_extra_attribute: { type: 'string', presence: 'required', description: 'Name of the extra attribute.' },
    product_extra_value: { type: 'string', presence: 'required', description: 'Value of the extra attribute.' },
    product_id: { type: 'string', presence: 'required', description: 'Product the attribute describes.' },
    created_at: { type: 'timestamp', presence: 'nullable', description: 'When this row was first created in the source.' },
    updated_at: { type: 'timestamp', presence: 'nullable', description: 'When this row last changed in the source.' },
  },
  references: { product_id: 'product.product_id' },
  example: {
    product_extra_attribute: 'material',
    product_extra_value: 'organic cotton',
    product_id: 'PROD-001',
    created_at: '2024-02-12T10:05:00Z',
    updated_at: '2024-02-12T10:05:00Z',
  },
})
