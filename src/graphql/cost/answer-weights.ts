import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { createEstimate, type EstimateField } from './answer-estimate.ts'
import { fragmentsOf, rootFields } from './fragments.ts'

/** The bytes that the selections of an ingest field print: once, per row, per issue of a row, and per group of issues. */
export interface AnswerWeights {
  readonly bytesOnce: number
  /** Without the primary keys. */
  readonly bytesPerRow: number
  readonly bytesPerIssue: number
  readonly bytesPerGroup: number
  /** How often the primary key of a row is printed. */
  readonly keysPerRow: number
}

/** The weights of all root fields of a mutation, by response key. */
export type WeightsByField = ReadonlyMap<string, AnswerWeights>

const NO_WEIGHT: AnswerWeights = { bytesOnce: 0, bytesPerRow: 0, bytesPerIssue: 0, bytesPerGroup: 0, keysPerRow: 0 }

/** The weights that the selections of a valid mutation give to its answers. */
export function weighAnswers(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): WeightsByField {
  const weigh = createScales(schema, document)
  const weights = new Map<string, AnswerWeights>()
  for (const { responseKey, node } of rootFields(document, operation))
    weights.set(responseKey, plus(weights.get(responseKey) ?? NO_WEIGHT, weigh(node)))
  return weights
}

/** The size of an answer is linear in the numbers of rows, issues and groups, so that a few estimates give the weight of each. */
function createScales(schema: GraphQLSchema, document: DocumentNode) {
  const mutation = schema.getMutationType()
  const context = { schema, fragments: fragmentsOf(document) }
  const estimateWith = (rows: number, issues: number, groups: number, keyBytes: number): EstimateField =>
    createEstimate(context, {
      lengths: { 'IngestPayload.rows': rows, 'RejectedRow.issues': issues, 'IngestPayload.issueSummary': groups },
      keyBytes,
    })
  const estimates = {
    once: estimateWith(0, 0, 0, 0),
    row: estimateWith(1, 0, 0, 0),
    issue: estimateWith(1, 1, 0, 0),
    group: estimateWith(0, 0, 1, 0),
    key: estimateWith(1, 0, 0, 1),
  }
  return (node: Parameters<EstimateField>[1]): AnswerWeights => {
    if (!mutation) return NO_WEIGHT
    const once = estimates.once(mutation, node)
    const row = estimates.row(mutation, node)
    return {
      bytesOnce: once,
      bytesPerRow: row - once,
      bytesPerIssue: estimates.issue(mutation, node) - row,
      bytesPerGroup: estimates.group(mutation, node) - once,
      keysPerRow: estimates.key(mutation, node) - row,
    }
  }
}

function plus(one: AnswerWeights, other: AnswerWeights): AnswerWeights {
  return {
    bytesOnce: one.bytesOnce + other.bytesOnce,
    bytesPerRow: one.bytesPerRow + other.bytesPerRow,
    bytesPerIssue: one.bytesPerIssue + other.bytesPerIssue,
    bytesPerGroup: one.bytesPerGroup + other.bytesPerGroup,
    keysPerRow: one.keysPerRow + other.keysPerRow,
  }
}
