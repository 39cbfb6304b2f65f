import { Kind, type ValueNode } from 'graphql'
import { GatewayError } from '../errors.ts'
import { isDate, wireTimestamp } from '../rows/timestamp.ts'
import { isJsonObject } from '../util/exact-number.ts'
import { valueOfLiteral } from './plugins/exact-literals.ts'

/** The TypeScript types of the scalars. */
export type ScalarTypes = {
  SafeInt: { Input: number; Output: number }
  Date: { Input: string; Output: string }
  /** Printed from milliseconds since 1970. */
  Timestamp: { Input: string; Output: number }
  JSONObject: { Input: Record<string, unknown>; Output: Readonly<Record<string, unknown>> }
}

/** The scalars of the API. Their errors say what is expected, and never quote what was sent. */
export function addScalars(
  builder: Pick<PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<{ Scalars: ScalarTypes }>>, 'scalarType'>,
): void {
  builder.scalarType('SafeInt', {
    description: `A whole number ${SAFE_RANGE}.`,
    parseValue: (value) => expectSafeInt(value as number),
    parseLiteral: (node) => expectSafeInt(node.kind === Kind.INT ? Number(node.value) : Number.NaN),
  })
  builder.scalarType('Date', textScalar('A calendar day written YYYY-MM-DD.', 'a real calendar day written YYYY-MM-DD', isDate))
  builder.scalarType('Timestamp', {
    ...textScalar(
      'A timestamp: RFC 3339 with Z or an offset (2025-01-28T14:30:00Z, 2025-01-28 16:30:00 +02:00; the colon and the minutes of the offset may be left out), or YYYY-MM-DD HH:MM:SS in UTC. Sent on in UTC, in the form the module wants: one of ISO-8601 keeps a fraction of a second digit by digit, without zeros at its end, one of whole seconds refuses any but zero (`TOO_PRECISE`).',
      'a real timestamp: RFC 3339 with Z or an offset, or YYYY-MM-DD HH:MM:SS in UTC',
      (text) => typeof wireTimestamp(text, 'ISO-8601 UTC') === 'string',
    ),
    serialize: (ms) => new Date(ms as number).toISOString(),
  })
  builder.scalarType('JSONObject', {
    description: 'A JSON object.',
    parseValue: expectObject,
    parseLiteral: (node, variables) => expectObject(valueOfLiteral(node, variables)),
  })
}

function textScalar(description: string, expected: string, isGood: (text: string) => boolean) {
  const read = (value: unknown): string => {
    if (typeof value === 'string' && isGood(value)) return value
    throw new GatewayError('BAD_USER_INPUT', `Expected ${expected}.`)
  }
  return {
    description,
    parseValue: read,
    parseLiteral: (node: ValueNode) => read(node.kind === Kind.STRING ? node.value : undefined),
  }
}

function expectThat<T>(holds: boolean, value: T, expected: string): T {
  if (!holds) throw new GatewayError('BAD_USER_INPUT', `Expected ${expected}.`)
  return value
}

function expectObject(value: unknown): Record<string, unknown> {
  return expectThat(isJsonObject(value), value as Record<string, unknown>, 'a JSON object')
}

const SAFE_RANGE = 'from -9007199254740991 to 9007199254740991'

function expectSafeInt(value: number): number {
  return expectThat(Number.isSafeInteger(value), value, `a whole number ${SAFE_RANGE}`)
}
