import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'SUPPLIERS',
  module: 'inventory',
  title: 'Suppliers',
  description: 'External vendors and sources, with the smallest order they accept.',
  primaryKey: ['supplier_id', 'updated_at'],
  columns: {
    supplier_id: { type: 'string', presence: 'required', description: 'Key of the supplier; other tables carry it as source_id.' },
    supplier_name: { type: 'string', presence: 'required', description: 'Display name of the supplier.' },
    minimum_order_quantity: { type: 'integer', presence: 'optional', description: 'Smallest number of units the supplier accepts per order.' },
    moq_unit_of_measure: { type: 'string', presence: 'optional', description: 'Unit of the minimum quantity, such as units or cases.' },
    minimum_order_value: { type: 'integer', presence: 'optional', description: 'Smallest order value the supplier accepts.' },
    mov_unit_of_measure: { type: 'string', presence: 'optional', description: 'Currency or unit of the minimum value, such as GBP.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  example: {
    supplier_id: 'SUP-001',
    supplier_name: 'Northern Plastics Ltd',
    minimum_order_quantity: 100,
    moq_unit_of_measure: 'cases',
    minimum_order_value: 2500,
    mov_unit_of_measure: 'GBP',
    updated_at: '2025-01-15 08:00:00',
  },
})
