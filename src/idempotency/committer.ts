import type { IdempotencyStore, Opened, OpenRequest, Write } from './store-port.ts'

/** The most requests and writes in one commit. */
const MAX_PER_COMMIT = 1_000

/** Group commit: opens and writes share commits; each resolves when it is durable. */
export interface Committer {
  open(request: OpenRequest): Promise<Opened>
  /** Whether it was written; false where it was refused. */
  write(write: Write): Promise<boolean>
}

/**
 * The least time from the start of one commit to the next, in milliseconds: a commit costs the same for one request as for
 * many. The first after a pause does not wait.
 */
const COMMIT_EVERY_MS = 2

type Step = { readonly kind: 'open'; readonly request: OpenRequest } | { readonly kind: 'write'; readonly write: Write }

/** Collects what comes within one turn of the event loop, during the commit before, or shortly after that began. */
export function createCommitter(store: Pick<IdempotencyStore, 'open' | 'write'>): Committer {
  const add = gather((group: readonly Waiting[]) => commitGroup(store, group))
  return {
    open: (request) => add({ kind: 'open', request }) as Promise<Opened>,
    write: (write) => add({ kind: 'write', write }) as Promise<boolean>,
  }
}

interface Waiting {
  readonly step: Step
  readonly resolve: (result: Opened | boolean) => void
  readonly reject: (error: unknown) => void
}

/** Commits run one after the other; no two opens in one commit concern the same record. */
function gather(commit: (group: readonly Waiting[]) => Promise<void>): (step: Step) => Promise<Opened | boolean> {
  let waiting: Waiting[] = []
  let isBusy = false
  let lastBegan = 0

  function takeGroup(): Waiting[] {
    const opened = new Set<string>()
    const [group, rest]: [Waiting[], Waiting[]] = [[], []]
    for (const one of waiting) {
      const id = one.step.kind === 'open' ? one.step.request.id : undefined
      const isTaken = id !== undefined && opened.has(id)
      if (id !== undefined) opened.add(id)
      if (isTaken || group.length === MAX_PER_COMMIT) rest.push(one)
      else group.push(one)
    }
    waiting = rest
    return group
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const pause = lastBegan + COMMIT_EVERY_MS - performance.now()
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
      lastBegan = performance.now()
      await commit(takeGroup())
    }
    isBusy = false
  }

  return (step) =>
    new Promise((resolve, reject) => {
      waiting.push({ step, resolve, reject })
      if (isBusy) return
      isBusy = true
      setImmediate(work)
    })
}

/** Opens and writes are passed on in the same turn, so that a store can make one commit of both. */
async function commitGroup(store: Pick<IdempotencyStore, 'open' | 'write'>, group: readonly Waiting[]): Promise<void> {
  const opens = group.flatMap(({ step, ...callbacks }) => (step.kind === 'open' ? [{ item: step.request, ...callbacks }] : []))
  const writes = group.flatMap(({ step, ...callbacks }) => (step.kind === 'write' ? [{ item: step.write, ...callbacks }] : []))
  await Promise.all([commitAll(opens, store.open), commitAll(writes, store.write)])
}

interface Asked<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

async function commitAll<Item, Result>(
  asked: readonly Asked<Item, Result>[],
  commit: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<void> {
  if (asked.length === 0) return
  try {
    const results = await commit(asked.map(({ item }) => item))
    asked.forEach(({ resolve, reject }, at) => {
      if (at in results) resolve(results[at] as Result)
      else reject(new Error('The store answered for fewer than it was asked for.'))
    })
  } catch (error) {
    for (const { reject } of asked) reject(error)
  }
}
