import type { Committer } from './committer.ts'
import type { OpenRequest, Write } from './store-port.ts'

/** While so much is owed no further request is opened: each could add to it. */
const MOST_OWED = 10_000

/**
 * Writes what is to be durable in the end: verdicts, withdrawals and the ends of claims. What the store fails to take is owed for as
 * long as this process lives, which alone knows it; a write that has come too late is refused by its epoch, or is there twice.
 */
export interface RetriedWrites {
  /** Resolves when it is durable or refused, or else owed. */
  write(one: Write): Promise<void>
  owe(one: Write): void
  /** Owes the end of a claim that the store may have taken though its answer was lost: else nobody could open the record while this process lives. */
  disown(request: OpenRequest): void
  /** Tries once more what is owed of a record; whether nothing of it is owed any more. */
  retry(id: string): Promise<boolean>
  /** The same for all records, until the store fails; whether nothing at all is owed any more. */
  retryAll(): Promise<boolean>
  /** Whether a record may be opened: the store has all that is known of it, and not too much is owed of others. */
  mayOpen(id: string): Promise<boolean>
}

interface Owed {
  readonly attempt: () => Promise<unknown>
  /** Whoever asks meanwhile waits for the same attempt. */
  trying?: Promise<void> | undefined
}

/** The retried writes of a process; nothing is tried again unless somebody asks for it. */
export function createRetriedWrites(committer: Committer): RetriedWrites {
  const owed = new Map<string, Set<Owed>>()
  let count = 0

  function add(id: string, attempt: () => Promise<unknown>): void {
    owed.set(id, (owed.get(id) ?? new Set()).add({ attempt }))
    count++
  }

  async function tryOnce(due: Set<Owed>, one: Owed): Promise<void> {
    try {
      await one.attempt()
      // Owed until it is written, so that whoever asks meanwhile does not believe that it is there.
      due.delete(one)
      count--
    } finally {
      one.trying = undefined
    }
  }

  async function retry(id: string): Promise<boolean> {
    const due = owed.get(id)
    if (due === undefined) return true
    await Promise.allSettled(
      [...due].map((one) => {
        one.trying ??= tryOnce(due, one)
        return one.trying
      }),
    )
    if (owed.get(id) === due) owed.delete(id)
    if (due.size === 0) return true
    // To the end: one that the store never takes must not be the first for ever.
    owed.set(id, due)
    return false
  }

  async function giveBack(request: OpenRequest): Promise<void> {
    const opened = await committer.open(request)
    if (opened.kind === 'created' || opened.kind === 'resumed')
      await committer.write({ kind: 'forget', claim: { id: request.id, epoch: opened.epoch } })
  }

  const owe = (one: Write) => add(one.claim.id, () => committer.write(one))
  return {
    write: (one) =>
      committer.write(one).then(
        () => {},
        () => owe(one),
      ),
    owe,
    disown: (request) => add(request.id, () => giveBack(request)),
    retry,
    async retryAll() {
      const [first, ...others] = owed.keys()
      if (first === undefined) return true
      return (await retry(first)) && (await Promise.all(others.map(retry))).every((isWritten) => isWritten)
    },
    mayOpen: async (id) => (await retry(id)) && count < MOST_OWED,
  }
}
