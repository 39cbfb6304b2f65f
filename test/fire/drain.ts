import { createClient, type Reply } from './client.ts'
import type { Figure } from './figure.ts'
import { mutationBody, startGatewayProcess } from './gateway-process.ts'
import { startUpstream, takeAll } from './upstream.ts'

const TIMES = { full: 100, short: 10 }
const CLIENTS = 20

/** SIGTERM under load, again and again: no request that was accepted may fail, and what was answered is what was written. */
export async function drain(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const totals = { answered: 0, failed: 0, miscounted: 0, slowest: 0 }
  for (let time = 1; time <= TIMES[mode]; time++) {
    const once = await drainOnce()
    totals.answered += once.replies.filter(({ counts }) => counts !== undefined).length
    totals.failed += once.replies.filter(({ counts, code }) => counts === undefined && code !== 'ECONNREFUSED').length
    const codes = once.replies
      .filter(({ counts, code }) => counts === undefined && code !== 'ECONNREFUSED')
      .map(({ code, ms }) => `${code} after ${Math.round(ms)} ms`)
    if (codes.length > 0) say(`time ${time}: ${codes.join(', ')}`)
    totals.miscounted += once.written === once.accepted ? 0 : 1
    totals.slowest = Math.max(totals.slowest, once.seconds)
    if (time % 10 === 0) say(`${time} times: ${totals.answered} answered, ${totals.failed} failed`)
  }
  return [
    { name: 'accepted requests that failed', value: totals.failed, most: 0 },
    { name: 'times that answers and written rows differ', value: totals.miscounted, most: 0 },
    { name: 'slowest end, s', value: totals.slowest, most: 25 },
  ]
}

async function drainOnce(): Promise<{ replies: Reply[]; written: number; accepted: number; seconds: number }> {
  let written = 0
  const upstream = await startUpstream((call) => {
    written += call.text().split('"product_id"').length - 1
    setTimeout(takeAll, Math.random() * 30, call)
  })
  const gateway = await startGatewayProcess(upstream.url, { REQUESTS_PER_SECOND: '1000000' })
  const replies: Reply[] = []
  const isGone = () => replies.at(-1)?.code === 'ECONNREFUSED'
  const work = async (name: number) => {
    const client = createClient(gateway.url, 'drain')
    for (let nth = 0; !isGone(); nth++) replies.push(await client.send(mutationBody('append', `C${name}.${nth}`, 1 + ((name + nth) % 50))))
    client.close()
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, name) => work(name)))
  await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 300))
  const began = performance.now()
  await gateway.stop()
  const seconds = (performance.now() - began) / 1_000
  await clients
  upstream.close()
  return { replies, written, accepted: replies.reduce((sum, { counts }) => sum + (counts?.acceptedCount ?? 0), 0), seconds }
}
