import type { GraphQLSchema } from 'graphql'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { RequestContext } from './builder.ts'
import { useDocuments } from './plugins/use-documents.ts'
import { type OnOperation, useOperation } from './plugins/use-operation.ts'
import { useRawRows } from './plugins/use-raw-rows.ts'
import { useRowLimit } from './plugins/use-row-limit.ts'

interface EngineOptions {
  readonly schema: GraphQLSchema
  readonly introspection: boolean
  /** Counted over all fields of a request. */
  readonly maxRowsPerMutation: number
  /** Rows are written by compiled code; without it by the default executor and `JSON.stringify`, to the same bytes. */
  readonly fast: boolean
  readonly onOperation?: OnOperation | undefined
}

/** Parses, validates and executes; of Yoga only `getResultForParams` is used. */
export type Engine = Pick<YogaServerInstance<object, RequestContext>, 'getResultForParams'>

/**
 * Creates the engine; requests pass the plugins in the order listed. Everything that Yoga does for HTTP is switched off or unused,
 * since `http/` and `endpoint.ts` do it: see there why.
 */
export function createEngine({ schema, introspection, maxRowsPerMutation, fast, onOperation }: EngineOptions): Engine {
  const plugins: Plugin<RequestContext>[] = [
    useDocuments(schema, introspection),
    useOperation(onOperation),
    useRawRows(schema, fast),
    useRowLimit(maxRowsPerMutation),
  ]
  return createYoga<object, RequestContext>({
    schema,
    plugins,
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    // Errors are sorted and worded once, in public-error.ts.
    maskedErrors: false,
    logging: false,
  })
}
