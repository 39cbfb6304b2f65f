import { table } from '../table.ts'
import type { Measured, PerStore } from './measured.ts'
import { costsOf, predictedOver } from './model.ts'
import { type Bottleneck, type Plan, planOf } from './plan.ts'
import { LIMITS, SCENARIOS, SIZES } from './scenarios.ts'

/** How far the simulation may be from what was measured of mixed loads, in parts of it. */
export const TOLERANCE = 0.4

const NAMES: Readonly<Record<Bottleneck['name'], string>> = {
  core: 'core of a replica',
  memory: 'memory of a replica',
  permits: 'upstream requests under way',
  tenants: 'tenants remembered by a replica',
  upstream: "upstream's limit for one tenant",
  store: 'CPU of PostgreSQL',
  connections: 'connections of PostgreSQL',
}

/** What stands on the page, by the name of its place: all of it follows from the measurement. */
export function tablesOf(measured: Measured): Readonly<Record<string, string>> {
  return {
    machine: machineLine(measured),
    costs: costTable(measured),
    memory: memoryTable(measured),
    plan: planTable(measured),
    held: heldTable(measured),
  }
}

function machineLine({ at, command, machine: { cpu, cores, memoryGiB, kernel, node } }: Measured): string {
  return `Measured on ${at.slice(0, 10)} by \`${command}\` on ${cores} cores of ${cpu}, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}.`
}

function costTable({ rowMicros, mutationMicros, postgres, storedBytes }: Measured): string {
  const perStore = (name: string, of: PerStore) => [name, ...[of.plain, of.sqlite, of.postgres].map((value) => number(value, 1))]
  const perSecond = ({ plain, sqlite, postgres: shared }: PerStore): PerStore => ({
    plain: 1e6 / plain,
    sqlite: 1e6 / sqlite,
    postgres: 1e6 / shared,
  })
  const whole = (name: string, of: PerStore) => [name, ...[of.plain, of.sqlite, of.postgres].map((value) => number(value, 0))]
  return table([
    ['', 'no key', 'key, SQLite', 'key, PostgreSQL'],
    perStore('CPU of the gateway, µs for a row of 500', rowMicros),
    whole('rows a second and core', perSecond(rowMicros)),
    perStore('CPU of the gateway, µs for a mutation of one row', mutationMicros),
    whole('such mutations a second and core', perSecond(mutationMicros)),
    ['bytes at rest for a key of one row', '0', number(storedBytes.sqlite.one, 0), number(storedBytes.postgres.one, 0)],
    ['bytes at rest for a key of 500 rows', '0', number(storedBytes.sqlite.many, 0), number(storedBytes.postgres.many, 0)],
    ['CPU of PostgreSQL, µs for a mutation of one row', '0', '0', number(postgres.keyedMicros, 1)],
    ['CPU of PostgreSQL, µs for a mutation of 500 rows', '0', '0', number(postgres.bulkMicros, 1)],
    ['such mutations of one row a second and core of PostgreSQL', '', '', number(1e6 / postgres.keyedMicros, 0)],
    ['taken from one gateway over 64 connections, a second', '', '', number(postgres.keyedPerSecond, 0)],
    ['commits, and bytes of its log, for a mutation of one row', '', '', `${number(postgres.commits, 2)}, ${number(postgres.logBytes, 0)}`],
    [
      'CPU of PostgreSQL, µs for a second in which a tenant sends',
      number(postgres.tenantSecondMicros, 1),
      '0',
      number(postgres.tenantSecondMicros, 1),
    ],
  ])
}

function memoryTable(measured: Measured): string {
  const { tenantMiB } = costsOf(measured)
  const rows = measured.memory.map(({ tenants, residentMiB, liveMiB }) => [number(tenants, 0), number(residentMiB, 0), number(liveMiB, 1)])
  return [
    table([['tenants that have sent within a minute', 'resident, MiB', 'live, MiB'], ...rows]),
    `A tenant takes ${number(tenantMiB * 1_024, 1)} KiB of live memory.`,
  ].join('\n\n')
}

function planTable(measured: Measured): string {
  const costs = costsOf(measured)
  const rows = SIZES.flatMap((tenants) =>
    SCENARIOS.map(({ name, groupsOf }) => [number(tenants, 0), name, ...planCells(planOf(groupsOf(tenants), costs, LIMITS))]),
  )
  return table([['tenants', 'load', 'rows/s', 'replicas', 'cores of PostgreSQL', 'first bottleneck', 'then'], ...rows])
}

function planCells({ rowsPerSecond, replicas, storeCores, bottlenecks }: Plan): string[] {
  const [first, then] = bottlenecks.map(({ name, use }) => `${NAMES[name]} (${number(use * 100, 0)} %)`)
  return [number(rowsPerSecond, 0), number(replicas, 0), number(storeCores, storeCores < 1 ? 2 : 1), first ?? '', then ?? '']
}

function heldTable(measured: Measured): string {
  const costs = costsOf(measured)
  const rows = measured.mixed.map((point) => {
    const { gateway, store } = predictedOver(point, costs, LIMITS)
    return [...[point.bulk, point.plain, point.keyed].map((count) => number(count, 0)), number(gateway, 2), number(store, 2)]
  })
  const head = ['mutations of 500 rows with a key', 'of one row', 'of one row with a key', 'CPU of the gateway', 'CPU of PostgreSQL']
  return table([head, ...rows])
}

function number(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
