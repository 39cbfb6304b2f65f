import { setTimeout as pass } from 'node:timers/promises'
import type { HttpServer } from './server.ts'

/** The work that must end before the process does. */
export interface Work {
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Answers for rows that have not left, so that callers can send them elsewhere; what is under way goes on. */
  giveBack(): void
  /** Answers at once for everything under way. */
  giveUp(): void
  /** Answers without waiting for the store any longer, which may hang. */
  giveUpStore(): void
}

/** How long waiting rows may still leave: most do, and a backlog of many seconds is better sent by other replicas. */
const LEAVING_MS = 2_000

/** How long before the drain timeout the last answers are given, and connections are cut. */
const ANSWERING_MS = 1_000
const UNSTORED_MS = 750
const WRITING_MS = 500

/**
 * Keeps listening for `shutdownDelayMs`, closing each connection after its next answer, then lets everything under way finish: requests
 * that have arrived, and rows whose caller has gone. Rows that wait longer are given back. Shortly before `drainTimeoutMs` every row gets
 * the answer that is true by then, so that no caller is left without one; then connections are cut.
 */
export async function drain(
  server: HttpServer,
  work: Work,
  { shutdownDelayMs, drainTimeoutMs }: { readonly shutdownDelayMs: number; readonly drainTimeoutMs: number },
): Promise<void> {
  if (shutdownDelayMs > 0) {
    server.closeAfterAnswers()
    await pass(shutdownDelayMs)
  }
  const timers: NodeJS.Timeout[] = []
  const after = (ms: number, act: () => void) => timers.push(setTimeout(act, Math.max(0, ms)))
  const timeIsUp = new Promise<void>((resolve) => {
    after(LEAVING_MS, work.giveBack)
    after(drainTimeoutMs - ANSWERING_MS, () => resolve(work.giveUp()))
    after(drainTimeoutMs - UNSTORED_MS, work.giveUpStore)
    after(drainTimeoutMs - WRITING_MS, server.cut)
  })
  await Promise.all([server.stop(), Promise.race([work.idle(), timeIsUp])])
  timers.forEach(clearTimeout)
}
