import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Issuer, startIssuer } from './support/issuer.ts'
import { START_FLAGS } from './support/start-flags.ts'

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0

let issuer: Issuer
let gateway: ChildProcess

beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(async () => {
  gateway?.kill('SIGKILL')
  await issuer.close()
})

test.runIf(hasPrlimit)('credentials that cannot be read for want of file descriptors are read as soon as there are some', async () => {
  const settings = await issuer.settings({ acme: { token: 'a' } })
  const env = { ...process.env, ...settings, PORT: '0', STORE_FILE: ':memory:', INGESTION_URL: 'http://127.0.0.1:9' }
  gateway = spawn(process.execPath, [...START_FLAGS, 'src/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await addressOf(gateway)
  // The one connection is open before descriptors run out.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = async (sub: string) => await me(url, agent, await issuer.sign({ sub }))
  expect(await ask('acme')).toBe('acme')
  expect(await ask('hooli')).toBe('FORBIDDEN')

  const before = limitOf(gateway)
  const open = new Set(readdirSync(`/proc/${gateway.pid}/fd`).map(Number))
  let free = 0
  while (open.has(free)) free++
  setLimit(gateway, free)
  await issuer.settings({ acme: { token: 'a' }, hooli: { token: 'h' } })
  const lines = linesOf(gateway)
  await expect
    .poll(async () => [await ask('hooli'), lines.filter((line) => line.includes('EMFILE')).length], { timeout: 20_000 })
    .toEqual(['FORBIDDEN', 1])
  setLimit(gateway, before)
  await expect.poll(() => ask('hooli'), { timeout: 20_000 }).toBe('hooli')
  const told = lines.filter((line) => line.includes('CREDENTIALS_FILE'))
  expect(told).toEqual([expect.stringContaining('EMFILE'), expect.stringContaining('can be used again')])
  agent.destroy()
})

async function addressOf({ stdout }: ChildProcess): Promise<URL> {
  for await (const line of createInterface({ input: stdout as NonNullable<typeof stdout> })) {
    const [, url] = / (http:\S+\/graphql)/.exec(line) ?? []
    if (url !== undefined) return new URL(url)
  }
  throw new Error('the gateway did not start')
}

function linesOf({ stdout }: ChildProcess): readonly string[] {
  const lines: string[] = []
  createInterface({ input: stdout as NonNullable<typeof stdout> }).on('line', (line) => void lines.push(line))
  return lines
}

async function me(url: URL, agent: Agent, authorization: string): Promise<string> {
  const asked = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', authorization } })
  asked.end('{"query":"{ me { tenant } }"}')
  const [response] = await once(asked, 'response')
  const parts: Buffer[] = await Array.fromAsync(response)
  const { data, errors } = JSON.parse(Buffer.concat(parts).toString())
  return data?.me?.tenant ?? errors[0].extensions.code
}

function limitOf({ pid }: ChildProcess): number {
  return Number(spawnSync('prlimit', ['--pid', `${pid}`, '--nofile', '--output', 'SOFT', '--noheadings'], { encoding: 'utf8' }).stdout)
}

function setLimit({ pid }: ChildProcess, limit: number): void {
  spawnSync('prlimit', ['--pid', `${pid}`, `--nofile=${limit}:`])
}
