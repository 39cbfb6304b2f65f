import type { Committer } from './committer.ts'
import type { OpenRequest, Write } from './store-port.ts'

/** With so many writes owed, no further request is opened: each could add to them. */
const MOST_OWED = 10_000

/**
 * Writes that must become durable in the end: verdicts, withdrawals and the ends of claims. One that fails is owed, and retried as
 * long as this process lives. A late retry is harmless: it is refused by its epoch, or repeats what is there.
 */
export interface RetriedWrites {
  /** Resolves when it is durable, refused, or owed. */
  write(one: Write): Promise<void>
  owe(one: Write): void
  /** Owes the end of a claim whose opening failed: the store may have granted it, and then nobody else could open the record while this process lives. */
  disown(request: OpenRequest): void
  /** Whether something is owed for a record. */
  owes(id: string): boolean
  /** Retries what is owed for a record. */
  retry(id: string): Promise<void>
  /** The same for all records, unless the first shows that the store still fails; whether nothing is owed any more. */
  retryAll(): Promise<boolean>
  /** Whether a record may be opened: nothing is owed for it, and not too much for others. */
  mayOpen(id: string): boolean
}

interface Owed {
  readonly attempt: () => Promise<unknown>
  /** The attempt under way, which concurrent callers share. */
  trying?: Promise<void> | undefined
}

/** The retried writes of a process; nothing is retried unless somebody asks for it. */
export function createRetriedWrites(committer: Pick<Committer, 'open' | 'write'>): RetriedWrites {
  const owed = new Map<string, Set<Owed>>()
  let count = 0

  function add(id: string, attempt: () => Promise<unknown>): void {
    owed.set(id, (owed.get(id) ?? new Set()).add({ attempt }))
    count++
  }

  async function tryOnce(due: Set<Owed>, one: Owed): Promise<void> {
    try {
      await one.attempt()
      // Owed until it is written, so that concurrent callers do not take it for written.
      due.delete(one)
      count--
    } finally {
      one.trying = undefined
    }
  }

  async function retry(id: string): Promise<void> {
    const due = owed.get(id)
    if (due === undefined) return
    await Promise.allSettled(
      [...due].map((one) => {
        one.trying ??= tryOnce(due, one)
        return one.trying
      }),
    )
    if (owed.get(id) === due) owed.delete(id)
    // To the end of the map: one that always fails must not stay first, where `retryAll` tries it before all others.
    if (due.size > 0) owed.set(id, due)
  }

  const owe = (one: Write) => add(one.claim.id, () => committer.write(one))
  const owes = (id: string) => owed.has(id)
  return {
    write: (one) =>
      committer.write(one).then(
        () => {},
        () => owe(one),
      ),
    owe,
    disown: (request) => add(request.id, () => giveBack(committer, request)),
    owes,
    retry,
    async retryAll() {
      const [first, ...others] = owed.keys()
      if (first === undefined) return true
      await retry(first)
      if (owes(first)) return false
      await Promise.all(others.map(retry))
      return !others.some(owes)
    },
    mayOpen: (id) => !owes(id) && count < MOST_OWED,
  }
}

async function giveBack(committer: Pick<Committer, 'open' | 'write'>, request: OpenRequest): Promise<void> {
  const opened = await committer.open(request)
  if (opened.kind === 'created' || opened.kind === 'resumed')
    await committer.write({ kind: 'forget', claim: { id: request.id, epoch: opened.epoch } })
}
