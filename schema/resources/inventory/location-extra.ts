import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'LOCATION_EXTRA',
  module: 'inventory',
  title: 'Location Extra',
  description: 'Extra location attributes kept as name and value pairs.',
  primaryKey: ['location_id', 'location_extra_id', 'updated_at'],
  columns: {
    location_id: { type: 'string', presence: 'required', description: 'Site the extra attribute belongs to.' },
    location_extra_id: { type: 'string', presence: 'required', description: 'Key of this extra attribute row.' },
    location_extra_attribute: { type: 'string', presence: 'required', description: 'Attribute name, such as region.' },
    location_extra_value: { type: 'string', presence: 'optional', description: 'Attribute value, always as text.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row was last changed in the source; part of the key in this edition.' },
    created_at: { type: 'timestamp', presence: 'required', description: 'When the row was first created.' },
  },
  references: { location_id: 'locations.location_id' },
  example: {
    location_id: 'LOC-001',
    location_extra_id: 'LX-0001',
    location_extra_attribute: 'dock_doors',
    location_extra_value: '12',
    updated_at: '2025-01-15 08:00:00',
    created_at: '2025-01-10 08:00:00',
  },
})
