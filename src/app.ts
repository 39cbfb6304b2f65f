import type { Config } from './config.ts'
import { loadDocuments } from './graphql/documents.ts'
import { createEndpoint } from './graphql/endpoint.ts'
import { createEngine } from './graphql/engine.ts'
import { loadGraphiqlPage } from './graphql/graphiql.ts'
import { buildSchema, type SchemaOptions } from './graphql/schema.ts'
import { CONSOLE_PATH, createConsole } from './http/console.ts'
import { createDoor } from './http/create-door.ts'
import { drain } from './http/shutdown.ts'
import { createIdempotency } from './idempotency/create-idempotency.ts'
import { createAuthenticate } from './identity/create-authenticate.ts'
import { readTenant } from './identity.ts'
import { createAttempt } from './ingest/attempts.ts'
import { createBatcher } from './ingest/batcher.ts'
import { announced, createEvents } from './ingest/events.ts'
import { createIngest } from './ingest/ingest.ts'
import { createLimitedCall } from './ingest/limits/limited-call.ts'
import { createLimitsByTenant } from './ingest/limits/tenant-limits.ts'
import { createSendBatch } from './ingest/send-batch.ts'
import { checkDrift } from './lifecycle/drift-check.ts'
import { createFindAttributes } from './lifecycle/find-attributes.ts'
import { createObservability, type Observability } from './observability/create-observability.ts'
import type { Logger } from './observability/log.ts'
import { createChecklist } from './onboarding/checklist.ts'
import { createDryRun } from './onboarding/dry-run.ts'
import { createReplicas } from './replicas/create-replicas.ts'
import type { Contract } from './resource/contract.ts'
import type { Resource } from './resource/define-resource.ts'
import { createJudge } from './rows/judge.ts'
import { wireOptionsOf } from './rows/wire-row.ts'
import { SANDBOX_TOKEN } from './sandbox/choices.ts'
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts'
import { createStore } from './store/create-store.ts'
import { createShapeReport, createUnusableReport } from './upstream/answer-reports.ts'
import { type Client, createClient } from './upstream/client.ts'
import { createIngestWire } from './upstream/ingest-wire.ts'
import { createSchemaCall } from './upstream/schema-call.ts'
import { createSchemaWire } from './upstream/schema-wire.ts'
import { unusable } from './util/config-error.ts'

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

/** Everybody has been answered by then; of a store that is stuck the leases run out by themselves. */
const STORE_CLOSING_MS = 5_000

/** Puts the parts together; the only place that knows them all. */
export async function createApp(config: Config, contract: Contract, log: Logger, { fast = true }: AppOptions = {}): Promise<App> {
  const { http, upstream, solutions } = config
  const observability = await createObservability(config, GRAPHQL_PATH, log)
  const { reports, followers, onOperation, watchUpstream } = observability
  const chooseDocument = await loadDocuments(config.graphql)
  const authenticate = await createAuthenticate(config.identity, reports)
  const { target } = upstream
  const sandbox =
    target.kind === 'sandbox' ? await startSandbox({ contract, solutions, file: target.file }).catch(unusable('SANDBOX_FILE')) : undefined
  const address = target.kind === 'remote' ? target.url : (sandbox as Sandbox).url
  const client = createClient(address, { ...upstream, onConnectionError: reports.connectionError(address.host), followers })
  const { batcher, schema, options, replicas } = createRooms(config, contract, client, observability)

  const engine = createEngine({ ...config.graphql, schema: buildSchema(options), fast, onOperation })
  const graphql = createEndpoint({
    ...{ ...config.graphql, engine, fast, chooseDocument, watchUpstream },
    onDeclined: observability.metrics.countDeclined,
    onDefect: reports.defects('defect'),
  })
  const token = sandbox && config.identity.kind === 'token' ? SANDBOX_TOKEN : undefined
  const lendsToken = config.identity.kind === 'token' && config.identity.fallbackToken !== undefined
  const facts = { token, lendsToken, upstream: target, endpoint: GRAPHQL_PATH }
  const graphiql = http.graphiql ? await loadGraphiqlPage({ ...facts, consolePath: http.console ? CONSOLE_PATH : undefined }) : undefined
  const pages = { graphiql, console: http.console ? createConsole(facts) : undefined }
  let isReady = true
  const behind = { graphql, graphqlPath: GRAPHQL_PATH, ...pages, authenticate, lendsToken, isReady: () => isReady }
  const { server, stop } = createDoor(config, { ...observability, ...behind, isQueueFull: batcher.isFull })
  const compared = {
    solutions,
    resources: contract.resources,
    schema,
    tenant: config.identity.fallbackToken && readTenant(undefined, config.identity.fallbackToken),
    onCompared: reports.drift,
    onDefect: (error: unknown) => reports.defects('defect in the comparison of schemas')(error, {}),
  }

  return {
    sandbox,
    async listen() {
      options.idempotency.start()
      await replicas.start()
      const url = await server.listen(http.port, http.host).catch(unusable('HOST and PORT'))
      void checkDrift(compared)
      return url
    },
    async close() {
      isReady = false
      await drain(server, batcher, http)
      stop()
      await inTime(replicas.close().then(options.idempotency.close), STORE_CLOSING_MS)
      await client.close()
      await sandbox?.close()
      await observability.close()
    },
  }
}

