import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Running } from '../bench/measure/start-process.ts'
import { startPostgres } from '../support/postgres.ts'
import { startGatewayProcess } from './gateway-process.ts'

/** Gateways behind HAProxy, with a database in common. */
export interface Balanced {
  /** Where callers go. */
  readonly url: URL
  /** Where each gateway listens by itself. */
  readonly urls: readonly URL[]
  start(nth: number): Promise<void>
  /** Stops one as an operator would, and resolves when it has ended. */
  stop(nth: number): Promise<void>
  kill(nth: number): void
  /** Resolves when the balancer sends requests to all of them. */
  allUp(): Promise<void>
  close(): Promise<void>
}

export interface BalancedOptions {
  readonly replicas: number
  /** Each replica goes to a path of its own, so that the upstream can tell them apart. */
  readonly upstream: string
  /** Changes the configuration of the balancer. */
  readonly change?: (config: string) => string
  readonly settings?: Readonly<Record<string, string>>
}

const UP_LIMIT_MS = 60_000
const CONFIG = new URL('../../deploy/haproxy.cfg', import.meta.url)

/** Starts a database, gateways, and HAProxy with the configuration that is given to operators. */
export async function startBalanced({
  replicas,
  upstream,
  change = (config) => config,
  settings = {},
}: BalancedOptions): Promise<Balanced> {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-balanced-'))
  const postgres = await startPostgres({ waitsForDisk: true })
  const database = postgres && { DATABASE_URL: await postgres.create('replicas') }
  const ports = await Promise.all(Array.from({ length: replicas }, freePort))
  const running: (Running | undefined)[] = []
  const url = new URL(`http://127.0.0.1:${await freePort()}/graphql`)
  const stats = new URL(`http://127.0.0.1:${await freePort()}/;csv`)

  async function start(nth: number): Promise<void> {
    const own = { PORT: String(ports[nth]), REPLICA_ID: `r${nth}`, SHUTDOWN_DELAY_MS: '5000', STORE_FILE: ':memory:' }
    running[nth] = await startGatewayProcess(`${upstream}/r${nth}`, { ...own, ...database, ...settings })
  }
  for (const nth of ports.keys()) await start(nth)
  const config = change(configFor(await readFile(CONFIG, 'utf8'), url, stats, ports))
  await writeFile(join(folder, 'haproxy.cfg'), config)
  const haproxy = spawn('haproxy', ['-f', join(folder, 'haproxy.cfg'), '-db'], { stdio: 'ignore' })

  async function allUp(): Promise<void> {
    for (const until = performance.now() + UP_LIMIT_MS; performance.now() < until && haproxy.exitCode === null; ) {
      const text = await fetch(stats).then(
        (answer) => answer.text(),
        () => '',
      )
      if (text.split('\n').filter((line) => /^gateways,gateway.*,UP,/.test(line)).length === replicas) return
      await pause(100)
    }
    throw new Error('HAProxy has ended, or does not find all gateways ready.')
  }
  await allUp()
  return {
    url,
    urls: ports.map((port) => new URL(`http://127.0.0.1:${port}`)),
    start,
    stop: async (nth) => await running[nth]?.stop(),
    kill: (nth) => void process.kill(running[nth]?.pid ?? 0, 'SIGKILL'),
    allUp,
    async close() {
      await end(haproxy)
      await Promise.all(running.map((one) => one?.stop()))
      await postgres?.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The configuration with addresses of this machine, and as many servers as there are. */
function configFor(config: string, url: URL, stats: URL, ports: readonly number[]): string {
  const [head = '', ...servers] = config.split(/^(?= {4}server gateway)/m)
  const line = servers[0]?.split('\n')[0] ?? ''
  const own = ports.map((port, nth) =>
    line.replaceAll(/gateway1(?=[ :])/g, `gateway${nth + 1}`).replace(/gateway\d+:4000 id 1/, `127.0.0.1:${port} id ${nth + 1}`),
  )
  const figures = `\nfrontend figures\n    bind ${stats.host}\n    stats enable\n    stats uri /\n`
  return `${head.replace('bind :4420', `bind ${url.host}`)}${own.join('\n')}\n${figures}`
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
