import { type DocumentNode, type GraphQLSchema, Kind, OperationTypeNode, type SelectionSetNode } from 'graphql'
import { GatewayError } from '../../errors.ts'
import { createEstimate } from './answer-estimate.ts'
import { fragmentSet, fragmentsOf } from './fragments.ts'
import { createIntrospectionMeasure } from './introspection-size.ts'
import { DOCUMENT_LIMITS } from './limits.ts'

/** Declines a valid document with a query whose answer would be too large; throws `ANSWER_TOO_LARGE`. What mutations answer depends on their rows. */
export function boundAnswer(schema: GraphQLSchema, document: DocumentNode): void {
  const { answerBytes: limit } = DOCUMENT_LIMITS
  const measure = createAnswerMeasure(schema, document)
  for (const one of document.definitions) {
    if (one.kind !== Kind.OPERATION_DEFINITION || one.operation !== OperationTypeNode.QUERY) continue
    const actual = measure(one.selectionSet)
    if (actual > limit) throw answerTooLarge(limit, actual)
  }
}

/** An answer that is declined for its size before it is made; `actual` is an estimate. */
export function answerTooLarge(limit: number, actual: number): GatewayError {
  const known = Number.isSafeInteger(actual) && { actual }
  return new GatewayError('ANSWER_TOO_LARGE', `The answer would have more than ${limit} bytes; select less, or send fewer rows.`, {
    limit,
    ...known,
  })
}

/** About how many bytes the selections at the root of a query print. */
function createAnswerMeasure(schema: GraphQLSchema, document: DocumentNode): (set: SelectionSetNode) => number {
  const context = { schema, fragments: fragmentsOf(document) }
  const introspectionOf = createIntrospectionMeasure(context)
  const estimate = createEstimate(context)
  const query = schema.getQueryType()

  function sizeOf(set: SelectionSetNode): number {
    return set.selections.reduce((sum, one) => {
      if (one.kind === Kind.FIELD) return sum + (introspectionOf(one) ?? (query ? estimate(query, one) : 0))
      const inner = fragmentSet(one, context.fragments)
      return inner === undefined ? sum : sum + sizeOf(inner)
    }, 0)
  }
  return sizeOf
}
