import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'CUSTOMER',
  module: 'quote',
  title: 'Customer',
  description: 'Business customers who receive quotes and buy.',
  complete: false,
  primaryKey: ['customer_id', 'updated_at'],
  columns: {
    customer_id: { type: 'string', presence: 'required', description: 'Key of the customer.' },
    updated_at: { type: 'timestamp', presence: 'required', description: 'When this row last changed; part of the key, so each change is kept.' },
    customer_name: { type: 'string', presence: 'required', description: 'Name of the customer.' },
    customer_category: { type: 'string', presence: 'nullable', description: 'Main grouping of the customer.' },
    customer_subcategory: { type: 'string', presence: 'nullable', description: 'Finer grouping of the customer.' },
    customer_price_list_id: { type: 'string', presence: 'nullable', description: 'Price list the customer buys from.' },
    source: { type: 'string', presence: 'nullable', allowed: ['peak', 'customer'], inferred: true, description: 'Which side supplied the record.' },
  },
  example: {
    customer_id: 'CUST-20417',
    updated_at: '2025-01-15T08:00:00Z',
    customer_name: 'Harrow Building Supplies Ltd',
    customer_category: 'Trade',
    customer_subcategory: 'Regional merchant',
    customer_price_list_id: 'PL-TRADE-2025',
    source: 'customer',
  },
})
