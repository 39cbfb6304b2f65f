import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, openLoop, type Reply } from './client.ts'
import { type Figure, quantile } from './figure.ts'
import { mutationBody, residentMiB, startGatewayProcess } from './gateway-process.ts'
import { keyedMutation } from './keyed-client.ts'
import { startUpstream, takeAll } from './upstream.ts'

/** Keys a minute, each of a mutation of its own. */
const KEYS = 100_000
const SECONDS = { full: 60, short: 10 }
const TENANTS = 10
const ANSWER_MS = 30
/** Connections of each tenant with keys. */
const SOCKETS = 50
/** How often a tenant without keys sends one row meanwhile. */
const NEIGHBOUR_PER_SECOND = 10

/** Ten tenants with 100,000 new keys a minute, beside one without keys: whether all are answered, memory stays bounded, and the one is served as before. */
export async function keysFlood(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-fire-'))
  let written = 0
  const upstream = await startUpstream((call) => {
    if (call.request.headers.authorization !== 'neighbour') written += call.text().split('"product_id"').length - 1
    setTimeout(takeAll, ANSWER_MS, call)
  })
  const gateway = await startGatewayProcess(upstream.url, { STORE_FILE: join(folder, 'store.sqlite') })
  const seconds = SECONDS[mode]
  const flooders = Array.from({ length: TENANTS }, (_, nth) => createClient(gateway.url, `tenant-${nth}`, SOCKETS))
  const flood = (name: string, replies: Reply[]) => async (nth: number) => {
    const { key, body } = keyedMutation(`${name}${nth}`, 1)
    replies.push(await (flooders[nth % TENANTS] as (typeof flooders)[number]).send(body, { 'idempotency-key': key }))
  }
  const neighbour = createClient(gateway.url, 'neighbour')
  const served = async (replies: Reply[], during: number) =>
    await openLoop(NEIGHBOUR_PER_SECOND, during, async (nth) => {
      replies.push(await neighbour.send(mutationBody('upsert', `N${during}.${nth}`, 1)))
    })

  const [warmUp, before, beside, keyed]: Reply[][] = [[], [], [], []]
  await openLoop(KEYS / 60, 3, flood('w', warmUp as Reply[]))
  await served(before as Reply[], 5)
  const warmMiB = residentMiB(gateway.pid)
  written = 0
  await Promise.all([openLoop(KEYS / 60, seconds, flood('k', keyed as Reply[])), served(beside as Reply[], seconds)])
  const endMiB = residentMiB(gateway.pid)
  for (const client of [...flooders, neighbour]) client.close()
  await gateway.stop()
  await upstream.close()
  rmSync(folder, { recursive: true })
  return figuresOf({ before, beside, keyed, written, grownMiB: endMiB - warmMiB } as Flooded, say)
}

interface Flooded {
  readonly before: readonly Reply[]
  readonly beside: readonly Reply[]
  readonly keyed: readonly Reply[]
  readonly written: number
  readonly grownMiB: number
}

function figuresOf({ before, beside, keyed, written, grownMiB }: Flooded, say: (line: string) => void): Figure[] {
  const p99 = (replies: readonly Reply[]) =>
    quantile(
      replies.map(({ ms }) => ms),
      0.99,
    )
  const accepted = keyed.reduce((sum, { counts }) => sum + (counts?.acceptedCount ?? 0), 0)
  const unconfirmed = keyed.reduce((sum, { counts }) => sum + (counts?.unconfirmedCount ?? 0), 0)
  const declined = keyed.filter(({ counts }) => counts === undefined)
  const codes = [...new Set(declined.map(({ code }) => code))].join(', ') || 'none'
  say(`${keyed.length} keys: ${accepted} rows accepted, ${declined.length} declined (${codes}), p99 ${Math.round(p99(keyed))} ms`)
  say(`the neighbour: p99 ${Math.round(p99(before))} ms before, ${Math.round(p99(beside))} ms beside it`)
  return [
    { name: 'keys with rows accepted, %', value: (100 * accepted) / keyed.length },
    { name: 'rows written and not told as accepted, or the reverse', value: Math.abs(written - accepted - unconfirmed), most: 0 },
    {
      name: 'keys declined without a code of ours',
      value: declined.filter(({ code = '' }) => !/^[A-Z_]+$/.test(code) || /^E[A-Z]/.test(code)).length,
      most: 0,
    },
    { name: 'memory grown, MiB', value: grownMiB, most: 100 },
    {
      name: 'of the neighbour without keys, not accepted',
      value: beside.filter(({ counts }) => counts?.acceptedCount !== 1).length,
      most: 0,
    },
    { name: 'p99 of the neighbour over that of those with keys', value: p99(beside) / p99(keyed), most: 1 },
  ]
}
