import type { Config } from './config.ts'
import { drain } from './drain.ts'
import { declineUnread } from './graphql/decline.ts'
import { createListener } from './graphql/direct-road.ts'
import { loadOperations } from './graphql/graphiql.ts'
import { buildSchema } from './graphql/schema.ts'
import { createGraphQLServer, type GraphQLServer } from './graphql/server.ts'
import { createHttpServer } from './http-server.ts'
import { createAttempt } from './ingest/attempts.ts'
import { type Batcher, createBatcher } from './ingest/batcher.ts'
import { createDeliver } from './ingest/deliver.ts'
import { createIngest, type Ingest, type Settlement } from './ingest/ingest.ts'
import { createTraffic } from './ingest/traffic.ts'
import type { Logger } from './log.ts'
import { createChecklist } from './onboarding/checklist.ts'
import { createDryRun } from './onboarding/dry-run.ts'
import { createLedger } from './quality/ledger.ts'
import { createRejections } from './quality/rejections.ts'
import type { Contract } from './resource/contract.ts'
import type { Resource } from './resource/define-resource.ts'
import { createJudge } from './resource/judge.ts'
import { createAttributeJudge } from './rollout/attribute-judge.ts'
import { createSchemaCache } from './rollout/schema-cache.ts'
import { createSolutionDirectory } from './rollout/solution-directory.ts'
import { SANDBOX_TOKEN } from './sandbox/choices.ts'
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts'
import { createShedding } from './shedding.ts'
import { type Client, createClient } from './upstream/client.ts'
import { createIngestWire } from './upstream/ingest-wire.ts'
import { createSchemaWire } from './upstream/schema-wire.ts'

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

  const { batcher, ingest } = createPipeline(config, client, log)
  const judgeOf = (resource: Resource) =>
    createJudge(resource, {
      timestampFormat: contract.modules[resource.module]?.timestampFormat ?? 'ISO-8601 UTC',
      keyCase: config.rowKeyCase,
    })

  const ledger = createLedger()
  const rejections = createRejections(config.recentRejections)
  const schema = createSchemaWire(client, config)
  const schemaCache = createSchemaCache(schema, config.schemaMaxAgeMs)
  const operations = await loadOperations(new URL('../schema/operations/', import.meta.url))
  const yoga = createGraphQLServer({
    ...config,
    isReady: () => isReady,
    schema: buildSchema({
      ...config,
      contract,
      judgeOf,
      judgeAttributes: createAttributeJudge(schemaCache, contract),
      ingest: recorded(ingest, [ledger, rejections]),
      usageOf: batcher.usageOf,
      schema,
      schemaCache,
      directory: createSolutionDirectory(config.solutions),
      ledger,
      rejections,
      checklist: createChecklist({ ...config, contract, schema, ledger, runDry: createDryRun(ingest, judgeOf) }),
    }),
    log,
    graphiql: config.graphiql ? { operations, token: sandbox && SANDBOX_TOKEN } : undefined,
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
    listen: () => server.listen(config.port, config.host),
    async close() {
      isReady = false
      await drain(server, batcher, config.drainTimeoutMs)
      shedding.stop()
      await client.close()
      await sandbox?.close()
    },
  }
}

/** The way of judged rows to the upstream and back. */
function createPipeline(config: Config, client: Client, log: Logger): { batcher: Batcher; ingest: Ingest } {
  const upstream = createIngestWire(client, {
    ingestionPath: config.ingestionPath,
    rowIndexBase: config.rowIndexBase,
    keyCase: config.rowKeyCase,
  })
  const batcher = createBatcher({
    ...config,
    deliver: createDeliver(upstream, createAttempt(upstream, config, config.retry), config),
    traffic: createTraffic({ ...config, concurrency: config.upstreamConcurrency, onBreaker: breakerLogger(log) }),
    windowMs: config.batchWindowMs,
    onDefect: defectLogger(log),
  })
  return { batcher, ingest: createIngest({ batcher, maxBatchRows: config.maxBatchRows }) }
}

/** The same, with every mutation's outcomes written down. */
function recorded(ingest: Ingest, books: readonly { record(settlement: Settlement): void }[]): Ingest {
  return async (destination, judged) => {
    const settlement = await ingest(destination, judged)
    for (const book of books) book.record(settlement)
    return settlement
  }
}

function breakerLogger(log: Logger) {
  return (tenant: string, isOpen: boolean) =>
    isOpen
      ? log.warn({ tenant }, 'the upstream keeps failing: rows of this tenant are withheld, one probe a second goes out')
      : log.info({ tenant }, 'the upstream answers again: rows of this tenant are sent')
}

/** Without the message of the error, which could quote a row. */
function defectLogger(log: Logger) {
  return (error: unknown) => {
    const { name, stack } = error as Error
    log.error({ name, stack: stack?.split('\n').slice(1) }, 'defect while sending a batch')
  }
}
