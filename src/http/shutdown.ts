import type { HttpServer } from './server.ts'

/** What must come to its end before the process does. */
export interface Work {
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Answers at once for all that is under way. */
  giveUp(): void
}

/** What is left of the time when the last answers are given, and when they should be written. */
const ANSWERING_MS = 1_000
const WRITING_MS = 500

/**
 * Lets everything under way come to its end: requests that arrived, and rows whose caller has gone. When the time is nearly
 * up every row gets the answer that is true by then, so that no caller is left without one; then connections are cut.
 */
export async function drain(server: HttpServer, work: Work, timeoutMs: number): Promise<void> {
  const timers: NodeJS.Timeout[] = []
  const after = (ms: number, act: () => void) => timers.push(setTimeout(act, Math.max(0, ms)))
  const timeIsUp = new Promise<void>((resolve) => {
    after(timeoutMs - ANSWERING_MS, () => resolve(work.giveUp()))
    after(timeoutMs - WRITING_MS, server.cut)
  })
  await Promise.all([server.stop(), Promise.race([work.idle(), timeIsUp])])
  timers.forEach(clearTimeout)
}
