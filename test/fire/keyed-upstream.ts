import { parentPort, Worker, workerData } from 'node:worker_threads'
import { createChance } from '../support/random.ts'
import { type Call, startUpstream, takeAll } from './upstream.ts'

/** One request with rows as the upstream saw it; times are those of `clock`. */
export interface SeenRequest {
  /** The first part of its path, by which each gateway is known. */
  readonly gateway: string
  readonly ids: readonly string[]
  readonly arrivedAt: number
  /** When its answer had left; absent where nobody was there any more to take it. */
  answeredAt?: number
}

/** An upstream that writes every row that arrives, and remembers it. */
export interface KeyedUpstream {
  /** Where a gateway of that name sends its rows. */
  urlFor(gateway: string): string
  /** Resolves when so many requests have arrived since `take` was asked last. */
  arrivals(count: number): Promise<void>
  /** What has arrived since this was asked last; waits until nothing is under way. */
  take(): Promise<readonly SeenRequest[]>
  close(): Promise<void>
}

interface Choices {
  readonly seed: number
  readonly fromMs: number
  readonly toMs: number
}

/** Milliseconds of a clock that all threads share. */
export function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

type Message = { readonly url: string } | { readonly arrived: number } | { readonly taken: readonly SeenRequest[] }

/** Starts one in a thread of its own, which needs a seeded time for each answer. */
export async function startKeyedUpstream(choices: Choices): Promise<KeyedUpstream> {
  const worker = new Worker(new URL(import.meta.url), { workerData: choices })
  const next = <Name extends string>(name: Name) =>
    new Promise<Extract<Message, Record<Name, unknown>>>((resolve) => {
      const read = (message: Message) => {
        if (!(name in message)) return
        worker.off('message', read)
        resolve(message as never)
      }
      worker.on('message', read)
    })
  let arrived = 0
  worker.on('message', (message: Message) => {
    if ('arrived' in message) arrived = message.arrived
  })
  worker.setMaxListeners(0)
  const { url } = await next('url')
  return {
    urlFor: (gateway) => `${url}/${gateway}`,
    async arrivals(count) {
      while (arrived < count) await next('arrived')
    },
    async take() {
      worker.postMessage('take')
      const { taken } = await next('taken')
      arrived = 0
      return taken
    },
    close: async () => void (await worker.terminate()),
  }
}

function createKeeper({ seed, fromMs, toMs }: Choices, onArrived: (count: number) => void) {
  const chance = createChance(seed)
  let seen: SeenRequest[] = []
  let underWay = 0
  let whenIdle: (() => void) | undefined

  function answer(call: Call): void {
    const ids = [...call.text().matchAll(/"product_id":"([^"]+)"/g)].map(([, id = '']) => id)
    const request: SeenRequest = { gateway: call.request.url?.split('/')[1] ?? '', ids, arrivedAt: clock() }
    onArrived(seen.push(request))
    underWay++
    call.response.once('finish', () => {
      request.answeredAt = clock()
    })
    // Also where it cannot be told: an upstream that has rows writes them.
    call.response.once('close', () => {
      if (--underWay === 0) whenIdle?.()
    })
    setTimeout(takeAll, chance.between(fromMs, toMs), call)
  }

  async function take(): Promise<readonly SeenRequest[]> {
    while (underWay > 0)
      await new Promise<void>((resolve) => {
        whenIdle = resolve
      })
    const taken = seen
    seen = []
    return taken
  }
  return { answer, take }
}

if (parentPort !== null) {
  const send = (message: Message) => parentPort?.postMessage(message)
  const keeper = createKeeper(workerData, (arrived) => send({ arrived }))
  const { url } = await startUpstream(keeper.answer)
  send({ url })
  parentPort.on('message', async () => send({ taken: await keeper.take() }))
}
