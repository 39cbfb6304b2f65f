/** Bytes that all requests together may hold in memory. */
export interface MemoryBudget {
  /** Opens the account of one request. */
  open(): MemoryAccount
  /** Bytes that are taken. */
  held(): number
  /** Whether hardly anything is left. */
  isSpent(): boolean
}

/** What one request holds of the budget. */
export interface MemoryAccount {
  /** Takes so many bytes more; false where that is over the budget, and nothing is taken then. */
  take(bytes: number): boolean
  /** Holds so many bytes in all from now on, whatever the budget says: for an answer that is owed. */
  holdAtLeast(bytes: number): void
  /** Gives everything back; once, at the end. */
  close(): void
}

/** Below this much a request is worth no refusal. */
const SMALL = 64 * 1024

/** A budget of so many bytes. A single request may take at most three quarters of it, so that one does not shut out all others. */
export function createMemoryBudget(total: number): MemoryBudget {
  let used = 0
  const most = total * 0.75
  return {
    held: () => used,
    isSpent: () => used + SMALL > total,
    open() {
      let held = 0
      const add = (bytes: number) => {
        held += bytes
        used += bytes
      }
      return {
        take(bytes) {
          if (used + bytes > total || held + bytes > most) return false
          add(bytes)
          return true
        },
        holdAtLeast: (bytes) => add(Math.max(0, bytes - held)),
        close() {
          used -= held
          held = 0
        },
      }
    },
  }
}
