import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'PROJECT',
  module: 'quote',
  title: 'Project',
  description: 'Jobs or projects that quotes are raised for.',
  primaryKey: ['project_id', 'updated_at'],
  columns: {
    project_id: { type: 'string', presence: 'required', description: 'Key of the project.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row last changed; part of the key, so each change is kept.' },
    project_name: { type: 'string', presence: 'required', description: 'Name of the project.' },
    project_category: { type: 'string', presence: 'nullable', description: 'Main grouping of the project.' },
    project_subcategory: { type: 'string', presence: 'nullable', description: 'Finer grouping of the project.' },
  },
  example: {
    project_id: 'PRJ-0192',
    updated_at: '2025-01-09T11:00:00Z',
    project_name: 'Canal Street flats',
    project_category: 'Residential',
    project_subcategory: 'Multi-storey',
  },
})
