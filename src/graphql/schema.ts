import type { GraphQLSchema } from 'graphql'
import { addAttributeMutation } from './attribute-mutation.ts'
import { createBuilder } from './builder.ts'
import { addDriftQuery } from './drift-query.ts'
import { addIngestMutations, type IngestMutationOptions } from './ingest-mutations.ts'
import { addIngestPayload } from './ingest-payload.ts'
import { addLimitsQuery, type LimitsOptions } from './limits-query.ts'
import { addOnboardingQuery, type OnboardingOptions } from './onboarding-query.ts'
import { addQualityQueries, type QualityOptions } from './quality-queries.ts'
import { addResourcesQuery } from './resources-query.ts'
import { addRolloutMutation, type RolloutOptions } from './rollout-mutation.ts'
import { addSaveSchemaMutation } from './save-schema-mutation.ts'
import { addScalars } from './scalars.ts'
import { addSolutionQueries } from './solution-queries.ts'

/** What stands behind the public schema. */
export interface SchemaOptions extends IngestMutationOptions, RolloutOptions, LimitsOptions, QualityOptions, OnboardingOptions {}

/** The public schema, built from the declarations: two mutations per resource, rollout, and the queries. */
export function buildSchema(
  options: IngestMutationOptions & RolloutOptions & LimitsOptions & QualityOptions & OnboardingOptions,
): GraphQLSchema {
  const builder = createBuilder()
  addScalars(builder)
  builder.queryType({ description: 'What may be ingested, and what the upstream has rolled out.' })
  builder.mutationType({ description: 'Two mutations per resource, which answer with one outcome per row, and the schema lifecycle.' })

  const { Payload, ...shared } = addIngestPayload(builder)
  for (const resource of options.contract.resources) addIngestMutations(builder, resource, Payload, options)
  addRolloutMutation(builder, options)
  addSaveSchemaMutation(builder, options)
  addSolutionQueries(builder, options.schema)
  addAttributeMutation(builder, options)
  addDriftQuery(builder, options)
  addResourcesQuery(builder, options.contract, options.solutions, options)
  addLimitsQuery(builder, options)
  addOnboardingQuery(builder, options)
  addQualityQueries(builder, shared, options)
  return builder.toSchema({ sortSchema: false })
}
