import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'REGION',
  module: 'quote',
  title: 'Region',
  description: 'Price regions used by costs, list prices and quotes.',
  primaryKey: ['region_id', 'updated_at'],
  columns: {
    region_id: { type: 'string', presence: 'required', description: 'Key of the region.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row last changed; part of the key, so each change is kept.' },
    region_name: { type: 'string', presence: 'required', description: 'Name of the region.' },
  },
  example: {
    region_id: 'REG-UK-N',
    updated_at: '2025-01-02T00:00:00Z',
    region_name: 'UK North',
  },
})
