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
import type { JudgedRows } from '../../rows/judge.ts'
import { inSlices } from '../../util/time-slices.ts'
import { type RequestContext, reserve } from '../builder.ts'
import { memoize } from '../memoize.ts'
import { MAX_GROUPS } from '../types/row-issue.ts'
import { createEstimate } from './answer-estimate.ts'
import type { AnswerWeights } from './answer-weights.ts'
import { fragmentSet, fragmentsOf } from './fragments.ts'
import { createIntrospectionMeasure } from './introspection-size.ts'
import { DOCUMENT_LIMITS } from './limits.ts'

/** Estimates the bytes of the answer to each query of a document. */
type AnswerSizes = (document: DocumentNode) => ReadonlyMap<OperationDefinitionNode, number>

/** The sizes of queries for a schema; those of mutations depend on their rows. */
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
function answerTooLarge(limit: number, actual: number): GatewayError {
  const known = Number.isSafeInteger(actual) && { actual }
  return new GatewayError('ANSWER_TOO_LARGE', `The answer would have more than ${limit} bytes; select less, or send fewer rows.`, {
    limit,
    ...known,
  })
}

/** Estimates the bytes that the root selections of a query print. */
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

/** The typical and the maximum length of a value in a primary key, in bytes. */
const USUAL_VALUE_BYTES = 24
const MAX_VALUE_BYTES = 6 * 1_024
const MAX_NUMBER_BYTES = 25

/**
 * Adds the estimated answer for judged rows, before any of them is sent; throws `ANSWER_TOO_LARGE` where all answers of the request
 * together would exceed the limit. Each good row counts with one issue, since the upstream may still reject it.
 */
export function countAnswer(
  context: RequestContext,
  weights: AnswerWeights | undefined,
  judged: JudgedRows,
  maxAnswerBytes: number,
): Promise<void> | undefined {
  if (weights === undefined) return undefined
  const bytes = bytesWithoutKeys(weights, judged)
  const keys = sizeOfKeys(judged, context.requestBytes)
  const room = maxAnswerBytes - (context.answerBytes ?? 0) - bytes
  if (weights.keysPerRow * keys.most <= room) return countIn(context, bytes + weights.keysPerRow * keys.usual, maxAnswerBytes)
  // Long keys, selected under many aliases, can make an answer far larger than the estimate: then they are measured.
  return measureKeys(judged).then((measured) => countIn(context, bytes + weights.keysPerRow * measured, maxAnswerBytes))
}

/** Adds bytes to the answers of a request and takes the memory for them; throws `ANSWER_TOO_LARGE` where all together exceed the limit. */
export function countIn(context: RequestContext, bytes: number, limit: number): undefined {
  const all = (context.answerBytes ?? 0) + bytes
  if (all > limit) throw answerTooLarge(limit, all)
  reserve(context.memory, bytes * (context.answerMemory ?? 1))
  context.answerBytes = all
}

function bytesWithoutKeys({ bytesOnce, bytesPerRow, bytesPerIssue, bytesPerGroup }: AnswerWeights, { count, faults }: JudgedRows): number {
  let issues = 0
  if (bytesPerIssue > 0) for (const found of faults) issues += found?.length ?? 1
  return bytesOnce + count * bytesPerRow + issues * bytesPerIssue + Math.min(count, MAX_GROUPS) * bytesPerGroup
}

/** The estimated and the maximum bytes of all keys: no text prints longer than it was in the request. */
function sizeOfKeys({ count, publicKeys }: JudgedRows, requestBytes: number): { usual: number; most: number } {
  const names = publicKeys.fields
  const around = count * names.reduce((sum, name) => sum + name.length + 4, 2)
  const values = count * names.length
  return {
    usual: around + values * USUAL_VALUE_BYTES,
    most: around + Math.min(values * MAX_VALUE_BYTES, requestBytes + values * MAX_NUMBER_BYTES),
  }
}

async function measureKeys({ count, publicKeys }: JudgedRows): Promise<number> {
  let bytes = 0
  await inSlices(count, (index) => {
    bytes += Buffer.byteLength(JSON.stringify(publicKeys.at(index)))
  })
  return bytes
}
