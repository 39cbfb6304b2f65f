import { setTimeout as pause } from 'node:timers/promises'
import { type Balanced, startBalanced } from './balanced.ts'
import { createClient, type Reply } from './client.ts'
import type { Figure } from './figure.ts'
import { mutationBody } from './gateway-process.ts'
import { type RatedUpstream, type Seen, startRatedUpstream } from './rated-upstream.ts'

const SIZES = {
  full: { busy: 20, slow: 180, seconds: 60, restarts: 100 },
  short: { busy: 3, slow: 20, seconds: 40, restarts: 3 },
}
const RATE = 50
const UPSTREAM_MS = 20
const CALLERS_OF_BUSY = 3
/** From when on after a move hardly anything is to be refused. */
const SETTLED_MS = 2_000

/** Three replicas behind HAProxy: one is stopped, one killed, both brought back; then the same behind a balancer that hashes nothing; then they restart one after the other. */
export async function replicas(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  return [
    ...(await moves(mode, say, 'hashed')),
    ...(await moves(mode, say, 'round robin', (config) =>
      config
        .replace(/^ {4}(?:balance|hash-type|stick).*$/gm, '')
        .replace('backend gateways\n', 'backend gateways\n    balance roundrobin\n'),
    )),
    ...(await restarts(mode, say)),
  ]
}

/** What a caller did and was told. */
interface Told extends Reply {
  readonly tenant: string
  readonly key: string
  readonly at: number
}

interface Moved {
  readonly name: string
  readonly replica: string
  readonly at: number
}

async function moves(
  mode: 'full' | 'short',
  say: (line: string) => void,
  how: string,
  change?: (config: string) => string,
): Promise<Figure[]> {
  const { busy, slow, seconds } = SIZES[mode]
  const upstream = await startRatedUpstream(RATE, UPSTREAM_MS)
  const balanced = await startBalanced({ replicas: 3, upstream: upstream.url, ...(change && { change }) })
  const told: Told[] = []
  const until = performance.now() + seconds * 1_000
  const callers = [
    ...Array.from({ length: busy * CALLERS_OF_BUSY }, (_, nth) => call(balanced, `busy-${nth % busy}`, nth, until, 0, told)),
    ...Array.from({ length: slow }, (_, nth) => call(balanced, `slow-${nth}`, nth, until, 1_000, told)),
  ]
  const plan: Moved[] = []
  let together = 0
  const watching = setInterval(async () => {
    together = Math.max(together, await metricOf(balanced, 'rowgate_tenants_on_two_replicas'))
  }, 1_000)
  const at = (share: number) => pause(Math.max(0, until - seconds * 1_000 * (1 - share) - performance.now()))
  const mark = (name: string, nth: number) => {
    plan.push({ name, replica: `r${nth}`, at: performance.now() })
    say(`${how}: r${nth} ${name}`)
  }
  await at(0.2)
  mark('is stopped', 0)
  await balanced.stop(0)
  await at(0.35)
  await balanced.start(0)
  mark('is back', 0)
  await at(0.55)
  mark('is killed', 1)
  balanced.kill(1)
  await at(0.7)
  await balanced.start(1)
  mark('is back', 1)
  await Promise.all(callers)
  clearInterval(watching)
  await balanced.close()
  upstream.close()
  say(`${how}: ${told.length} mutations, ${upstream.seen.length} upstream requests`)
  return how === 'hashed'
    ? [...kept(upstream, told, how), ...moved(upstream, told, plan)]
    : [...kept(upstream, told, how), { name: `${how}: tenants seen on two replicas`, value: together, least: 1 }]
}

/** Sends one mutation after the other: every second one writes a key that all callers of the tenant write, the others append new ones. */
async function call(balanced: Balanced, tenant: string, nth: number, until: number, everyMs: number, told: Told[]): Promise<void> {
  const client = createClient(balanced.url, tenant)
  await pause(Math.random() * everyMs)
  for (let time = 0; performance.now() < until; time++) {
    const operation = time % 2 === 0 ? 'append' : 'upsert'
    const key = operation === 'append' ? `A${nth}.${time}` : 'shared'
    const at = performance.now()
    const reply = await client.send(mutationBody(operation, key, 1))
    told.push({ ...reply, tenant, key: `${tenant} ${key}-0`, at })
    await pause(everyMs)
  }
  client.close()
}

/** What holds behind any balancer. */
function kept({ seen, written, appended }: RatedUpstream, told: readonly Told[], how: string): Figure[] {
  const lost = told.filter(({ counts, key }) => counts?.acceptedCount === 1 && !written.has(key))
  const twice = [...appended.values()].filter((times) => times > 1)
  return [
    { name: `${how}: most requests of a tenant taken in a second`, value: mostInASecond(seen), most: RATE },
    { name: `${how}: accepted rows that were not written`, value: lost.length, most: 0 },
    { name: `${how}: rows appended twice`, value: twice.length, most: 0 },
  ]
}

