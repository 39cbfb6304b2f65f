import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'SKU_CALENDAR',
  module: 'inventory',
  title: 'SKU Calendar',
  description: 'Active period of a product at a location, used to include or leave out SKUs when planning.',
  primaryKey: ['product_id', 'location_id', 'updated_at'],
  columns: {
    product_id: { type: 'string', presence: 'required', description: 'Product.' },
    location_id: { type: 'string', presence: 'required', description: 'Site.' },
    start_date: { type: 'date', presence: 'optional', description: 'First day the SKU is live at the site.' },
    end_date: { type: 'date', presence: 'optional', description: 'Day the SKU stops being live at the site.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  references: { product_id: 'products.product_id', location_id: 'locations.location_id' },
  example: {
    product_id: 'PROD-001',
    location_id: 'LOC-014',
    start_date: '2024-03-01',
    end_date: '2025-12-31',
    updated_at: '2025-01-15 08:00:00',
  },
})
