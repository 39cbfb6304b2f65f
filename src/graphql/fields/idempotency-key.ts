import { type DocumentNode, type GraphQLResolveInfo, Kind } from 'graphql'
import { GatewayError } from '../../errors.ts'
import { isIdempotencyKey, parseIdempotencyKey } from '../../idempotency/idempotency-key.ts'
import type { RequestContext } from '../builder.ts'
import { argument } from '../cost/introspection-size.ts'
import { isExecuted, rootFields } from '../cost/root-fields.ts'

/** What a key must be, for those who gave another. */
export const KEY_RULE = 'must be 1 to 255 printable ASCII characters'

/**
 * The key that a field with rows goes by: its argument, or the header where it is the only such field of its operation; undefined
 * where there is none. Throws `BAD_USER_INPUT` where it is none that may be, or not clear.
 */
export function keyOf(context: RequestContext, info: GraphQLResolveInfo, given: string | null | undefined): string | undefined {
  const { idempotencyKey: header } = context
  const key = given ?? undefined
  if (key !== undefined && !isIdempotencyKey(key)) throw bad(`idempotencyKey ${KEY_RULE}.`)
  if (header === undefined) return key
  if (fieldsWithRows(info) > 1)
    throw bad('The header Idempotency-Key stands for one field with rows, and the operation has several. Give each an idempotencyKey.')
  const named = parseIdempotencyKey(header)
  if (named === undefined) throw bad(`The header Idempotency-Key ${KEY_RULE}, bare or in quotes.`)
  if (key !== undefined && key !== named) throw bad('The header Idempotency-Key and the argument idempotencyKey are not the same.')
  return named
}

/** Those that are executed; fields of one response key are one field. */
function fieldsWithRows({ operation, fragments, variableValues }: GraphQLResolveInfo): number {
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...Object.values(fragments)] }
  const fields = rootFields(document, operation).filter(
    ({ node, directives }) => argument(node, 'rows') !== undefined && isExecuted(directives, variableValues.coerced),
  )
  return new Set(fields.map(({ responseKey }) => responseKey)).size
}

function bad(message: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', message)
}
