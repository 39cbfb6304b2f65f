import type { IncomingMessage, ServerResponse } from 'node:http'
import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention'
import type { GraphQLSchema } from 'graphql'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { Logger } from '../log.ts'
import { readTenant, type Secret } from '../tenant.ts'
import type { RequestContext } from './builder.ts'
import { type Begun, useBegun } from './direct-road.ts'
import { type ExampleOperation, graphiqlOptions, renderPage } from './graphiql.ts'
import { useDocumentCache } from './plugins/use-document-cache.ts'
import { useDocumentLimits } from './plugins/use-document-limits.ts'
import { useRowLimit } from './plugins/use-row-limit.ts'
import { useBodyReader } from './use-body-reader.ts'
import { useCost } from './use-cost.ts'
import { maskErrors, useQuietErrors } from './use-error-policy.ts'
import { type PrintedMetrics, useMetrics } from './use-metrics.ts'
import { useReadiness } from './use-readiness.ts'
import { rowInputNames, useTolerantRows } from './use-tolerant-rows.ts'

export interface ServerOptions {
  readonly schema: GraphQLSchema
  readonly log: Logger
  /** Used when the caller sends no token. */
  readonly fallbackToken: Secret | undefined
  readonly maxBodyBytes: number
  /** Over all fields of a request. */
  readonly maxRowsPerMutation: number
  /** Origins that browsers may call from; none switches CORS off. */
  readonly corsOrigins: readonly string[]
  readonly introspection: boolean
  readonly metrics: PrintedMetrics
  /** Whether new requests are welcome. */
  readonly isReady: () => boolean
  /** Absent switches GraphiQL off; `token` is shown in its headers. */
  readonly graphiql: { readonly operations: readonly ExampleOperation[]; readonly token: string | undefined } | undefined
}

/** What Node's HTTP server hands to Yoga; absent when a request enters by `fetch`. */
export interface NodeContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Present where the request was begun on the direct road. */
  readonly begun?: Begun
}

/** The GraphQL server: `fetch` for tests, a request listener for Node. */
export type GraphQLServer = YogaServerInstance<NodeContext, RequestContext>

// A browser cannot send these without asking first, so a page of another origin cannot either.
const PREFLIGHTED_HEADERS = ['authorization', 'x-graphql-yoga-csrf']

/** Puts the GraphQL server together; the list of plugins is the order in which a request meets them. */
export function createGraphQLServer(options: ServerOptions): GraphQLServer {
  const { schema, log, fallbackToken, graphiql, corsOrigins } = options
  const plugins: Plugin[] = [
    useReadiness(options.isReady),
    useMetrics(options.metrics),
    useCSRFPrevention({ requestHeaders: PREFLIGHTED_HEADERS }),
    useBodyReader(options.maxBodyBytes),
    useBegun(),
    useDocumentCache(),
    useDocumentLimits(schema, options.introspection),
    useTolerantRows(schema, rowInputNames(schema)),
    useRowLimit(options.maxRowsPerMutation),
    useCost(),
    useQuietErrors(),
  ]
  return createYoga<NodeContext, RequestContext>({
    schema,
    plugins,
    context: ({ request }) => ({
      tenant: once(() => readTenant(request.headers.get('authorization'), fallbackToken)),
    }),
    cors: corsOrigins.length > 0 && {
      origin: [...corsOrigins],
      methods: ['POST', 'GET'],
      allowedHeaders: ['authorization', 'content-type', 'x-graphql-yoga-csrf'],
      credentials: false,
    },
    graphiql: graphiql ? graphiqlOptions(graphiql.operations, graphiql.token) : false,
    renderGraphiQL: renderPage,
    landingPage: false,
    healthCheckEndpoint: '/health',
    multipart: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    maskedErrors: maskErrors(log),
    logging: false,
  })
}

/** A function that finds its value out when first asked. */
function once<T>(find: () => T): () => T {
  let found: { value: T } | undefined
  return () => {
    found ??= { value: find() }
    return found.value
  }
}
