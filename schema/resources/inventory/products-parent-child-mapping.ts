import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCTS_PARENT_CHILD_MAPPING',
  module: 'inventory',
  title: 'Products Parent Child Mapping',
  description: 'Links a child product to its parent, with a label and a rank.',
  primaryKey: ['child_id', 'updated_at'],
  columns: {
    parent_id: { type: 'string', presence: 'required', description: 'Parent product.' },
    child_id: { type: 'string', presence: 'required', description: 'Child product.' },
    child_label: { type: 'string', presence: 'required', description: 'What kind of child it is, such as a variant or a component.' },
    child_rank: { type: 'integer', presence: 'required', description: 'Order of the children under one parent.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  references: { parent_id: 'products.product_id', child_id: 'products.product_id' },
  example: {
    parent_id: 'PROD-001',
    child_id: 'PROD-001-BL',
    child_label: 'variant',
    child_rank: 1,
    updated_at: '2025-01-15 08:00:00',
  },
})
