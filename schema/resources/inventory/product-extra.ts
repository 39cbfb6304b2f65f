import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCT_EXTRA',
  module: 'inventory',
  graphqlName: 'InventoryProductExtra',
  title: 'Product Extra',
  description: 'Extra product attributes kept as name and value pairs.',
  primaryKey: ['product_id', 'product_extra_id', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product the extra attribute belongs to.' },
    product_extra_id: { type: 'string', presence: 'required', description: 'Key of this extra attribute row.' },
    product_extra_attribute: { type: 'string', presence: 'required', description: 'Attribute name, such as colour.' },
    product_extra_value: { type: 'string', presence: 'optional', description: 'Attribute value, always as text.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row was last changed in the source; part of the key in this edition.' },
    created_at: { type: 'timestamp', presence: 'required', description: 'When the row was first created.' },
  },
  references: { product_id: 'products.product_id' },
  example: {
    product_id: 'PROD-001',
    product_extra_id: 'PX-0001',
    product_extra_attribute: 'shelf_life_days',
    product_extra_value: '365',
    updated_at: '2025-01-15 08:00:00',
    created_at: '2025-01-10 08:00:00',
  },
})