/** Waits for work, for so many milliseconds at most. */
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  await Promise.race([work, new Promise((resolve) => void setTimeout(resolve, ms).unref())])
}

/** The rooms behind the public schema, in the order in which a row meets them. */
function createRooms(config: Config, contract: Contract, client: Client, observability: Observability) {
  const { metrics, reports } = observability
  const judgeOf = (resource: Resource) =>
    createJudge(resource, wireOptionsOf(resource, contract, config.upstream), config.batch.maxBatchRows)

  const events = createEvents()
  observability.listen(events)
  const limitsByTenant = createLimitsByTenant({
    ...config.ingest,
    onBreaker: (tenantId, isOpen, origins) => events.emit('breaker:changed', { tenantId, isOpen, origins }),
    onFull: (requests, tenantsWaiting) => events.emit('host:full', { requests, tenantsWaiting }),
  })
  metrics.watch('rowgate_rows_waiting', limitsByTenant.rowsWaiting)
  metrics.watch('rowgate_upstream_requests_in_flight', limitsByTenant.requestsInFlight)
  const limitedCall = createLimitedCall(limitsByTenant, config.ingest.attemptTimeoutMs)
  const schema = createSchemaWire(createSchemaCall(client, limitedCall), config.upstream)

  const onUnknownAnswer = createShapeReport(reports.unknownAnswer, metrics.countUnknownAnswer)
  const onUnusableAnswer = createUnusableReport(reports.unusableAnswer)
  const wire = announced(createIngestWire(client, { ...config.upstream, onUnknownAnswer, onUnusableAnswer }), events)
  const batcher = createBatcher({
    ...config.ingest,
    ...config.batch,
    sendBatch: observability.followBatches(
      createSendBatch(wire, createAttempt(wire, config.ingest, config.ingest.retry), { ...config.ingest, ...config.batch }),
    ),
    limitsByTenant,
    onDefect: (error, origins) => events.emit('defect', { error, origins }),
  })
  const ingest = createIngest({ batcher, maxBatchRows: config.batch.maxBatchRows, events })

  const { databaseUrl, file } = config.idempotency
  // An address in DATABASE_URL may hold a password; a path tells the operator which file.
  const { onNotesFailed, ...report } = reports.store(databaseUrl === undefined ? `STORE_FILE ${file}` : 'DATABASE_URL')
  const watching = { ...report, onNewerVersion: reports.newerRecords, onCommit: metrics.observeCommit }
  const store = createStore(config.idempotency)
  const idempotency = createIdempotency({ ...config.idempotency, store, ...watching })
  metrics.watchStore(idempotency.stats)
  const replicas = createReplicas({
    ...{ schema, solutions: config.solutions, ...config.lifecycle, ...config.quality },
    ...{ events, notes: store.notes, replicaId: config.replicaId, onTogether: reports.together },
    onNotesFailed,
  })
  const { ledger, schemaCache, directory, rejections } = replicas
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
    ...{ schema, schemaCache, directory, ledger, rejections },
    checklist: createChecklist({ ...config.batch, contract, ledger, runDry: createDryRun(ingest, judgeOf) }),
  } satisfies SchemaOptions
  return { batcher, schema, options, replicas }
}
