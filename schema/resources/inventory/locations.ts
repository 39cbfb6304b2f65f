import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'LOCATIONS',
  module: 'inventory',
  title: 'Locations',
  description: 'Nodes of the supply network: stores, distribution centres and factories.',
  primaryKey: ['location_id', 'updated_at'],
  columns: {
    location_id: { type: 'string', presence: 'required', description: 'Key of the site.' },
    location_name: { type: 'string', presence: 'optional', description: 'Display name of the site.' },
    country: { type: 'string', presence: 'optional', description: 'Country the site is in.' },
    is_store: { type: 'boolean', presence: 'required', description: 'True when the site is a shop.' },
    is_dc: { type: 'boolean', presence: 'required', description: 'True when the site is a distribution centre.' },
    is_factory: { type: 'boolean', presence: 'required', description: 'True when the site manufactures goods.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row was last changed in the source; part of the key in this edition.' },
  },
  example: {
    location_id: 'LOC-001',
    location_name: 'Leeds Central DC',
    country: 'United Kingdom',
    is_store: false,
    is_dc: true,
    is_factory: false,
    updated_at: '2025-01-15 08:00:00',
  },
})
