import { StoreError } from './store-error.ts'
import type { IdempotencyStore, Opened, OpenRequest, StoredRecord, Write } from './store-port.ts'

/** Group commit: what is asked together shares a commit. Rejects with a `StoreError` where the store fails, or does not answer in time. */
export interface Committer {
  open(request: OpenRequest): Promise<Opened>
  /** Resolves when it is durable, with true, or was refused, with false. */
  write(write: Write): Promise<boolean>
  read(id: string): Promise<StoredRecord | undefined>
  /** Answers at once for all that waits for the store, now and later; what has been asked of it goes on. */
  giveUp(): void
  /** Resolves when nobody waits for the store. */
  idle(): Promise<void>
}

interface CommitterOptions {
  /** Called with the duration of each commit, failed ones included. */
  readonly onCommit?: (ms: number) => void
  readonly onFailed?: (error: unknown) => void
}

/** The most that is asked of the store at once. */
const MAX_PER_COMMIT = 1_000

/**
 * The least time from the start of one commit to the next, in milliseconds: a commit costs the same for one request as for
 * many. The first after a pause does not wait.
 */
const COMMIT_EVERY_MS = 2

/** Nobody waits longer than this for a store that hangs: rows hold permits that others wait for, and callers whose outcomes are known are told them. */
const STORE_TIMEOUT_MS = 3_000

type Call = 'open' | 'write' | 'read'

interface Asked {
  readonly call: Call
  readonly item: OpenRequest | Write | string
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** Collects what comes within one turn of the event loop, during the commit before, or shortly after that began. Commits run one after the other. */
export function createCommitter(store: Pick<IdempotencyStore, Call>, { onCommit, onFailed }: CommitterOptions = {}): Committer {
  let untilIdle: PromiseWithResolvers<void> | undefined
  let lastBegan = 0
  const queue = createQueue((error) => {
    untilIdle?.resolve()
    if (error !== GIVEN_UP) onFailed?.(error)
  })
  const ask = createAsk(store, onCommit, (error) => (queue.isLeft() ? undefined : onFailed?.(error)))

  async function work(): Promise<void> {
    while (queue.isWaiting()) {
      const pause = lastBegan + COMMIT_EVERY_MS - performance.now()
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
      lastBegan = performance.now()
      const { group, answered } = queue.take()
      await ask(group)
      answered()
      // Whoever was answered may ask for its next step, once its rows were gathered with others.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    untilIdle?.resolve()
    untilIdle = undefined
  }

  const add = <Result>(call: Call, item: Asked['item']) =>
    new Promise<Result>((resolve, reject) => {
      queue.add({ call, item, resolve, reject })
      if (untilIdle !== undefined || !queue.isWaiting()) return
      untilIdle = Promise.withResolvers()
      setImmediate(work)
    })

  return {
    open: (request) => add('open', request),
    write: (write) => add('write', write),
    read: (id) => add('read', id),
    giveUp: () => queue.leave(GIVEN_UP),
    async idle() {
      while (untilIdle !== undefined && !queue.isLeft()) {
        await untilIdle.promise
        // Whoever was answered may have more to write.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

const GIVEN_UP = new StoreError('The process stops, and the store has not answered.')

/** Those who wait for the store. When it hangs all of them leave, and nobody waits for it until it has answered. */
function createQueue(onLeft: (error: StoreError) => void) {
  let waiting: Asked[] = []
  let taken: readonly Asked[] = []
  let timeout: NodeJS.Timeout | undefined
  let left: StoreError | undefined

  function leave(error: StoreError): void {
    left = error
    clearTimeout(timeout)
    for (const { reject } of [...taken, ...waiting]) reject(error)
    waiting = []
    onLeft(error)
  }

  function startTimeout(): void {
    const hang = () => void (left ?? leave(new StoreError(`The store has not answered for ${STORE_TIMEOUT_MS / 1_000} seconds.`)))
    timeout = setTimeout(hang, STORE_TIMEOUT_MS).unref()
  }

  return {
    leave,
    isLeft: () => left !== undefined,
    isWaiting: () => waiting.length > 0,
    add(one: Asked): void {
      if (left !== undefined) one.reject(left)
      else if (waiting.push(one) === 1) startTimeout()
    },
    /** Takes what fits into one commit; `answered` is called when that is over. */
    take() {
      const timer = timeout
      const { group, rest } = divide(waiting)
      taken = group
      waiting = rest
      if (rest.length > 0) startTimeout()
      const answered = () => {
        clearTimeout(timer)
        taken = []
        if (left !== GIVEN_UP) left = undefined
      }
      return { group, answered }
    },
  }
}

/** What fits into one commit: no two opens in it concern the same record. */
function divide(waiting: readonly Asked[]): { readonly group: Asked[]; readonly rest: Asked[] } {
  const opened = new Set<unknown>()
  const [group, rest]: [Asked[], Asked[]] = [[], []]
  for (const one of waiting) {
    const id = one.call === 'open' ? (one.item as OpenRequest).id : undefined
    if (group.length === MAX_PER_COMMIT || (id !== undefined && opened.has(id))) rest.push(one)
    else group.push(one)
    if (id !== undefined) opened.add(id)
  }
  return { group, rest }
}

/** Opens and writes are passed on in the same turn, so that a store can make one commit of both. */
function createAsk(store: Pick<IdempotencyStore, Call>, onCommit: CommitterOptions['onCommit'], onFailed: (error: unknown) => void) {
  async function ask<Item, Result>(asked: readonly Asked[], answer: (items: readonly Item[]) => Promise<readonly Result[]>): Promise<void> {
    if (asked.length === 0) return
    const began = performance.now()
    try {
      const results = await answer(asked.map(({ item }) => item as Item))
      if (results.length < asked.length) throw new StoreError('The store answered for fewer than it was asked for.')
      asked.forEach(({ resolve }, at) => void resolve(results[at] as never))
    } catch (error) {
      onFailed(error)
      for (const { reject } of asked) reject(error)
    }
    if (asked[0]?.call !== 'read') onCommit?.(performance.now() - began)
  }

  const readAll = (ids: readonly string[]) => Promise.all(ids.map(store.read))
  return (group: readonly Asked[]) => {
    const of = (call: Call) => group.filter((one) => one.call === call)
    return Promise.all([ask(of('open'), store.open), ask(of('write'), store.write), ask(of('read'), readAll)])
  }
}
