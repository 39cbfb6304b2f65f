import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from '../support/random.ts'
import type { History, Told } from './history.ts'
import { drawMutation, drawSize, drawTarget } from './laws-rows.ts'

/** Callers of a gateway, and how far they are. */
export interface Callers {
  /** Rows sent so far. */
  rows(): number
  /** Sends mutations in bursts, so many a second on average, or fewer where too many are still without an answer. */
  paced(tenant: string, perSecond: number): Promise<void>
  /** Sends one small mutation after the other, from so many callers at once. */
  eager(tenant: string, callers: number): Promise<void>
}

const MOST_WAITING = 40
const BURST = 3
const SMALL = 30
const STATUSES = { AcceptedRow: 'ACCEPTED', RejectedRow: 'REJECTED', UnconfirmedRow: 'UNCONFIRMED' } as const

interface RowAnswer {
  readonly __typename: keyof typeof STATUSES
  readonly index: number
  readonly key: { readonly productId: string; readonly updatedAt: string }
  readonly issues?: readonly { readonly code: string }[]
  readonly reason?: string
}

/** Callers who stop when so many rows were sent. */
export function createCallers(url: URL, rows: number, chance: Chance, history: History): Callers {
  let sent = 0
  let mutations = 0

  async function send(tenant: string, target: ReturnType<typeof drawTarget>, size: number): Promise<void> {
    const mutation = `m${++mutations}`
    const count = Math.min(size, Math.max(1, rows - sent))
    sent += count
    const { destination, rows: cells, body } = drawMutation(chance, tenant, mutation, target, count)
    const headers = { 'content-type': 'application/json', authorization: tenant, 'x-request-id': mutation }
    history.note({ event: 'sent', mutation, ...destination, rows: cells })
    const text = await fetch(url, { method: 'POST', headers, body }).then(
      (response) => response.text(),
      // Without an answer the mutation breaks a law.
      () => undefined,
    )
    if (text !== undefined) noteAnswer(mutation, text, history)
  }

  return {
    rows: () => sent,
    async paced(tenant, perSecond) {
      const waiting = new Set<Promise<void>>()
      while (sent < rows) {
        const target = drawTarget(chance)
        for (let nth = 0; nth < BURST && waiting.size < MOST_WAITING; nth++) {
          // Those of one burst may share a request.
          const one = send(tenant, chance.percent(60) ? target : drawTarget(chance), drawSize(chance)).finally(() => waiting.delete(one))
          waiting.add(one)
        }
        await pause((BURST * 1_000) / perSecond)
      }
      await Promise.all(waiting)
    },
    async eager(tenant, callers) {
      const work = async () => {
        while (sent < rows) await send(tenant, drawTarget(chance), chance.between(1, SMALL))
      }
      await Promise.all(Array.from({ length: callers }, work))
    },
  }
}

function noteAnswer(mutation: string, text: string, history: History): void {
  const { data, errors } = JSON.parse(text)
  const payload = data?.payload
  if (!payload) {
    history.note({ event: 'declined', mutation, code: errors?.[0]?.extensions?.code ?? 'NO_CODE' })
    return
  }
  const rows = payload.rows.map(
    ({ __typename, index, key, issues, reason }: RowAnswer): Told => ({
      index,
      status: STATUSES[__typename],
      key: { product_id: JSON.stringify(key.productId), updated_at: JSON.stringify(key.updatedAt) },
      why: issues?.[0]?.code ?? reason ?? '',
    }),
  )
  history.note({ event: 'told', mutation, rows, counts: [payload.acceptedCount, payload.rejectedCount, payload.unconfirmedCount] })
}
