import { setTimeout as after } from 'node:timers/promises'
import type { Config } from './config.ts'
import { loadDocuments } from './graphql/documents.ts'
import { createEndpoint } from './graphql/endpoint.ts'
import { createEngine } from './graphql/engine.ts'
import { loadGraphiqlPage } from './graphql/graphiql.ts'
import { buildSchema, type SchemaOptions } from './graphql/schema.ts'
import { createCors } from './http/cors.ts'
import { createEndpoints } from './http/endpoints.ts'
import { createInboundLimits } from './http/inbound-limits.ts'
import { createListener, type ListenerOptions } from './http/listener.ts'
import { createLoadShedding } from './http/load-shedding.ts'
import { createHttpServer } from './http/server.ts'
import { drain } from './http/shutdown.ts'
import { createWriteAnswer } from './http/write-answer.ts'
import { createIdempotency } from './idempotency/create-idempotency.ts'
import { createAuthenticate } from './identity/create-authenticate.ts'
import { readTenant } from './identity.ts'
import { createAttempt } from './ingest/attempts.ts'
import { createBatcher } from './ingest/batcher.ts'
import { announced, createEvents } from './ingest/events.ts'
import { createIngest } from './ingest/ingest.ts'
import { createLimitedCall } from './ingest/limited-call.ts'
import { createSendBatch } from './ingest/send-batch.ts'
import { createLimitsByTenant } from './ingest/tenant-limits.ts'
import { createDriftCheck } from './lifecycle/drift-check.ts'
import { createFindAttributes } from './lifecycle/find-attributes.ts'
import { createSchemaCache } from './lifecycle/schema-cache.ts'
import { createSolutionDirectory } from './lifecycle/solution-directory.ts'
import { reportDrift } from './observability/drift-report.ts'
import { reportUnusable } from './observability/identity-report.ts'
import { type Logger, logDefects } from './observability/log.ts'
import { createMetrics, type Metrics } from './observability/metrics.ts'
import { observe } from './observability/observe.ts'
import { reportStore } from './observability/store-report.ts'
import { reportConnectionError, reportUnknownAnswer } from './observability/upstream-report.ts'
import { createChecklist } from './onboarding/checklist.ts'
import { createDryRun } from './onboarding/dry-run.ts'
import { createQuality } from './quality/create-quality.ts'
import type { Contract } from './resource/contract.ts'
import type { Resource } from './resource/define-resource.ts'
import { createJudge } from './rows/judge.ts'
import { wireOptionsOf } from './rows/wire-row.ts'
import { SANDBOX_TOKEN } from './sandbox/choices.ts'
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts'
import { createStore } from './store/create-store.ts'
import { type Client, createClient } from './upstream/client.ts'
import { createIngestWire } from './upstream/ingest-wire.ts'
import { createSchemaCall } from './upstream/schema-call.ts'
import { createSchemaWire } from './upstream/schema-wire.ts'
import { createShapeReport } from './upstream/shape-report.ts'
import { createMemoryBudget } from './util/memory-budget.ts'

/** A gateway put together from its configuration; it has an upstream of its own where no other is configured. */
export interface App {
  readonly sandbox: Sandbox | undefined
  /** Begins to take requests; resolves with the address. */
  listen(): Promise<URL>
  /** Is not ready any more, after `shutdownDelayMs` takes no new connections, lets what is under way end in the time there is for it, and closes the client of the upstream. */
  close(): Promise<void>
}

/** How an app may differ from the one that operators start; `fast: false` takes the plain twin of each piece of speed work. */
export type AppOptions = { readonly fast?: boolean }

const GRAPHQL_PATH = '/graphql'

/** Puts the parts together; the only place that knows them all. */
export async function createApp(config: Config, contract: Contract, log: Logger, { fast = true }: AppOptions = {}): Promise<App> {
  const { http, upstream, solutions } = config
  const chooseDocument = await loadDocuments(config.graphql)
  const authenticate = await createAuthenticate(config.identity, reportUnusable(log))
  const sandbox = upstream.target.kind === 'sandbox' ? await startSandbox({ contract, solutions, file: upstream.target.file }) : undefined
  const metrics = createMetrics()
  const address = upstream.target.kind === 'remote' ? upstream.target.url : (sandbox as Sandbox).url
  const client = createClient(address, { ...upstream, onConnectionError: reportConnectionError(log, address.host) })
  const { batcher, schema, options } = createRooms(config, contract, client, metrics, log)

  const engine = createEngine({ ...config.graphql, schema: buildSchema(options), fast })
  const graphql = createEndpoint({ ...config.graphql, engine, fast, chooseDocument, onDefect: logDefects(log, 'defect') })
  const token = sandbox && config.identity.kind === 'token' ? SANDBOX_TOKEN : undefined
  const page = http.graphiql ? await loadGraphiqlPage({ token, upstream: upstream.target, endpoint: GRAPHQL_PATH }) : undefined
  let isReady = true
  const { server, stop } = createDoor(config, { graphql, page, metrics, authenticate, isReady: () => isReady, isFull: batcher.isFull, log })
  const checkDrift = createDriftCheck({
    solutions,
    resources: contract.resources,
    schema,
    tenant: config.identity.fallbackToken && readTenant(undefined, config.identity.fallbackToken),
    onCompared: reportDrift(log, metrics),
    onDefect: (error) => logDefects(log, 'defect in the comparison of schemas')(error, {}),
  })

  return {
    sandbox,
    async listen() {
      options.idempotency.start()
      const url = await server.listen(http.port, http.host)
      void checkDrift()
      return url
    },
    async close() {
      isReady = false
      server.closeAfterAnswers()
      if (http.shutdownDelayMs > 0) await after(http.shutdownDelayMs)
      await drain(server, batcher, http.drainTimeoutMs)
      stop()
      await options.idempotency.close()
      await client.close()
      await sandbox?.close()
    },
  }
}

