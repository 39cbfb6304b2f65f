import type { Config } from './config.ts'
import { drain } from './drain.ts'
import { declineUnread } from './graphql/decline.ts'
import { createListener } from './graphql/direct-road.ts'
import { createGraphiqlPage, type GraphiqlPageOptions, loadOperations } from './graphql/graphiql.ts'
import { buildSchema } from './graphql/schema.ts'
import { createGraphQLServer, type GraphQLServer } from './graphql/server.ts'
import { createHttpServer } from './http-server.ts'
import type { Logger } from './log.ts'
import type { Contract } from './resource/contract.ts'
import { SANDBOX_TOKEN } from './sandbox/choices.ts'
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts'
import { createServices } from './services.ts'
import { createShedding } from './shedding.ts'
import { createClient } from './upstream/client.ts'

/** A gateway put together from its configuration. */
export interface App {
  readonly yoga: GraphQLServer
  /** The embedded upstream, where no other is configured. */
  readonly sandbox: Sandbox | undefined
  /** Begins to take requests; resolves with the address. */
  listen(): Promise<URL>
  /** Takes no new connections, lets what is under way end within the time there is for it, and lets go of the upstream. */
  close(): Promise<void>
}

/** Puts the parts together; the only place that knows them all. */
export async function createApp(config: Config, contract: Contract, log: Logger): Promise<App> {
  const { solutions } = config
  let isReady = true
  const sandbox = config.upstream.kind === 'sandbox' ? await startSandbox({ contract, solutions, file: config.upstream.file }) : undefined
  const client = createClient(config.upstream.kind === 'remote' ? config.upstream.url : (sandbox as Sandbox).url, config)

  const { batcher, options, alarm } = createServices(config, contract, client, log)
  const operations = await loadOperations(new URL('../schema/operations/', import.meta.url))
  const yoga = createGraphQLServer({
    ...config,
    isReady: () => isReady,
    schema: buildSchema(options),
    metrics: alarm.metrics,
    log,
    graphiql: config.graphiql
      ? createGraphiqlPage({ operations, token: sandbox && SANDBOX_TOKEN, upstream: shownUpstream(config.upstream), endpoint: '/graphql' })
      : undefined,
  })
  const shedding = createShedding(batcher, config.fallbackToken)
  // CORS headers are Yoga's business, even on requests without an origin.
  const answer = config.corsOrigins.length > 0 ? yoga : createListener(yoga, config.maxBodyBytes)
  const server = createHttpServer((request, response) => {
    const refusal = shedding.refusal(request)
    if (refusal !== undefined) return declineUnread(response, refusal)
    return answer(request, response)
  })

  return {
    yoga,
    sandbox,
    async listen() {
      const url = await server.listen(config.port, config.host)
      void alarm.check()
      return url
    },
    async close() {
      isReady = false
      await drain(server, batcher, config.drainTimeoutMs)
      shedding.stop()
      await client.close()
      await sandbox?.close()
    },
  }
}

/** What people are told about the upstream: a host, never an address that may hold a secret. */
function shownUpstream(upstream: Config['upstream']): GraphiqlPageOptions['upstream'] {
  return upstream.kind === 'remote' ? { kind: 'remote', host: upstream.url.hostname } : { kind: 'sandbox' }
}
