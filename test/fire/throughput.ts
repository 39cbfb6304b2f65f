import { constants, setPriority } from 'node:os'
import { type Driver, openDriver } from '../bench/measure/drive.ts'
import { cpuMicroseconds } from '../bench/measure/process-usage.ts'
import type { Running } from '../bench/measure/start-process.ts'
import { startStub } from '../bench/start-stub.ts'
import { atEnd } from './at-end.ts'
import { type Figure, quantile } from './figure.ts'
import { mutationBody, startGatewayProcess } from './gateway-process.ts'

const BLOCKS = { full: 24, short: 6 }
const BLOCK_SECONDS = 2
const CONNECTIONS = 8
const ROWS = 500
const BODIES = 20
const SETTINGS = { REQUESTS_PER_SECOND: '1000000', MAX_QUEUED_ROWS: '1000000', STORE_FILE: ':memory:' }
const LEAST = 1.7

/** What was done within a block: rows a second, and the CPU time for a row, in microseconds, of the gateways and of all that tries them. */
interface Block {
  readonly perSecond: number
  readonly gateways: number
  readonly others: number
}

/** The rows a second of two gateways over those of one, in turns; the load and its upstream give way to them, and what they take is told too. */
export async function throughput(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const stub = await startStub()
  const gateways = await Promise.all([1, 2].map(() => startGatewayProcess(stub.url.origin, SETTINGS)))
  for (const one of [stub, ...gateways]) atEnd(() => one.stop())
  for (const pid of [process.pid, stub.pid]) setPriority(pid, constants.priority.PRIORITY_LOW)
  const drivers = gateways.map(({ url }) => openDriver(new URL('/graphql', url), CONNECTIONS))
  const bodies = Array.from({ length: BODIES }, (_, nth) => mutationBody('upsert', `t${nth}`, ROWS))
  const drive = (count: number) => block(gateways.slice(0, count), drivers.slice(0, count), stub, bodies)

  for (const _ of [1, 2]) await drive(2)
  const [one, two]: [Block[], Block[]] = [[], []]
  for (let nth = 0; nth < BLOCKS[mode]; nth++) {
    one.push(await drive(1))
    two.push(await drive(2))
  }
  await Promise.all(drivers.map((driver) => driver.close()))
  return figures(one, two, say)
}

async function block(gateways: readonly Running[], drivers: readonly Driver[], stub: Running, bodies: readonly Buffer[]): Promise<Block> {
  const cpuOf = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + cpuMicroseconds(pid), 0)
  const [own, others] = [gateways.map(({ pid }) => pid), [stub.pid, process.pid]]
  const before = [cpuOf(own), cpuOf(others)] as const
  const began = performance.now()
  let turn = 0
  const next = () => bodies[turn++ % bodies.length] as Buffer
  const driven = await Promise.all(drivers.map((driver) => driver.drive(next, { seconds: BLOCK_SECONDS })))
  const rows = ROWS * driven.reduce((sum, { requests }) => sum + requests, 0)
  const seconds = (performance.now() - began) / 1_000
  return { perSecond: rows / seconds, gateways: (cpuOf(own) - before[0]) / rows, others: (cpuOf(others) - before[1]) / rows }
}

function figures(one: readonly Block[], two: readonly Block[], say: (line: string) => void): Figure[] {
  const median = (blocks: readonly Block[], name: keyof Block) =>
    quantile(
      blocks.map((block) => block[name]),
      0.5,
    )
  const [ofOne, ofTwo] = [median(one, 'perSecond'), median(two, 'perSecond')]
  const [own, others] = [median(two, 'gateways'), median(two, 'others')]
  const coresOfOne = ((median(one, 'gateways') + median(one, 'others')) * ofOne) / 1e6
  say(`${Math.round(ofOne)} rows a second by one, ${Math.round(ofTwo)} by two`)
  return [
    { name: 'rows a second of two gateways over those of one', value: ofTwo / ofOne, least: LEAST },
    { name: 'CPU of a row in two gateways over that in one', value: own / median(one, 'gateways') },
    { name: 'cores in use while one is tried', value: coresOfOne },
    { name: 'cores in use while two are tried', value: ((own + others) * ofTwo) / 1e6 },
    { name: 'of these, cores of the load and its upstream', value: (others * ofTwo) / 1e6 },
  ]
}
