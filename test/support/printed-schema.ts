import { printSchema } from 'graphql'
import { contract } from '../../schema/index.ts'
import { readConfig } from '../../src/config.ts'
import { buildSchema } from '../../src/graphql/schema.ts'
import { createJudge } from '../../src/resource/judge.ts'

/** Where the printed contract is committed. */
export const SCHEMA_FILE = new URL('../../schema/schema.graphql', import.meta.url)

/** The public schema under default settings, as text; nothing is listening behind it. */
export async function printContractSchema(): Promise<string> {
  const absent = () => Promise.reject(new Error('not connected'))
  const schema = buildSchema({
    ...readConfig({}, contract.modules),
    contract,
    judgeOf: (resource) => createJudge(resource, { timestampFormat: 'ISO-8601 UTC', keyCase: 'lower' }),
    ingest: absent,
    usageOf: () => ({ requestsInLastSecond: 0, rowsWaiting: 0 }),
    schema: { addAttribute: absent, rollout: absent, solutions: absent, solutionSchema: absent },
  })
  return `${printSchema(schema)}\n`
}
