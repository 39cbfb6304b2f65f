import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'MERCHANT',
  module: 'quote',
  title: 'Merchant',
  description: 'Sales people or selling parties who issue the quotes.',
  primaryKey: ['merchant_id', 'updated_at'],
  columns: {
    merchant_id: { type: 'string', presence: 'required', description: 'Key of the merchant.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row last changed; part of the key, so each change is kept.' },
    merchant_name: { type: 'string', presence: 'required', description: 'Name of the merchant.' },
    merchant_category: { type: 'string', presence: 'nullable', description: 'Main grouping of the merchant.' },
    merchant_subcategory: { type: 'string', presence: 'nullable', description: 'Finer grouping of the merchant.' },
  },
  example: {
    merchant_id: 'MER-031',
    updated_at: '2025-01-10T09:00:00Z',
    merchant_name: 'Northern branch desk',
    merchant_category: 'Branch',
    merchant_subcategory: 'Inside sales',
  },
})
