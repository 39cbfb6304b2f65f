import { printSchema } from 'graphql'
import { bareSchema } from './bare-schema.ts'

/** Where the printed contract is committed. */
export const SCHEMA_FILE = new URL('../../schema/schema.graphql', import.meta.url)

/** The public schema under default settings, as text; nothing is listening behind it. */
export async function printContractSchema(): Promise<string> {
  return `${printSchema(bareSchema())}\n`
}
