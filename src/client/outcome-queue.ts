import { ClientError } from './client-error.ts'
import { outcomesOf, type Settled } from './tally.ts'
import type { Outcome } from './types.ts'

/** A queue of chunks that arrive in any order and are read in the original one; without a reader nothing is kept. */
export function createOutcomeQueue<Row>() {
  const waiting = new Map<number, Settled<Row> | undefined>()
  const changed = createSignal()
  // Undefined until somebody asks, or something arrives.
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
    /** Adds a chunk; undefined where it has no outcomes. */
    add(number: number, settled: Settled<Row> | undefined): void {
      isRead ??= false
      if (isRead) waiting.set(number, settled)
      changed.notify()
    },
    /** Ends the queue; the reader then gets the error, if there is one. */
    end(error: unknown): void {
      ended = { error }
      changed.notify()
    },
    /** Resolves when the reader is fewer than `most` chunks behind, or when there is no reader. */
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

/** A signal that can be awaited repeatedly. */
function createSignal() {
  const waiters: (() => void)[] = []
  return {
    wait: () => new Promise<void>((resolve) => waiters.push(resolve)),
    notify() {
      for (const wake of waiters.splice(0)) wake()
    },
  }
}
