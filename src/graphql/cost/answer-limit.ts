import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'
import { GatewayError } from '../../errors.ts'
import { type RequestContext, reserve } from '../builder.ts'
import { memoize } from '../memoize.ts'
import { createEstimate } from './answer-estimate.ts'
import { fragmentSet, fragmentsOf } from './fragments.ts'
import { createIntrospectionMeasure } from './introspection-size.ts'
import { DOCUMENT_LIMITS } from './limits.ts'

/** Tells about how many bytes each query of a document answers. */
export type AnswerSizes = (document: DocumentNode) => ReadonlyMap<OperationDefinitionNode, number>

/** The sizes by one schema; what mutations answer depends on their rows. */
export function createAnswerSizes(schema: GraphQLSchema): AnswerSizes {
  return memoize((document) => {
    const measure = createAnswerMeasure(schema, document)
    const queries = document.definitions.filter(
      (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.QUERY,
    )
    return new Map((queries as readonly OperationDefinitionNode[]).map((query) => [query, measure(query.selectionSet)]))
  })
}

/** Takes the memory for the answer of a query, before any of it is made; throws `OVERLOADED` where there is none. */
export function reserveAnswer(sizesOf: AnswerSizes, { document, operationName, contextValue: { memory } }: Asked): void {
  const operation = getOperationAST(document, operationName)
  const bytes = operation ? sizesOf(document).get(operation) : undefined
  if (bytes !== undefined) reserve(memory, bytes)
}

interface Asked {
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
  readonly contextValue: Pick<RequestContext, 'memory'>
}

/** Declines a document with a query whose answer would be too large; throws `ANSWER_TOO_LARGE`. */
export function boundAnswer(sizes: ReturnType<AnswerSizes>): void {
  const { answerBytes: limit } = DOCUMENT_LIMITS
  for (const actual of sizes.values()) if (actual > limit) throw answerTooLarge(limit, actual)
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
