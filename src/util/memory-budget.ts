/** A budget for the memory that all requests together may hold. */
export interface MemoryBudget {
  /** Opens an account for a request. */
  open(): MemoryAccount
  /** The bytes taken. */
  held(): number
  /** Whether almost nothing is left. */
  isSpent(): boolean
}

/** What one request holds of the budget. */
export interface MemoryAccount {
  /** Takes more bytes; false, with nothing taken, if that would exceed the budget. */
  take(bytes: number): boolean
  /** Raises the account to `bytes`, even beyond the budget: for an answer that must be given. */
  holdAtLeast(bytes: number): void
  /** Returns everything. */
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
