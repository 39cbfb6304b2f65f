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
import { createBatcher } from './ingest/batcher.ts'
import { createEvents, type Events } from './ingest/events.ts'
import { createIngest } from './ingest/ingest.ts'
import { createLimitedCall } from './ingest/limits/limited-call.ts'
import { createLimitsByTenant } from './ingest/limits/tenant-limits.ts'
import { createSendBatch } from './ingest/send-batch.ts'
import { checkDrift } from './lifecycle/drift-check.ts'
import { createFindAttributes } from './lifecycle/find-attributes.ts'
import type { SchemaPort } from './lifecycle/schema-port.ts'
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
import { inTime } from './util/in-time.ts'

/** A gateway assembled from its configuration; it brings its own upstream, the sandbox, where no other is configured. */
export interface App {
  readonly sandbox: Sandbox | undefined
  /** Starts taking requests; resolves with the address, and rejects where `close` was called before that. */
  listen(): Promise<URL>
  /** Shuts down gracefully: not ready at once, no new connections after `shutdownDelayMs`, then requests under way have until the drain timeout to finish. */
  close(): Promise<void>
  /** Whether nothing is under way any more while it closes: only the store and whoever collects traces are still waited for. */
  isDrained(): boolean
}

const GRAPHQL_PATH = '/graphql'

/** Every caller has been answered by then, and the leases of a store that hangs expire by themselves. */
const STORE_CLOSING_MS = 5_000

/** The composition root. Each part is given those behind it, so they are made from the upstream back to the HTTP server. `fast: false` takes the plain twin of each piece of speed work. */
export async function createApp(config: Config, contract: Contract, log: Logger, { fast = true } = {}): Promise<App> {
  const { http, upstream, solutions } = config
  const events = createEvents()
  const observability = await createObservability(config, GRAPHQL_PATH, events, log)
  const { metrics, reports, followers, onOperation, watchUpstream } = observability
  const chooseDocument = await loadDocuments(config.graphql)
  const authenticate = await createAuthenticate(config.identity, reports)
  const { target } = upstream
  const sandbox =
    target.kind === 'sandbox' ? await startSandbox({ contract, solutions, file: target.file }).catch(unusable('SANDBOX_FILE')) : undefined
  const address = target.kind === 'remote' ? target.url : (sandbox as Sandbox).url
  const client = createClient(address, { ...upstream, onConnectionError: reports.connectionError(address.host), followers })

  const sending = createSending(config, client, events, observability)
  const { batcher, schema } = sending
  const keeping = createKeeping(config, schema, events, observability)
  const options = schemaOptions(config, contract, sending, keeping)
  const engine = createEngine({ ...config.graphql, schema: buildSchema(options), fast, onOperation })
  const told = { onDeclined: metrics.countDeclined, onDefect: reports.defects('defect') }
  const graphql = createEndpoint({ ...config.graphql, engine, fast, chooseDocument, watchUpstream, ...told })
  const lendsToken = config.identity.kind === 'token' && config.identity.fallbackToken !== undefined
  let [isReady, isDrained] = [true, false]
  const behind = { graphql, graphqlPath: GRAPHQL_PATH, authenticate, lendsToken, isReady: () => isReady, isQueueFull: batcher.isFull }
  const pages = await createPages(config, lendsToken)
  const { server, stop } = createDoor(config, { ...observability, ...behind, ...pages })
  const compared = {
    solutions,
    resources: contract.resources,
    schema,
    tenant: config.identity.fallbackToken && readTenant(undefined, config.identity.fallbackToken),
    onCompared: reports.drift,
    onDefect: (error: unknown) => reports.defects('defect while comparing schemas')(error, {}),
  }

  return {
    sandbox,
    async listen() {
      keeping.idempotency.start()
      await keeping.replicas.start()
      // Told to stop meanwhile: whoever connected now would be cut off.
      if (!isReady) throw new Error('closed before it listened')
      const url = await server.listen(http.port, http.host).catch(unusable('HOST and PORT'))
      void checkDrift(compared)
      return url
    },
    async close() {
      isReady = false
      await drain(server, { ...batcher, giveUpStore: keeping.idempotency.giveUp }, http)
      isDrained = true
      stop()
      await inTime(keeping.replicas.close().then(keeping.idempotency.close), STORE_CLOSING_MS)
      await client.close()
      await sandbox?.close()
      await observability.close()
    },
    isDrained: () => isDrained,
  }
}

