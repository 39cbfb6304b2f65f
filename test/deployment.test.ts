import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { access, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, fetch } from 'undici'
import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { readConfig } from '../src/config.ts'
import { GATEWAY_ERRORS } from '../src/errors.ts'
import { settings } from '../src/settings.ts'
import { MALLOC_ENV } from './support/start-flags.ts'

const ROOT = new URL('..', import.meta.url).pathname
const read = (path: string) => readFile(join(ROOT, path), 'utf8')
const [compose, kubernetes, haproxy, nginx, prometheus, dockerfile] = (await Promise.all(
  [
    'deploy/compose.yaml',
    'deploy/kubernetes.yaml',
    'deploy/haproxy.cfg',
    'deploy/nginx.conf',
    'deploy/prometheus/prometheus.yml',
    'Dockerfile',
  ].map(read),
)) as [string, string, string, string, string, string]

const known = Object.keys(settings(contract.modules).shape)
const defaults = readConfig({}, contract.modules)
/** The numbers of all matches, in the order in which they stand. */
const numbers = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, number]) => Number(number))
const seconds = (text: string, name: string) => numbers(text, new RegExp(`${name} +(\\d+)s;?$`, 'gm'))[0] ?? 0

test('whatever is set for a gateway is a setting, or one of the C library', () => {
  const ofGateways = compose.slice(0, compose.indexOf('\nservices:')).match(/^ {4}[A-Z][A-Z_]+(?=:)/gm) ?? []
  const ofPods = [...kubernetes.matchAll(/\bname: ([A-Z][A-Z_]+)\b/g)].map(([, name]) => name)
  const ofImage = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) => line.match(/[A-Z_]+(?==)/g) ?? [])
  const named = [...ofGateways, ...ofPods, ...ofImage].map((name = '') => name.trim())
  expect(named.length).toBeGreaterThan(12)
  expect(named.filter((name) => !known.includes(name) && !(name in MALLOC_ENV))).toEqual([])
})

test('whatever the image copies from the project is there, and not kept from it', async () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '))
  expect(copied.length).toBeGreaterThan(5)
  const [first, ...others] = (await read('.dockerignore')).trim().split('\n')
  expect(first).toBe('*')
  expect(copied.filter((path) => !others.includes(`!${path.replace('./', '')}`))).toEqual([])
  await Promise.all(copied.map((path) => access(join(ROOT, path))))
})

test('the stage of the image that builds the console has all that this needs', async () => {
  const [, stage = ''] = /^FROM \S+ AS build$(.*?)^RUN npm run console$/ms.exec(dockerfile) ?? []
  const copied = [...stage.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '))
  expect(copied).toContain('src')
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-image-'))
  for (const path of copied) await cp(join(ROOT, path), join(folder, path), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))

  const { status, stderr } = spawnSync(process.execPath, ['src/cli/build-console.ts'], { cwd: folder, encoding: 'utf8' })
  expect(stderr).not.toContain('Tsconfig not found')
  expect(status).toBe(0)
  await access(join(folder, 'dist/console/index.html'))
  await rm(folder, { recursive: true, force: true })
})

test('balancers and Prometheus name the gateways that are started, by the port they listen at', () => {
  const started = [...compose.matchAll(/^ {2}(gateway\d):$/gm)].map(([, name]) => `${name}:${defaults.http.port}`)
  expect(started).toHaveLength(3)
  const inAll = [haproxy, nginx, prometheus].map((text) => text.match(/\bgateway\d:\d+/g))
  expect(inAll).toEqual([started, started, started])
  expect(numbers(dockerfile, /^EXPOSE (\d+)$/gm)).toEqual([defaults.http.port])
  expect(numbers(kubernetes, /containerPort: (\d+)/g)).toEqual([defaults.http.port])
  expect(haproxy.match(/\bid \d+/g)).toEqual(['id 1', 'id 2', 'id 3'])
})

test('who waits for a gateway waits longer than it takes, and closes idle connections sooner', () => {
  const { executionTimeoutMs } = defaults.ingest
  const IDLE_S = 75
  expect(seconds(haproxy, 'timeout server') * 1_000).toBeGreaterThan(executionTimeoutMs)
  expect(seconds(nginx, 'proxy_read_timeout') * 1_000).toBeGreaterThan(executionTimeoutMs)
  expect(numbers(kubernetes, /proxy-read-timeout: "(\d+)"/g)[0]).toBeGreaterThan(executionTimeoutMs / 1_000)
  for (const idle of [seconds(haproxy, 'timeout http-keep-alive'), seconds(haproxy, 'timeout client'), seconds(nginx, 'keepalive_timeout')])
    expect(idle).toBeLessThan(IDLE_S)
  for (const [text, pattern] of [
    [compose, /stop_grace_period: (\d+)s/g],
    [kubernetes, /terminationGracePeriodSeconds: (\d+)/g],
  ] as const) {
    const [delay = 0, drain = 0] = numbers(text, /(?:SHUTDOWN_DELAY|DRAIN_TIMEOUT)_MS\b\D{1,20}"(\d+)"/g)
    expect(delay * drain).toBeGreaterThan(0)
    expect((numbers(text, pattern)[0] ?? 0) * 1_000).toBeGreaterThan(delay + drain)
  }
})

