import type { Committer } from './committer.ts'
import type { Write } from './store-port.ts'

/** While so many writes are owed no further request is opened: each could add to them. */
const MOST_OWED = 10_000

/**
 * Writes what is to be durable in the end: verdicts, withdrawals and the ends of claims. What the store fails to take is owed for as
 * long as this process lives, which alone knows it; a write that has come too late is refused by its epoch, or is there twice.
 */
export interface RetriedWrites {
  /** Resolves when it is durable or refused, or else owed. */
  write(one: Write): Promise<void>
  owe(one: Write): void
  /** Tries once more what is owed of a record; whether nothing of it is owed any more. */
  retry(id: string): Promise<boolean>
  /** The same for all records. */
  retryAll(): Promise<void>
  /** Whether a record may be opened: the store has all that is known of it, and not too much is owed of others. */
  mayOpen(id: string): Promise<boolean>
}

/** The retried writes of a process; nothing is tried again unless somebody asks for it. */
export function createRetriedWrites(committer: Pick<Committer, 'write'>): RetriedWrites {
  const owed = new Map<string, Set<Write>>()
  let count = 0

  function owe(one: Write): void {
    const { id } = one.claim
    owed.set(id, (owed.get(id) ?? new Set()).add(one))
    count++
  }

  async function retry(id: string): Promise<boolean> {
    const due = owed.get(id)
    if (due === undefined) return true
    // Owed until it is written, so that whoever asks meanwhile does not believe that it is there.
    const writing = [...due].map(async (one) => {
      await committer.write(one)
      if (due.delete(one)) count--
    })
    await Promise.allSettled(writing)
    if (due.size > 0) return false
    if (owed.get(id) === due) owed.delete(id)
    return true
  }

  return {
    write: (one) =>
      committer.write(one).then(
        () => {},
        () => owe(one),
      ),
    owe,
    retry,
    retryAll: async () => void (await Promise.all([...owed.keys()].map(retry))),
    mayOpen: async (id) => (await retry(id)) && count < MOST_OWED,
  }
}