/** The pages served to browsers: GraphiQL and the console. */
async function createPages({ http, identity, upstream: { target } }: Config, lendsToken: boolean) {
  const token = target.kind === 'sandbox' && identity.kind === 'token' ? SANDBOX_TOKEN : undefined
  const facts = { token, lendsToken, upstream: target, endpoint: GRAPHQL_PATH }
  return {
    graphiql: http.graphiql ? await loadGraphiqlPage({ ...facts, consolePath: http.console ? CONSOLE_PATH : undefined }) : undefined,
    console: http.console ? createConsole(facts) : undefined,
  }
}

/** What the resolvers of the public schema work with. */
function schemaOptions(
  config: Config,
  contract: Contract,
  sending: ReturnType<typeof createSending>,
  { idempotency, replicas }: ReturnType<typeof createKeeping>,
): SchemaOptions {
  const judgeOf = (resource: Resource) =>
    createJudge(resource, wireOptionsOf(resource, contract, config.upstream), config.batch.maxBatchRows)
  return {
    ...config.graphql,
    ...config.batch,
    inbound: config.inbound,
    requestsPerSecond: config.ingest.requestsPerSecond,
    maxBodyBytes: config.http.maxBodyBytes,
    retentionMs: config.idempotency.retentionMs,
    contract,
    solutions: config.solutions,
    judgeOf,
    findAttributes: createFindAttributes(replicas.schemaCache, contract.resources),
    ...sending,
    usageOf: sending.batcher.usageOf,
    idempotency,
    ...replicas,
    checklist: createChecklist({ ...config.batch, contract, ledger: replicas.ledger, runDry: createDryRun(sending.ingest, judgeOf) }),
  }
}

/** What takes judged rows to their outcomes: batches, the limits on sending them, and attempts. */
function createSending(config: Config, client: Client, events: Events, { metrics, reports, followBatches }: Observability) {
  const limitsByTenant = createLimitsByTenant({ ...config.ingest, events })
  metrics.watch('rowgate_rows_waiting', limitsByTenant.rowsWaiting)
  metrics.watch('rowgate_upstream_requests_in_flight', limitsByTenant.requestsInFlight)
  const limitedCall = createLimitedCall(limitsByTenant, config.ingest.attemptTimeoutMs)
  const schema = createSchemaWire(createSchemaCall(client, limitedCall), config.upstream)

  const onUnknownAnswer = createShapeReport(reports.unknownAnswer, metrics.countUnknownAnswer)
  const onUnusableAnswer = createUnusableReport(reports.unusableAnswer)
  const wire = createIngestWire(client, { ...config.upstream, onUnknownAnswer, onUnusableAnswer })
  const batcher = createBatcher({
    ...config.ingest,
    ...config.batch,
    sendBatch: followBatches(createSendBatch(wire, { ...config.ingest, ...config.batch, events })),
    limitsByTenant,
    events,
  })
  return { batcher, ingest: createIngest({ batcher, maxBatchRows: config.batch.maxBatchRows, events }), schema }
}

/** What outlives the process: records of keyed requests, and the notes that replicas share. */
function createKeeping(config: Config, schema: SchemaPort, events: Events, { metrics, reports }: Observability) {
  const { databaseUrl, file } = config.idempotency
  // Reports name the file, but never the URL: it may hold a password.
  const { onNotesFailed, ...told } = reports.store(databaseUrl === undefined ? `STORE_FILE ${file}` : 'DATABASE_URL')
  const store = createStore(config.idempotency)
  const watching = { ...told, onNewerVersion: reports.newerRecords, onCommit: metrics.observeCommit }
  const idempotency = createIdempotency({ ...config.idempotency, store, ...watching })
  metrics.watchStore(idempotency.stats)
  const replicas = createReplicas({
    ...config.replicas,
    schema,
    solutions: config.solutions,
    events,
    notes: store.notes,
    replicaId: config.replicaId,
    onTogether: reports.together,
    onNotesFailed,
  })
  return { idempotency, replicas }
}
