import { type GraphQLScalarType, parseValue } from 'graphql'
import { expect, test } from 'vitest'
import { bareSchema } from './support/bare-schema.ts'

const schema = bareSchema()
const scalar = (name: string) => schema.getType(name) as GraphQLScalarType
const isTaken = (read: () => unknown) => {
  try {
    read()
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringMatching(/^Expected /) })
    return false
  }
}

test.each<[string, unknown, boolean]>([
  ['SafeInt', Number.MAX_SAFE_INTEGER, true],
  ['SafeInt', Number.MIN_SAFE_INTEGER, true],
  ['SafeInt', 2 ** 53, false],
  ['SafeInt', -(2 ** 53), false],
  ['SafeInt', 1.5, false],
  ['SafeInt', '1', false],
  ['Date', '2024-02-29', true],
  ['Date', '2023-02-29', false],
  ['Date', 20_240_229, false],
  ['Timestamp', '2025-01-28T14:30:00Z', true],
  ['Timestamp', '2025-01-28 14:30:00', true],
  ['Timestamp', '2025-01-28T25:30:00Z', false],
  ['Timestamp', 1_738_074_600, false],
  ['JSONObject', {}, true],
  ['JSONObject', [], false],
  ['JSONObject', null, false],
  ['JSONObject', '{}', false],
])('%s takes %j as a variable and as a literal alike: %s', (name, value, isGood) => {
  const type = scalar(name)
  expect(isTaken(() => type.parseValue(value))).toBe(isGood)
  if (name !== 'JSONObject') expect(isTaken(() => type.parseLiteral(parseValue(JSON.stringify(value)), {}))).toBe(isGood)
})
