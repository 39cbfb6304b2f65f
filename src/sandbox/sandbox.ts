import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Contract } from '../resource/contract.ts'
import type { Solution } from '../resource/module.ts'
import { LIMITS, SANDBOX_TOKEN } from './choices.ts'
import type { Fault } from './faults.ts'
import type { SeenRequest } from './request-log.ts'
import type { StoredRow } from './store.ts'

export interface SandboxOptions {
  readonly contract: Contract
  /** Solutions whose modules it knows in addition to the examples. */
  readonly solutions: readonly Solution[]
  /** A file, or `:memory:`. */
  readonly file: string
  /** 0 means any free port. */
  readonly port?: number
  /** Keeps the bodies of all requests, for tests. */
  readonly keepRequests?: boolean
  readonly requestsPerSecond?: number
}

export type WorkerOptions = Required<SandboxOptions>

export type WorkerCommand =
  | { readonly name: 'fault'; readonly fault: Fault }
  | { readonly name: 'slowDown'; readonly ms: number }
  | { readonly name: 'requests'; readonly token: string | undefined }
  | { readonly name: 'mostAtOnce' }

export type WorkerReply =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }

/** A running sandbox, and how to control and inspect it. */
export interface Sandbox {
  readonly url: URL
  /** Queues a fault for the next ingest request. */
  fault(fault: Fault): Promise<void>
  /** Delays every answer from now on. */
  slowDown(ms: number): Promise<void>
  /** The ingest requests that arrived, in order; of one token, if given. */
  requests(token?: string): Promise<readonly SeenRequest[]>
  /** The most ingest requests ever under way at the same time. */
  mostAtOnce(): Promise<number>
  /** The stored rows of an object, by its full name. */
  rows(object: string, token?: string): Promise<StoredRow[]>
  close(): Promise<void>
}

/** Starts the sandbox in a worker thread; rejects if it cannot listen. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const workerData: WorkerOptions = { port: 0, keepRequests: false, requestsPerSecond: LIMITS.requestsPerSecond, ...options }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData })
  const [first] = (await once(worker, 'message')) as [WorkerReply]
  if (first.kind !== 'listening') throw new Error(first.kind === 'failed' ? first.message : first.kind)

  const url = new URL(`http://127.0.0.1:${first.port}`)
  const ask = createAsk(worker)
  return {
    url,
    fault: (fault) => ask({ name: 'fault', fault }),
    slowDown: (ms) => ask({ name: 'slowDown', ms }),
    requests: (token) => ask({ name: 'requests', token }),
    mostAtOnce: () => ask({ name: 'mostAtOnce' }),
    rows: async (object, token = SANDBOX_TOKEN) => {
      const response = await fetch(new URL(`/sandbox/objects/${object}/rows`, url), { headers: { authorization: token } })
      return (await response.json()) as StoredRow[]
    },
    close: async () => void (await worker.terminate()),
  }
}

function createAsk(worker: Worker): <T>(command: WorkerCommand) => Promise<T> {
  const waiting = new Map<number, (value: unknown) => void>()
  let lastId = 0
  worker.on('message', (message: WorkerReply) => {
    if (message.kind !== 'result') return
    waiting.get(message.id)?.(message.value)
    waiting.delete(message.id)
  })
  return <T>(command: WorkerCommand) =>
    new Promise<T>((resolve) => {
      const id = ++lastId
      waiting.set(id, (value) => resolve(value as T))
      worker.postMessage({ id, command })
    })
}
