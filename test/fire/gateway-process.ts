import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Running, startProcess } from '../bench/measure/start-process.ts'
import { product } from '../support/rows.ts'
import { MALLOC_ENV, START_FLAGS } from '../support/start-flags.ts'

const PROBE = new URL('../bench/measure/probe.ts', import.meta.url).href
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Starts a gateway in a process of its own before that upstream, with the memory settings of the image. */
export function startGatewayProcess(upstream: string, settings: Record<string, string> = {}): Promise<Running> {
  const env = { ...MALLOC_ENV, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', INGESTION_URL: upstream, ...settings }
  // With its parent gone the probe ends the process, which would go on working otherwise.
  return startProcess({ name: 'rowgate', file: MAIN, env, flags: ['--import', PROBE, ...START_FLAGS] })
}

/** The body of a mutation of so many products, whose keys begin with a name. */
export function mutationBody(operation: 'upsert' | 'append', name: string, rows: number): Buffer {
  const query = `mutation ($rows: [ProductsRowInput!]!) { payload: ${operation}Products(rows: $rows) { acceptedCount rejectedCount unconfirmedCount } }`
  const variables = { rows: Array.from({ length: rows }, (_, at) => product(`${name}-${at}`)) }
  return Buffer.from(JSON.stringify({ query, variables }))
}

/** The resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}
