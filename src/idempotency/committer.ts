import type { IdempotencyStore, Opened, OpenRequest, Write } from './store-port.ts'

/** Most that goes into one commit. */
const MAX_PER_COMMIT = 1_000

/** Takes single requests and writes to the store, many in one commit; each resolves when its own is durable. */
export interface Committer {
  open(request: OpenRequest): Promise<Opened>
  /** Whether it was written; false where it was refused. */
  write(write: Write): Promise<boolean>
}

/** Gathers what comes within one turn of the event loop, or while an earlier commit is under way. */
export function createCommitter(store: Pick<IdempotencyStore, 'open' | 'write'>): Committer {
  return { open: gather(store.open, ({ id }) => id), write: gather(store.write, () => undefined) }
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/** Commits take turns; no two items of one commit have the same name. */
function gather<Item, Result>(
  commit: (items: readonly Item[]) => Promise<readonly Result[]>,
  nameOf: (item: Item) => string | undefined,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  let isBusy = false

  function takeGroup(): Waiting<Item, Result>[] {
    const names = new Set<string>()
    const [group, rest]: [typeof waiting, typeof waiting] = [[], []]
    for (const one of waiting) {
      const name = nameOf(one.item)
      const isTaken = name !== undefined && names.has(name)
      if (name !== undefined) names.add(name)
      if (isTaken || group.length === MAX_PER_COMMIT) rest.push(one)
      else group.push(one)
    }
    waiting = rest
    return group
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) await commitGroup(takeGroup(), commit)
    isBusy = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isBusy) return
      isBusy = true
      setImmediate(work)
    })
}

async function commitGroup<Item, Result>(
  group: readonly Waiting<Item, Result>[],
  commit: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<void> {
  try {
    const results = await commit(group.map(({ item }) => item))
    group.forEach(({ resolve, reject }, at) => {
      if (at in results) resolve(results[at] as Result)
      else reject(new Error('The store answered for fewer than it was asked for.'))
    })
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}
