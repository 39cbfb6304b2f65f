import { defineResource } from '../../../src/resource/define-resource.ts'

export default defineResource({
  object: 'CURRENCY_CONVERSION',
  module: 'markdown',
  title: 'Currency conversion',
  description: 'Exchange rates between pairs of currencies over time.',
  primaryKey: ['from_currency', 'to_currency', 'created_at'],
  columns: {
    from_currency: { type: 'string', presence: 'required', description: 'Currency converted from.' },
    to_currency: { type: 'string', presence: 'required', description: 'Currency converted to.' },
    exchange_rate: { type: 'float', presence: 'required', description: 'Units of the target currency given for one unit of the source currency.' },
    updated_at: { type: 'timestamp', presence: 'nullable', description: 'When this row last changed in the source.' },
    created_at: { type: 'timestamp', presence: 'required', description: 'When the rate was recorded; part of the key.' },
  },
  example: {
    from_currency: 'GBP',
    to_currency: 'EUR',
    exchange_rate: 1.19,
    updated_at: '2025-01-28T06:00:00Z',
    created_at: '2025-01-28T06:00:00Z',
  },
})
