import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../support/postgres.ts'
import { machine } from '../machine.ts'
import { startStub } from '../start-stub.ts'
import { startOnFile, startOnPostgres } from './gateways.ts'
import { measureCosts, measureFile, measureMemory } from './measure-gateway.ts'
import { measureMixed, measurePostgres, measureTables } from './measure-store.ts'
import { MEASURED_FILE, type Measured, readMeasured } from './measured.ts'
import { writePage } from './page.ts'
import { tablesOf } from './tables.ts'

/** Measures what things cost and prints what follows for how many replicas. `--write`: keeps both; `--again`: goes by what was kept. */
export async function capacity(args: readonly string[], say: (line: string) => void): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { write: { type: 'boolean' }, again: { type: 'boolean' } } })
  const found = values.again ? readMeasured() : await measureAll(`npm run bench -- ${['capacity', ...args].join(' ')}`, say)
  const text = `${JSON.stringify(found, rounded, 2)}\n`
  if (values.write) writeFileSync(MEASURED_FILE, text)
  // As it reads from the file: what was rounded there is what the page is held against.
  const tables = tablesOf(JSON.parse(text) as Measured)
  console.log(`\n${Object.values(tables).join('\n\n')}\n`)
  if (!values.write) return
  writePage(tables)
  say('written to test/bench/capacity/measured.json and docs/capacity.md')
}

async function measureAll(command: string, say: (line: string) => void): Promise<Measured> {
  const server = await startPostgres({ waitsForDisk: true })
  if (server === undefined) throw new Error('The capacity is that of a gateway on PostgreSQL: install it.')
  const stub = await startStub()
  try {
    say('a gateway on SQLite')
    const { gateway: onFile } = await startOnFile(stub.url)
    const plain = await measureCosts(onFile, false)
    const sqlite = await measureCosts(onFile, true)
    await onFile.stop()
    say('a gateway on PostgreSQL')
    const shared = await startOnPostgres(stub.url, server, 'capacity')
    const keyed = await measureCosts(shared, true)
    const postgres = await measurePostgres(server, shared, 'capacity')
    say('all kinds of mutations at once')
    const mixed = await measureMixed(server, shared, 'capacity')
    await shared.stop()
    say('memory of tenants')
    const memory = await measureMemory(stub.url)
    say('bytes at rest')
    const storedBytes = { sqlite: await measureFile(stub.url), postgres: await measureTables(stub.url, server) }
    return {
      ...{ at: new Date().toISOString(), command, machine: machine() },
      rowMicros: { plain: plain.row, sqlite: sqlite.row, postgres: keyed.row },
      mutationMicros: { plain: plain.mutation, sqlite: sqlite.mutation, postgres: keyed.mutation },
      ...{ postgres, memory, storedBytes, mixed },
    }
  } finally {
    await stub.stop()
    await server.remove()
  }
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value
}
