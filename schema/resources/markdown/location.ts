import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'LOCATION',
  module: 'markdown',
  title: 'Location',
  description: 'Shops, warehouses and other places where products are held or sold.',
  primaryKey: ['location_id'],
  columns: {
    location_id: { type: 'string', presence: 'required', description: 'Key of the location.' },
    country: { type: 'string', presence: 'required', description: 'Country the location is in.' },
    currency: { type: 'string', presence: 'nullable', description: 'ISO currency code used at the location.' },
    name: { type: 'string', presence: 'nullable', description: 'Display name of the location.' },
    region: { type: 'string', presence: 'nullable', description: 'Region the location belongs to.' },
    created_at: { type: 'timestamp', presence: 'nullable', description: 'When this row was first created in the source.' },
    updated_at: { type: 'timestamp', presence: 'nullable', description: 'When this row last changed in the source.' },
  },
  example: {
    location_id: 'LOC-UK-001',
    country: 'United Kingdom',
    currency: 'GBP',
    name: 'Leeds Briggate',
    region: 'Yorkshire',
    created_at: '2024-03-04T08:15:00Z',
    updated_at: '2025-01-20T06:40:00Z',
  },
})
