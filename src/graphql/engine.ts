import type { GraphQLSchema } from 'graphql'
import { createYoga, type GraphQLParams, type Plugin } from 'graphql-yoga'
import type { RequestContext } from './builder.ts'
import { useDocuments } from './plugins/use-documents.ts'
import { type OnOperation, useOperation } from './plugins/use-operation.ts'
import { type PrintableResult, useRawRows } from './plugins/use-raw-rows.ts'
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

/** Parses, validates and executes. */
export type Engine = (asked: { readonly params: GraphQLParams }, context: RequestContext) => Promise<PrintableResult>

/**
 * Creates the engine; requests pass the plugins in the order listed. Of Yoga only `getResultForParams` is used: everything that it does
 * for HTTP is switched off or unused, since `http/` and `endpoint.ts` do it: see there why.
 */
export function createEngine({ schema, introspection, maxRowsPerMutation, fast, onOperation }: EngineOptions): Engine {
  const plugins: Plugin<RequestContext>[] = [
    useDocuments(schema, introspection),
    useOperation(onOperation),
    useRawRows(schema, fast),
    useRowLimit(maxRowsPerMutation),
  ]
  const yoga = createYoga<object, RequestContext>({
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
  return yoga.getResultForParams as Engine
}
