import type { GraphQLSchema } from 'graphql'
import { contract } from '../../schema/index.ts'
import { readConfig } from '../../src/config.ts'
import { buildSchema } from '../../src/graphql/schema.ts'
import type { Ingest } from '../../src/ingest/ingest.ts'
import { createSchemaCache } from '../../src/lifecycle/schema-cache.ts'
import { createSolutionDirectory } from '../../src/lifecycle/solution-directory.ts'
import { createLedger } from '../../src/quality/ledger.ts'
import { createRejections } from '../../src/quality/rejections.ts'
import { createJudge } from '../../src/rows/judge.ts'

const absent = () => Promise.reject(new Error('not connected'))

/** The public schema under default settings, with nothing behind it but an ingest step, where one is given. */
export function bareSchema(ingest: Ingest = absent): GraphQLSchema {
  const config = readConfig({}, contract.modules)
  const schema = { saveSchema: absent, addAttribute: absent, rollout: absent, solutions: absent, solutionSchema: absent }
  return buildSchema({
    ...config.graphql,
    ...config.batch,
    inbound: config.inbound,
    requestsPerSecond: config.ingest.requestsPerSecond,
    maxBodyBytes: config.http.maxBodyBytes,
    solutions: config.solutions,
    contract,
    judgeOf: (resource) => createJudge(resource, { timestampFormat: 'ISO-8601 UTC', keyCase: 'lower' }, config.batch.maxBatchRows),
    findAttributes: () => ({}),
    ingest,
    idempotency: { run: absent, find: absent },
    retentionMs: config.idempotency.retentionMs,
    usageOf: () => ({ currentRequestsPerSecond: 50, requestsInLastSecond: 0, rowsWaiting: 0 }),
    schema,
    ledger: createLedger({ has: () => false }),
    checklist: absent,
    rejections: createRejections(0, { has: () => false }),
    directory: createSolutionDirectory(config.solutions),
    schemaCache: createSchemaCache(schema, 0),
  })
}