function moved({ seen, overlaps }: RatedUpstream, told: readonly Told[], plan: readonly Moved[]): Figure[] {
  const [stopped, back, killed, backAgain] = plan as [Moved, Moved, Moved, Moved]
  const before = homesOf(seen, 0, stopped.at)
  const between = homesOf(seen, back.at, killed.at)
  const strangers = (earlier: ReadonlyMap<string, ReadonlySet<string>>, from: number, to: number, gone: string) =>
    [...homesOf(seen, from, to)].filter(([tenant, homes]) => {
      const home = earlier.get(tenant)
      return home !== undefined && !home.has(gone) && [...homes].some((one) => !home.has(one))
    }).length
  const failedStop = told.filter(({ counts, at, ms }) => counts === undefined && at + ms < killed.at)
  return [
    {
      name: 'tenants that moved though their replica was not stopped',
      value: strangers(before, stopped.at, back.at, stopped.replica),
      most: 0,
    },
    {
      name: 'tenants that moved though their replica was not killed',
      value: strangers(between, killed.at, backAgain.at, killed.replica),
      most: 0,
    },
    { name: 'requests refused with 429 after a stop, %', value: refusedAfter(seen, before, stopped), most: 10 },
    { name: 'requests refused with 429 after a kill, %', value: refusedAfter(seen, between, killed), most: 10 },
    {
      name: 'keys under way from two replicas at a return',
      value: overlaps.filter((at) => isWithin(at, back, killed) || at > backAgain.at).length,
      most: 0,
    },
    { name: 'requests that failed before one was killed', value: failedStop.length, most: 0 },
  ]
}

function isWithin(at: number, from: Moved, to: Moved): boolean {
  return at > from.at && at < to.at
}

/** Which replicas sent for each tenant in that time. */
function homesOf(seen: readonly Seen[], from: number, to: number): ReadonlyMap<string, ReadonlySet<string>> {
  const within = seen.filter(({ at }) => at >= from && at < to)
  return new Map(
    [...Map.groupBy(within, ({ tenant }) => tenant)].map(([tenant, own]) => [tenant, new Set(own.map(({ replica }) => replica))]),
  )
}

/** Of the requests for tenants of a replica that went, the share that was refused from two seconds after to six. */
function refusedAfter(seen: readonly Seen[], homes: ReadonlyMap<string, ReadonlySet<string>>, { replica, at }: Moved): number {
  const own = seen.filter((one) => homes.get(one.tenant)?.has(replica) && one.at > at + SETTLED_MS && one.at < at + 3 * SETTLED_MS)
  return own.length === 0 ? 0 : (100 * own.filter(({ isTaken }) => !isTaken).length) / own.length
}

function mostInASecond(seen: readonly Seen[]): number {
  let most = 0
  for (const own of Map.groupBy(
    seen.filter(({ isTaken }) => isTaken),
    ({ tenant }) => tenant,
  ).values())
    for (let first = 0, last = 0; last < own.length; last++) {
      while ((own[first] as Seen).at <= (own[last] as Seen).at - 1_000) first++
      most = Math.max(most, last - first + 1)
    }
  return most
}

async function metricOf({ urls }: Balanced, name: string): Promise<number> {
  const texts = await Promise.all(
    urls.map((url) =>
      fetch(new URL('/metrics', url)).then(
        (answer) => answer.text(),
        () => '',
      ),
    ),
  )
  return Math.max(...texts.map((text) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0)))
}

/** Restarts one replica after the other under load, as often as is told. */
async function restarts(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const times = SIZES[mode].restarts
  const upstream = await startRatedUpstream(1_000_000, UPSTREAM_MS)
  const balanced = await startBalanced({ replicas: 3, upstream: upstream.url, settings: { REQUESTS_PER_SECOND: '1000000' } })
  const told: Told[] = []
  const state = { until: Number.POSITIVE_INFINITY }
  const callers = Array.from({ length: 20 }, async (_, nth) => {
    const client = createClient(balanced.url, `tenant-${nth}`)
    for (let time = 0; performance.now() < state.until; time++) {
      const key = `A${nth}.${time}`
      told.push({ ...(await client.send(mutationBody('append', key, 1))), tenant: `tenant-${nth}`, key, at: performance.now() })
      await pause(20)
    }
    client.close()
  })
  for (let time = 0; time < times; time++) {
    await balanced.stop(time % 3)
    await balanced.start(time % 3)
    await balanced.allUp()
    if ((time + 1) % 10 === 0) say(`${time + 1} restarts: ${told.length} answered`)
  }
  state.until = 0
  await Promise.all(callers)
  await balanced.close()
  upstream.close()
  const failed = told.filter(({ counts }) => counts === undefined)
  for (const [code, of] of Map.groupBy(failed, ({ code }) => code)) say(`restarts: ${of.length} times ${code}`)
  return [
    { name: `requests that failed in ${times} restarts`, value: failed.length, most: 0 },
    { name: 'rows that restarts left unconfirmed', value: told.filter(({ counts }) => counts?.unconfirmedCount === 1).length, most: 0 },
    { name: 'rows appended twice in restarts', value: [...upstream.appended.values()].filter((n) => n > 1).length, most: 0 },
  ]
}
