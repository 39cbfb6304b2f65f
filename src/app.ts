import { setTimeout as after } from 'node:timers/promises'
import type { Config } from './config.ts'
import { createEndpoint } from './graphql/endpoint.ts'
import { createEngine } from './graphql/engine.ts'
import { createGraphiqlPage, loadOperations } from './graphql/graphiql.ts'
import { buildSchema } from './graphql/schema.ts'
import { createCors } from './http/cors.ts'
import { createEndpoints } from './http/endpoints.ts'
import { createListener } from './http/listener.ts'
import { createLoadShedding } from './http/load-shedding.ts'
import { createHttpServer } from './http/server.ts'
import { drain } from './http/shutdown.ts'
import { createWriteAnswer } from './http/write-answer.ts'
import { readTenant } from './identity.ts'
import { type Logger, logDefects } from './observability/log.ts'
import type { Contract } from './resource/contract.ts'
import { SANDBOX_TOKEN } from './sandbox/choices.ts'
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts'
import { createServices } from './services.ts'
import { type Client, createClient } from './upstream/client.ts'
import { createMemoryBudget } from './util/memory-budget.ts'

/** A gateway put together from its configuration. */
export interface App {
  /** The embedded upstream, where no other is configured. */
  readonly sandbox: Sandbox | undefined
  /** Begins to take requests; resolves with the address. */
  listen(): Promise<URL>
  /** Takes no new connections, lets what is under way end within the time there is for it, and lets go of the upstream. */
  close(): Promise<void>
}

/** How an app may differ from the one that operators start. */
export interface AppOptions {
  /** False takes the plain twin of each piece of speed work: bodies parsed at once, the default executor, `JSON.stringify`. */
  readonly fast?: boolean
}

const GRAPHQL_PATH = '/graphql'

/** Puts the parts together; the only place that knows them all. */
export async function createApp(config: Config, contract: Contract, log: Logger, { fast = true }: AppOptions = {}): Promise<App> {
  const { solutions, upstream } = config
  let isReady = true
  const sandbox = upstream.kind === 'sandbox' ? await startSandbox({ contract, solutions, file: upstream.file }) : undefined
  const client = connect(upstream.kind === 'remote' ? upstream.url : (sandbox as Sandbox).url, config, log)
  const { batcher, options, alarm, metrics } = createServices(config, contract, client, log)

  const onDefect = logDefects(log, 'defect')
  const engine = createEngine({ ...config, schema: buildSchema(options), fast })
  const memory = createMemoryBudget(config.memoryBudgetBytes)
  const shedding = createLoadShedding(memory, batcher.isFull)
  const operations = await loadOperations(new URL('../schema/operations/', import.meta.url))
  const listener = createListener({
    graphql: createEndpoint({ engine, fast, maxJsonValues: config.maxJsonValues, onDefect }),
    graphqlPath: GRAPHQL_PATH,
    endpoints: createEndpoints({
      isReady: () => isReady,
      metrics,
      graphiql: config.graphiql
        ? createGraphiqlPage({
            operations,
            token: sandbox && SANDBOX_TOKEN,
            upstream: upstream.kind === 'remote' ? { kind: 'remote', host: upstream.url.hostname } : { kind: 'sandbox' },
            endpoint: GRAPHQL_PATH,
          })
        : undefined,
      graphqlPath: GRAPHQL_PATH,
    }),
    cors: createCors({ origins: config.corsOrigins, host: config.host }),
    shedding,
    memory,
    identify: ({ authorization }) => readTenant(authorization, config.fallbackToken),
    lendsToken: config.fallbackToken !== undefined,
    maxBodyBytes: config.maxBodyBytes,
    write: createWriteAnswer(),
    log,
    onDefect,
  })
  const server = createHttpServer(listener, config)

  return {
    sandbox,
    async listen() {
      const url = await server.listen(config.port, config.host)
      void alarm.check()
      return url
    },
    async close() {
      isReady = false
      server.closeAfterAnswers()
      if (config.shutdownDelayMs > 0) await after(config.shutdownDelayMs)
      await drain(server, batcher, config.drainTimeoutMs)
      shedding.stop()
      await client.close()
      await sandbox?.close()
    },
  }
}

function connect(url: URL, config: Config, log: Logger): Client {
  const words = 'the upstream could not be reached, or broke a connection; said once a minute for each cause'
  return createClient(url, { ...config, onConnectionError: (cause) => log.warn({ cause, host: url.host }, words) })
}
