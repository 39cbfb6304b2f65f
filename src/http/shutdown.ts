import { setTimeout as pass } from 'node:timers/promises'
import type { HttpServer } from './server.ts'

/** What must come to its end before the process does. */
export interface Work {
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Answers for what never left, so that its callers can take it elsewhere; what is under way goes on. */
  giveBack(): void
  /** Answers at once for all that is under way. */
  giveUp(): void
}

/** How long rows that wait may still leave: most do, and a backlog for many seconds is better sent by others. */
const LEAVING_MS = 2_000

/** What is left of the time when the last answers are given, and when they should be written. */
const ANSWERING_MS = 1_000
const WRITING_MS = 500

/**
 * Listens on for `shutdownDelayMs`, closing each connection after its next answer, and then lets everything under way come to its end:
 * requests that arrived, and rows whose caller has gone. What waits for long is given back. When `drainTimeoutMs` is
 * nearly over every row gets the answer that is true by then, so that no caller is left without one; then connections are cut.
 */
export async function drain(
  server: HttpServer,
  work: Work,
  { shutdownDelayMs, drainTimeoutMs }: { readonly shutdownDelayMs: number; readonly drainTimeoutMs: number },
): Promise<void> {
  server.closeAfterAnswers()
  if (shutdownDelayMs > 0) await pass(shutdownDelayMs)
  const timers: NodeJS.Timeout[] = []
  const after = (ms: number, act: () => void) => timers.push(setTimeout(act, Math.max(0, ms)))
  const timeIsUp = new Promise<void>((resolve) => {
    after(LEAVING_MS, work.giveBack)
    after(drainTimeoutMs - ANSWERING_MS, () => resolve(work.giveUp()))
    after(drainTimeoutMs - WRITING_MS, server.cut)
  })
  await Promise.all([server.stop(), Promise.race([work.idle(), timeIsUp])])
  timers.forEach(clearTimeout)
}