test('no balancer repeats what may have been taken, or breaks the affinity of tenants', () => {
  const told = (text: string) => text.replace(/#.*$/gm, '')
  expect(told(haproxy).match(/retry-on .*/g)).toEqual(['retry-on conn-failure'])
  expect(told(haproxy)).not.toMatch(/hash-balance-factor|shutdown-sessions/)
  expect(told(haproxy)).toMatch(/hash-type consistent sdbm avalanche/)
  expect(told(nginx)).toMatch(/hash \$tenant consistent;/)
  expect(told(nginx) + told(kubernetes)).not.toMatch(/non_idempotent|upstream-hash-by-subset/)
})

test('images have exact tags, and what runs is neither root nor able to write', () => {
  const images = [...compose.matchAll(/^ +image: (\S+)$/gm), ...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image)
  expect(images.length).toBeGreaterThan(6)
  expect(images.filter((image) => !/:v?\d+\.\d+|^rowgate:local$/.test(image))).toEqual([])
  expect(dockerfile).toMatch(/^USER 1000:1000$/m)
  expect(compose).toMatch(/^ {2}read_only: true$/m)
  expect(kubernetes).toMatch(/readOnlyRootFilesystem: true/)
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM ')).replace(/^#.*$/gm, '')
  expect(last).not.toMatch(/\bnpm|\bgcc|\bmake\b/)
})

const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0
const hasHaproxy = has('haproxy', '-v')
const hasNginx = has('nginx', '-v')
if (!hasHaproxy || !hasNginx) console.log('haproxy or nginx is not on this machine: its configuration is not tried by it')

test.skipIf(!hasHaproxy)('HAProxy takes its configuration', () => {
  const { status, stderr } = spawnSync('haproxy', ['-c', '-f', 'deploy/haproxy.cfg'], { cwd: ROOT, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
})

/** The configuration of nginx with other gateways, which it looks up when it starts, and at a socket in its folder. */
async function nginxFolder(gateway: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-nginx-'))
  const config = nginx.replaceAll(/\bgateway\d:\d+/g, gateway).replace('listen 4420;', `listen unix:${folder}/socket;`)
  await writeFile(join(folder, 'nginx.conf'), config)
  return folder
}
const nginxArgs = (folder: string) => ['-p', folder, '-c', 'nginx.conf', '-g', `pid ${folder}/pid; error_log ${folder}/errors;`]

test.skipIf(!hasNginx)('nginx takes its configuration', async () => {
  const folder = await nginxFolder('127.0.0.1:4000')
  const { status, stderr } = spawnSync('nginx', ['-t', ...nginxArgs(folder)], { encoding: 'utf8' })
  await rm(folder, { recursive: true })
  expect(status, stderr).toBe(0)
})

test.skipIf(!hasNginx)(
  'what nginx itself declines is told as GraphQL says such things, and what a gateway says passes as it is',
  async () => {
    const gateway = createServer((request, response) =>
      request.url === '/graphql?break' ? void request.socket.destroy() : void response.writeHead(502).end('its own words'),
    ).listen(0, '127.0.0.1')
    await once(gateway, 'listening')
    const folder = await nginxFolder(`127.0.0.1:${(gateway.address() as AddressInfo).port}`)
    const dispatcher = new Agent({ connect: { socketPath: join(folder, 'socket') } })
    const url = 'http://nginx.example/graphql'
    const running = spawn('nginx', [...nginxArgs(folder).slice(0, -1), `${nginxArgs(folder).at(-1)} daemon off; master_process off;`])
    await expect
      .poll(
        () =>
          fetch('http://nginx.example/metrics', { dispatcher }).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(404)

    const told = async (path: string, init: { body?: string } = {}) => {
      const response = await fetch(url + path, { method: 'POST', dispatcher, ...init })
      return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
    }
    expect(await told('')).toEqual({ status: 502, type: null, text: 'its own words' })
    const type = 'application/graphql-response+json'
    expect(await told('?break')).toEqual({ status: 502, type, text: expect.stringContaining('"code":"INTERNAL_SERVER_ERROR"') })
    expect(await told('', { body: 'x'.repeat(34 * 1_024 * 1_024) })).toEqual({
      status: 413,
      type,
      text: expect.stringContaining('"code":"BODY_TOO_LARGE"'),
    })
    gateway.closeAllConnections()
    gateway.close()
    const lost = await told('')
    expect([lost.status, lost.type]).toEqual([502, type])
    expect(Object.keys(GATEWAY_ERRORS)).toEqual(expect.arrayContaining([...nginx.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code]) => code)))
    expect(JSON.parse(lost.text)).toMatchObject({ errors: [{ message: expect.any(String), extensions: { code: expect.any(String) } }] })

    await dispatcher.close()
    running.kill()
    await once(running, 'exit')
    await rm(folder, { recursive: true })
  },
)