/** The rooms behind the public schema, in the order in which a row meets them. */
function createRooms(config: Config, contract: Contract, client: Client, metrics: Metrics, log: Logger) {
  const judgeOf = (resource: Resource) => createJudge(resource, wireOptionsOf(resource, contract, config.upstream), config.batch)

  const events = createEvents()
  observe(events, log, metrics)
  const limitsByTenant = createLimitsByTenant({
    ...config.ingest,
    onBreaker: (tenantId, isOpen, origins) => events.emit('breaker:changed', { tenantId, isOpen, origins }),
    onFull: (requests, tenantsWaiting) => events.emit('host:full', { requests, tenantsWaiting }),
  })
  metrics.watch('rowgate_rows_waiting', limitsByTenant.rowsWaiting)
  metrics.watch('rowgate_upstream_requests_in_flight', limitsByTenant.requestsInFlight)
  const limitedCall = createLimitedCall(limitsByTenant, config.ingest.attemptTimeoutMs)
  const schema = createSchemaWire(createSchemaCall(client, limitedCall), config.upstream)
  const schemaCache = createSchemaCache(schema, config.lifecycle.schemaMaxAgeMs)

  const onUnknownAnswer = createShapeReport(reportUnknownAnswer(log), metrics.countUnknownAnswer)
  const wire = announced(createIngestWire(client, { ...config.upstream, onUnknownAnswer }), events)
  const batcher = createBatcher({
    ...config.ingest,
    ...config.batch,
    sendBatch: createSendBatch(wire, createAttempt(wire, config.ingest, config.ingest.retry), { ...config.ingest, ...config.batch }),
    limitsByTenant,
    onDefect: (error, origins) => events.emit('defect', { error, origins }),
  })
  const ingest = createIngest({ batcher, maxBatchRows: config.batch.maxBatchRows, events })

  const watching = { onUnavailable: reportStore(log), onCommit: metrics.observeCommit }
  const idempotency = createIdempotency({ ...config.idempotency, store: createStore(config.idempotency), ...watching })
  metrics.watchStore(idempotency.stats)
  const { ledger, rejections } = createQuality(events, config.quality.recentRejections)
  const options = {
    ...config.graphql,
    ...config.batch,
    ...{ inbound: config.inbound, requestsPerSecond: config.ingest.requestsPerSecond },
    maxBodyBytes: config.http.maxBodyBytes,
    contract,
    solutions: config.solutions,
    judgeOf,
    findAttributes: createFindAttributes(schemaCache, contract.resources),
    ...{ ingest, idempotency, retentionMs: config.idempotency.retentionMs },
    usageOf: batcher.usageOf,
    schema,
    schemaCache,
    directory: createSolutionDirectory(config.solutions),
    ledger,
    rejections,
    checklist: createChecklist({ ...config.batch, contract, ledger, runDry: createDryRun(ingest, judgeOf) }),
  } satisfies SchemaOptions
  return { batcher, schema, options }
}

/** What stands behind the door, and what it asks of the other rooms. */
interface Behind extends Pick<ListenerOptions, 'graphql' | 'authenticate' | 'log'> {
  readonly page: (() => Promise<string>) | undefined
  readonly metrics: Metrics
  readonly isReady: () => boolean
  readonly isFull: (tenantId: string) => boolean
}

function createDoor({ http, identity, inbound }: Config, behind: Behind) {
  const { page, metrics, isReady, isFull, log } = behind
  const memory = createMemoryBudget(http.memoryBudgetBytes)
  metrics.watch('rowgate_memory_held_bytes', memory.held)
  const shedding = createLoadShedding(memory, isFull, metrics.countShed)
  const listener = createListener({
    ...behind,
    graphqlPath: GRAPHQL_PATH,
    endpoints: createEndpoints({ isReady, metrics, graphiql: page, graphqlPath: GRAPHQL_PATH }),
    cors: createCors({ origins: http.corsOrigins, host: http.host }),
    shedding,
    memory,
    limits: createInboundLimits({ ...inbound, onLimited: metrics.countLimited }),
    lendsToken: identity.kind === 'token' && identity.fallbackToken !== undefined,
    maxBodyBytes: http.maxBodyBytes,
    write: createWriteAnswer(),
    onDefect: logDefects(log, 'defect'),
  })
  return { server: createHttpServer(listener, http), stop: shedding.stop }
}
