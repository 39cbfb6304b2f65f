import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createClient, openLoop, type Reply } from './client.ts'
import { type Figure, quantile } from './figure.ts'
import { mutationBody, startGatewayProcess } from './gateway-process.ts'
import { startSlowUpstream } from './slow-upstream.ts'

const SLOTS = 8
const SECONDS = { full: 20, short: 5 }
// So many that a row is not sent again while it is on its way: it would wait for itself.
const ROWS_IN_BODIES = 256_000

/** Mutations of so many rows before an upstream that takes so long. */
const LOADS = [
  { rows: 500, serviceMs: 200 },
  { rows: 100, serviceMs: 200 },
  { rows: 500, serviceMs: 50 },
  { rows: 100, serviceMs: 100 },
]

/** Five times what the upstream can take, as a stream of mutations that does not wait for answers. */
export async function overload(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const load of LOADS) {
    say(`mutations of ${load.rows} rows, an upstream that takes ${load.serviceMs} ms`)
    figures.push(...(await overloadBy(load, SECONDS[mode], say)))
  }
  return figures
}

async function overloadBy({ rows, serviceMs }: (typeof LOADS)[number], seconds: number, say: (line: string) => void): Promise<Figure[]> {
  const upstream = await startSlowUpstream(serviceMs)
  const settings = { REQUESTS_PER_SECOND: '1000000', UPSTREAM_CONCURRENCY: String(SLOTS) }
  const gateway = await startGatewayProcess(upstream.url, settings)
  const client = createClient(gateway.url, 'overload')
  const bodies = Array.from({ length: ROWS_IN_BODIES / rows }, (_, nth) => mutationBody('upsert', `M${nth}`, rows))
  const call = (nth: number) => client.send(bodies[nth % bodies.length] as Buffer)

  await closedLoop(SLOTS, 2, call)
  const peak = await closedLoop((SLOTS * 1.5 * 500) / rows, seconds / 2, call)
  const goodput = accepted(peak) / (seconds / 2)
  say(`peak: ${Math.round(goodput)} rows a second`)
  const replies: Reply[] = []
  // What is measured includes how late this process is itself.
  const own = monitorEventLoopDelay({ resolution: 1 })
  own.enable()
  await openLoop((5 * goodput) / rows, seconds, async (nth) => void replies.push(await call(nth)))
  own.disable()
  client.close()
  upstream.close()
  await gateway.stop()

  const ms = (some: readonly Reply[], share: number) =>
    quantile(
      some.map((reply) => reply.ms),
      share,
    )
  const admitted = replies.filter(({ counts }) => counts?.acceptedCount)
  const refused = replies.filter(({ code, counts }) => code === 'OVERLOADED' || counts?.rejectedCount)
  say(
    `${replies.length} mutations, ${admitted.length} admitted, ${refused.length} refused, p99 ${Math.round(ms(refused, 0.99))} ms; this process was late by ${Math.round(own.percentile(99) / 1e6)} ms (p99)`,
  )
  return [
    { name: `${rows} rows, ${serviceMs} ms: goodput over peak`, value: accepted(replies) / seconds / goodput, least: 0.9 },
    { name: `${rows} rows, ${serviceMs} ms: p99 of admitted over p99 at peak`, value: ms(admitted, 0.99) / ms(peak, 0.99), most: 2 },
    { name: `${rows} rows, ${serviceMs} ms: refusals, p50 ms`, value: ms(refused, 0.5), most: 10 },
    {
      name: `${rows} rows, ${serviceMs} ms: neither admitted nor refused`,
      value: replies.length - admitted.length - refused.length,
      most: 0,
    },
  ]
}

async function closedLoop(clients: number, seconds: number, call: (nth: number) => Promise<Reply>): Promise<Reply[]> {
  const until = performance.now() + seconds * 1_000
  const replies: Reply[] = []
  let nth = 0
  const work = async () => {
    while (performance.now() < until) replies.push(await call(nth++))
  }
  await Promise.all(Array.from({ length: Math.round(clients) }, work))
  return replies
}

function accepted(replies: readonly Reply[]): number {
  return replies.reduce((sum, { counts }) => sum + (counts?.acceptedCount ?? 0), 0)
}
