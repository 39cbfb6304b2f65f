import { contract } from '../../schema/index.ts'
import { readConfig } from '../config.ts'
import { GatewayError } from '../errors.ts'
import { readTenant } from '../identity.ts'
import { createEvents } from '../ingest/events.ts'
import { createLimitedCall } from '../ingest/limits/limited-call.ts'
import { createLimitsByTenant } from '../ingest/limits/tenant-limits.ts'
import { type Difference, declarationLine } from '../lifecycle/drift.ts'
import { compareSolutions } from '../lifecycle/drift-check.ts'
import { SANDBOX_TOKEN } from '../sandbox/choices.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { createClient } from '../upstream/client.ts'
import { createSchemaCall } from '../upstream/schema-call.ts'
import { createSchemaWire } from '../upstream/schema-wire.ts'
import { ConfigError } from '../util/config-error.ts'
import { readOrigin } from '../util/request-origin.ts'

// Exit codes: 0 no differences, 1 some, 2 the comparison failed.
try {
  process.exitCode = (await checkAll()) === 0 ? 0 : 1
} catch (error) {
  const isExpected = error instanceof ConfigError || error instanceof GatewayError
  console.error(isExpected ? `The comparison failed: ${error.message}` : error)
  process.exitCode = 2
}

/** Compares every configured solution with the upstream; returns how many differences there are. */
async function checkAll(): Promise<number> {
  const config = readConfig(process.env, contract.modules)
  const { upstream, ingest, identity, solutions } = config
  if (upstream.target.kind === 'remote' && identity.fallbackToken === undefined)
    throw new ConfigError('INGESTION_TOKEN: must be set to query a real upstream')
  const sandbox: Sandbox | undefined =
    upstream.target.kind === 'sandbox' ? await startSandbox({ contract, solutions, file: ':memory:' }) : undefined
  const client = createClient(upstream.target.kind === 'remote' ? upstream.target.url : (sandbox as Sandbox).url, upstream)
  try {
    const limitsByTenant = createLimitsByTenant({ ...ingest, events: createEvents() })
    const schema = createSchemaWire(createSchemaCall(client, createLimitedCall(limitsByTenant, ingest.attemptTimeoutMs)), upstream)
    const tenant = readTenant(sandbox && SANDBOX_TOKEN, identity.fallbackToken)
    let count = 0
    for await (const result of compareSolutions(solutions, contract.resources, schema, tenant, readOrigin({ headers: {} }))) {
      if ('fault' in result) throw result.fault
      report(result.solution, result.differences)
      count += result.differences.length
    }
    return count
  } finally {
    await client.close()
    await sandbox?.close()
  }
}

function report(solution: string, differences: readonly Difference[]): void {
  console.log(`${solution}: ${differences.length === 0 ? 'in sync' : `${differences.length} differences`}`)
  for (const difference of differences) {
    const { kind, object, column, declared, found, meaning } = difference
    const sides = [declared && `declared ${declared}`, found && `found ${found}`].filter(Boolean).join(', ')
    console.log(`  ${kind} ${object}${column ? `.${column}` : ''}${sides ? ` (${sides})` : ''}: ${meaning}`)
    const line = declarationLine(difference)
    if (line) console.log(`    to declare it: ${line}`)
  }
}
