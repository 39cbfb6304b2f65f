import type { GraphQLSchema } from 'graphql'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { RequestContext } from './builder.ts'
import { createDocumentCache } from './document-cache.ts'
import { useOperation } from './plugins/use-operation.ts'
import { useCost } from './use-cost.ts'
import { useDocumentLimit, useNoIntrospection } from './use-document-limit.ts'
import { rowInputNames, useTolerantRows } from './use-tolerant-rows.ts'
import { useValidationCache } from './use-validation-cache.ts'

export interface EngineOptions {
  readonly schema: GraphQLSchema
  readonly introspection: boolean
  /** Rows are written by compiled code; without it by the default executor and `JSON.stringify`, to the same bytes. */
  readonly fast: boolean
}

/** What parses, validates and executes; of Yoga only `getResultForParams` is used. */
export type Engine = Pick<YogaServerInstance<object, RequestContext>, 'getResultForParams'>

/**
 * Puts the engine together; the list of plugins is the order in which a request meets them. All that Yoga does for HTTP is
 * switched off or unused, since `http/` and `endpoint.ts` do it for every request: see there why.
 */
export function createEngine({ schema, introspection, fast }: EngineOptions): Engine {
  const plugins: (Plugin | false)[] = [
    useDocumentLimit(),
    useValidationCache(),
    !introspection && useNoIntrospection(),
    useOperation(),
    useTolerantRows(schema, rowInputNames(schema), fast),
    useCost(),
  ]
  return createYoga<object, RequestContext>({
    schema,
    plugins: plugins.filter((plugin) => plugin !== false),
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    maxRequestBodySize: false,
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createDocumentCache(), validationCache: false },
    // Errors are sorted and worded once, in public-error.ts.
    maskedErrors: false,
    logging: false,
  })
}
