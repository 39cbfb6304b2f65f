import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PRODUCTS',
  module: 'inventory',
  title: 'Products',
  description: 'Item master: identity, category, packaging and main source of every managed SKU.',
  primaryKey: ['product_id', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Key of the item; nearly every other table points to it.' },
    product_name: { type: 'string', presence: 'optional', description: 'Display name.' },
    product_description: { type: 'string', presence: 'optional', description: 'Longer text about the item.' },
    product_category: { type: 'string', presence: 'optional', description: 'Category label.' },
    source_id: { type: 'string', presence: 'required', description: 'Main supplier or source of the item; expected to equal a supplier_id.' },
    pack_size: { type: 'integer', presence: 'required', min: 1, description: 'Sellable units in one pack.' },
    minimum_order_quantity: { type: 'integer', presence: 'optional', description: 'Smallest orderable number of units.' },
    product_image_urls: { type: 'string', presence: 'optional', description: 'One image URL, or several separated by commas.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  references: { source_id: 'suppliers.supplier_id' },
  example: {
    product_id: 'PROD-001',
    product_name: 'Blue Widget',
    product_description: 'A sturdy blue widget',
    product_category: 'Widgets',
    source_id: 'SUP-001',
    pack_size: 12,
    minimum_order_quantity: 24,
    product_image_urls: 'https://example.com/img/prod001.jpg',
    updated_at: '2025-01-15 08:00:00',
  },
})
