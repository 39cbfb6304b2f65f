import { createClient, openLoop, type Reply } from './client.ts'
import { type Figure, quantile } from './figure.ts'
import { mutationBody, startGatewayProcess } from './gateway-process.ts'
import { type Call, startUpstream, takeAll } from './upstream.ts'

const TROUBLES: Record<string, (call: Call) => void> = {
  '503': ({ response }) => void response.writeHead(503).end(),
  reset: ({ request }) => void request.socket.resetAndDestroy(),
  stall: () => {},
}
const SECONDS = { full: 60, short: 12 }
const HEALTHY_S = 4
const SETTLING_S = 5
const MUTATIONS_PER_SECOND = 45

/** One tenant at full load while the upstream is out for a minute, in three ways: what still goes out, and when it is back. */
export async function outage(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [name, trouble] of Object.entries(TROUBLES)) {
    say(`outage by ${name}, ${SECONDS[mode]} s`)
    figures.push(...(await oneOutage(name, trouble, SECONDS[mode])))
  }
  return figures
}

async function oneOutage(name: string, trouble: (call: Call) => void, seconds: number): Promise<Figure[]> {
  const began = performance.now()
  const now = () => (performance.now() - began) / 1_000
  const isOut = () => now() > HEALTHY_S && now() < HEALTHY_S + seconds
  const known = new Set<string>()
  const calls: { at: number; isRepeat: boolean }[] = []
  const upstream = await startUpstream((call) => {
    const first = /"product_id":"([^"]+)"/.exec(call.text())?.[1] ?? ''
    calls.push({ at: now(), isRepeat: known.has(first) })
    known.add(first)
    if (isOut()) trouble(call)
    else takeAll(call)
  })
  const gateway = await startGatewayProcess(upstream.url, { ATTEMPT_TIMEOUT_MS: '2000' })
  const client = createClient(gateway.url, 'outage')
  const replies: (Reply & { at: number })[] = []
  await openLoop(MUTATIONS_PER_SECOND, HEALTHY_S + seconds + HEALTHY_S, async (nth) => {
    const at = now()
    replies.push({ ...(await client.send(mutationBody('upsert', `M${nth}`, 1))), at })
  })
  client.close()
  upstream.close()
  await gateway.stop()

  const open = ({ at }: { at: number }) => at > HEALTHY_S + SETTLING_S && at < HEALTHY_S + seconds - 1
  const firsts = calls.filter(({ isRepeat }) => !isRepeat).length
  const back = replies.filter(({ at, counts }) => at > HEALTHY_S + seconds && counts?.acceptedCount === 1).map(({ at }) => at)
  return [
    { name: `${name}: calls over first tries`, value: calls.length / firsts, most: 1.2 },
    { name: `${name}: calls a second while open`, value: calls.filter(open).length / (seconds - SETTLING_S - 1), most: 1 },
    {
      name: `${name}: answers while open, p95 ms`,
      value: quantile(
        replies.filter(open).map(({ ms }) => ms),
        0.95,
      ),
      most: 50,
    },
    { name: `${name}: seconds until rows are taken again`, value: Math.min(...back) - HEALTHY_S - seconds, most: 3 },
    { name: `${name}: mutations without outcomes`, value: replies.filter(({ counts }) => counts === undefined).length, most: 0 },
  ]
}
