import type { Config } from './config.ts'
import type { SchemaOptions } from './graphql/schema.ts'
import { createAttempt } from './ingest/attempts.ts'
import { type Batcher, createBatcher } from './ingest/batcher.ts'
import { createIngest, type Ingest, type Settlement } from './ingest/ingest.ts'
import { createLimitedCall } from './ingest/limited-call.ts'
import { createDeliver } from './ingest/send-batch.ts'
import { createTraffic, type Traffic } from './ingest/tenant-limits.ts'
import { createAttributeJudge } from './lifecycle/attribute-judge.ts'
import { createDriftAlarm, type DriftAlarm } from './lifecycle/drift-alarm.ts'
import { createSchemaCache } from './lifecycle/schema-cache.ts'
import { createSolutionDirectory } from './lifecycle/solution-directory.ts'
import { type Logger, logDefects } from './observability/log.ts'
import { createMetrics, type Metrics } from './observability/metrics.ts'
import { createChecklist } from './onboarding/checklist.ts'
import { createDryRun } from './onboarding/dry-run.ts'
import { createLedger } from './quality/ledger.ts'
import { createRejections } from './quality/rejections.ts'
import type { Contract } from './resource/contract.ts'
import type { Resource } from './resource/define-resource.ts'
import { createJudge } from './rows/judge.ts'
import type { WireOptions } from './rows/wire-row.ts'
import type { Client } from './upstream/client.ts'
import { createIngestWire } from './upstream/ingest-wire.ts'
import { createSchemaCall } from './upstream/schema-call.ts'
import { createSchemaWire } from './upstream/schema-wire.ts'
import { createShapeReport } from './upstream/shape-report.ts'
import { createBodyPool } from './util/buffer-pool.ts'
import { type RequestOrigin, requestIdsOf } from './util/request-origin.ts'

/** Everything behind the public schema, put together from the configuration. */
export interface Services {
  readonly batcher: Batcher
  readonly options: SchemaOptions
  readonly alarm: DriftAlarm
  readonly metrics: Metrics
}

/** Puts the stages together; nothing listens yet and nothing is asked of the upstream. */
export function createServices(config: Config, contract: Contract, client: Client, log: Logger): Services {
  const metrics = createMetrics()
  const ledger = createLedger()
  const rejections = createRejections(config.recentRejections)
  const traffic = createTraffic({ ...config, concurrency: config.upstreamConcurrency, onBreaker: breakerLogger(log) })
  const { batcher, ingest } = createPipeline(config, client, traffic, metrics, log)
  const wireOptionsOf = ({ module }: Resource): WireOptions => ({
    timestampFormat: contract.modules[module]?.timestampFormat ?? 'ISO-8601 UTC',
    keyCase: config.rowKeyCase,
  })
  const packing = { ...config, prints: createBodyPool() }
  const judgeOf = (resource: Resource) => createJudge(resource, wireOptionsOf(resource), packing)
  const schema = createSchemaWire(createSchemaCall(client, createLimitedCall(traffic, config.attemptTimeoutMs)), config)
  const schemaCache = createSchemaCache(schema, config.schemaMaxAgeMs)
  const options: SchemaOptions = {
    ...config,
    contract,
    judgeOf,
    judgeAttributes: createAttributeJudge(schemaCache, contract.resources, wireOptionsOf),
    ingest: recorded(ingest, [ledger, rejections]),
    usageOf: batcher.usageOf,
    schema,
    schemaCache,
    directory: createSolutionDirectory(config.solutions),
    ledger,
    rejections,
    checklist: createChecklist({ ...config, contract, ledger, runDry: createDryRun(ingest, judgeOf, wireOptionsOf) }),
  }
  return { batcher, options, alarm: createDriftAlarm(config, contract, schema, metrics, log), metrics }
}

/** The way of judged rows to the upstream and back. */
function createPipeline(
  config: Config,
  client: Client,
  traffic: Traffic,
  metrics: Metrics,
  log: Logger,
): { batcher: Batcher; ingest: Ingest } {
  const upstream = createIngestWire(client, {
    ingestionPath: config.ingestionPath,
    rowIndexBase: config.rowIndexBase,
    keyCase: config.rowKeyCase,
    onUnknownAnswer: unknownAnswers(metrics, log),
  })
  const logDefect = logDefects(log, 'defect while sending a batch')
  const batcher = createBatcher({
    ...config,
    deliver: createDeliver(upstream, createAttempt(upstream, config, config.retry), config),
    traffic,
    windowMs: config.batchWindowMs,
    onDefect: (error, origins) => logDefect(error, { requestIds: requestIdsOf(origins) }),
  })
  return { batcher, ingest: createIngest({ batcher, maxBatchRows: config.maxBatchRows }) }
}

/** The same, with every mutation's outcomes written down. */
function recorded(ingest: Ingest, books: readonly { record(settlement: Settlement): void }[]): Ingest {
  return async (...asked) => {
    const settlement = await ingest(...asked)
    for (const book of books) book.record(settlement)
    return settlement
  }
}

function breakerLogger(log: Logger) {
  return (tenant: string, isOpen: boolean, origins: readonly RequestOrigin[]) => {
    const about = { tenant, requestIds: requestIdsOf(origins) }
    if (isOpen) log.warn(about, 'the upstream keeps failing: requests of this tenant are withheld, one probe a second goes out')
    else log.info(about, 'the upstream answers again: requests of this tenant are sent')
  }
}

function unknownAnswers(metrics: Metrics, log: Logger) {
  return createShapeReport(
    (names) => log.info({ names }, 'the upstream answered in words that are not known, and was believed on its status: is it a yes?'),
    metrics.countUnknownAnswer,
  )
}
