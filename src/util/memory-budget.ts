/** A budget for the memory that all requests together may hold. */
export interface MemoryBudget {
  /** Opens an account for a request. */
  open(): MemoryAccount
  /** How many bytes are taken. */
  held(): number
  /** Whether hardly anything is left. */
  isSpent(): boolean
}

/** What one request holds of the budget. */
export interface MemoryAccount {
  /** Takes further bytes; false, and nothing is taken, where that would exceed the budget. */
  take(bytes: number): boolean
  /** Raises the account to so many bytes, even beyond the budget: for an answer that has to be given. */
  holdAtLeast(bytes: number): void
  /** Gives everything back. */
  close(): void
}

/** Requests that need less than this are not worth refusing. */
const SMALL = 64 * 1024

/** A budget in bytes. A single request may take at most three quarters of it, so that it cannot shut out all others. */
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
