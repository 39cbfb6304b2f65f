import type { GraphQLSchema } from 'graphql'
import { createBuilder } from './builder.ts'
import { addAttributeMutation } from './fields/attribute-mutation.ts'
import { addDriftQuery } from './fields/drift-query.ts'
import { addIngestMutations, type IngestMutationOptions } from './fields/ingest-mutations.ts'
import { addIngestRequestQuery, type IngestRequestOptions } from './fields/ingest-request-query.ts'
import { addLimitsQuery, type LimitsOptions } from './fields/limits-query.ts'
import { addMeQuery, type MeOptions } from './fields/me-query.ts'
import { addOnboardingQuery, type OnboardingOptions } from './fields/onboarding-query.ts'
import { addQualityQueries, type QualityOptions } from './fields/quality-queries.ts'
import { addResourcesQuery } from './fields/resources-query.ts'
import { addRolloutMutation, type RolloutOptions } from './fields/rollout-mutation.ts'
import { addSaveSchemaMutation } from './fields/save-schema-mutation.ts'
import { addSolutionQueries } from './fields/solution-queries.ts'
import { addScalars } from './scalars.ts'
import { addIngestPayload } from './types/ingest-payload.ts'

/** What the public schema is built from. */
export type SchemaOptions = IngestMutationOptions &
  IngestRequestOptions &
  RolloutOptions &
  LimitsOptions &
  QualityOptions &
  MeOptions &
  OnboardingOptions

/** What GraphiQL's docs and code generators show first. */
const DESCRIPTION =
  'Takes rows for the Data Ingestion API: an upsert and an append mutation for each resource, which the query `resources` lists. Send the token in the `Authorization` header, and the rows as one variable: each is then judged alone, and has an outcome of its own in the answer: accepted, rejected or unconfirmed. What is declined whole stands in `errors`, with a `GatewayErrorCode` in `extensions.code`. A mutation with an `idempotencyKey` can be sent again without writing a row twice.'

/** The public schema, built from the declarations: two mutations per resource, those of the schema lifecycle, and the queries. */
export function buildSchema(options: SchemaOptions): GraphQLSchema {
  const builder = createBuilder()
  addScalars(builder)
  builder.queryType({
    description: 'What may be ingested, what the upstream has rolled out, what a token may use, and the outcomes of its rows.',
  })
  builder.mutationType({ description: 'Two mutations per resource, which answer with one outcome per row, and the schema lifecycle.' })

  const types = addIngestPayload(builder)
  for (const resource of options.contract.resources) addIngestMutations(builder, resource, types.Payload, options)
  addIngestRequestQuery(builder, types, options)
  addRolloutMutation(builder, options)
  addSaveSchemaMutation(builder, options)
  addSolutionQueries(builder, options.schema)
  addAttributeMutation(builder, options)
  addDriftQuery(builder, options)
  addResourcesQuery(builder, options.contract, options.solutions, options)
  addMeQuery(builder, options)
  addLimitsQuery(builder, options)
  addOnboardingQuery(builder, options)
  addQualityQueries(builder, types, options)
  // Pothos has no option for it.
  return Object.assign(builder.toSchema({ sortSchema: false }), { description: DESCRIPTION })
}
