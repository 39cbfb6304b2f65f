import { type DocumentNode, type GraphQLSchema, Kind, OperationTypeNode, type SelectionSetNode } from 'graphql'
import { GatewayError } from '../../errors.ts'
import type { JudgedRows } from '../../rows/judge.ts'
import { inSlices } from '../../util/time-slices.ts'
import { type RequestContext, reserve } from '../builder.ts'
import { MAX_GROUPS } from '../types/row-issue.ts'
import { createEstimate } from './answer-estimate.ts'
import type { AnswerWeights } from './answer-weights.ts'
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
function answerTooLarge(limit: number, actual: number): GatewayError {
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

/** Bytes of a value in a primary key as they mostly come, and at most. */
const USUAL_VALUE_BYTES = 24
const MAX_VALUE_BYTES = 6 * 1_024
const MAX_NUMBER_BYTES = 25

/**
 * Counts the answer about judged rows in, before any of them is sent: throws `ANSWER_TOO_LARGE` where all answers of the
 * request together would be larger than is given. Each row that is good so far is counted with the one issue that the
 * upstream may still make of it.
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
  // Long keys, asked for under many names, are what an answer can be made far larger with than is usual.
  return measureKeys(judged).then((measured) => countIn(context, bytes + weights.keysPerRow * measured, maxAnswerBytes))
}

/** Counts so many bytes in and takes the memory for them; throws `ANSWER_TOO_LARGE` where the answers have more than the limit together. */
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

/** About what all keys print, and the most they can: a text prints no longer than it stood in the request. */
function sizeOfKeys({ count, publicKeys }: JudgedRows, requestBytes: number): { usual: number; most: number } {
  const names = Object.keys(publicKeys[0] ?? {})
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
    bytes += Buffer.byteLength(JSON.stringify(publicKeys[index] ?? {}))
  })
  return bytes
}
