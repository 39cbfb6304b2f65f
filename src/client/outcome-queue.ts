import { ClientError } from './client-error.ts'
import { outcomesOf, type Settled } from './tally.ts'
import type { Outcome } from './types.ts'

/** A queue for chunks that come in any order and are read in their own; what nobody reads is not kept. */
export function createOutcomeQueue<Row>() {
  const waiting = new Map<number, Settled<Row> | undefined>()
  const changed = createSignal()
  // Undefined while nobody has asked and nothing has come.
  let isRead: boolean | undefined
  let next = 0
  let ended: { readonly error: unknown } | undefined

  async function* outcomes(): AsyncGenerator<Outcome<Row>> {
    try {
      while (!ended || waiting.has(next)) {
        const settled = waiting.get(next)
        if (waiting.delete(next)) {
          if (settled) yield* outcomesOf(settled)
          next++
          changed.notify()
        } else await changed.wait()
      }
      if (ended.error !== undefined) throw ended.error
    } finally {
      isRead = false
      changed.notify()
    }
  }

  return {
    /** Takes a chunk; undefined where it came to no outcome. */
    add(number: number, settled: Settled<Row> | undefined): void {
      isRead ??= false
      if (isRead) waiting.set(number, settled)
      changed.notify()
    },
    /** Nothing comes any more; the reader then gets the error, where there is one. */
    end(error: unknown): void {
      ended = { error }
      changed.notify()
    },
    /** Resolves when the reader is not so many chunks behind any more, or when there is none. */
    async room(number: number, most: number): Promise<void> {
      while (isRead && number - next >= most) await changed.wait()
    },
    read(): AsyncGenerator<Outcome<Row>> {
      if (isRead !== undefined) throw new ClientError('OUTCOMES_DROPPED', 'Outcomes are read once.')
      isRead = true
      return outcomes()
    },
  }
}

/** Something to wait for, again and again. */
function createSignal() {
  const waiters: (() => void)[] = []
  return {
    wait: () => new Promise<void>((resolve) => waiters.push(resolve)),
    notify() {
      for (const wake of waiters.splice(0)) wake()
    },
  }
}
