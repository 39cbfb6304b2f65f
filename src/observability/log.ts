import { type Logger, pino } from 'pino'

export type { Logger }

/** Log levels, from the most to the least verbose. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const STANDARD_OUTPUT = 1
/** How much of the log is buffered while it cannot be written; further lines are dropped. */
const MAX_KEPT_BYTES = 1_000_000
const RETRY_MS = 1_000

/** A JSON-lines log on standard output, or another descriptor. Callers pass ids and counts only, never tokens, headers or row values. */
export function createLog(level: (typeof LOG_LEVELS)[number], replicaId: string, descriptor = STANDARD_OUTPUT): Logger {
  return pino({ level, base: { replica: replicaId }, timestamp: pino.stdTimeFunctions.isoTime }, createOutput(descriptor))
}

/** A log that nobody reads, or whose disk is full, neither blocks nor ends the process: writing is tried again later. */
function createOutput(dest: number) {
  // Without `retryEAGAIN` it would block until somebody reads; without `minLength`, `flush` would do nothing.
  const output = pino.destination({ dest, sync: true, minLength: 1, maxLength: MAX_KEPT_BYTES, retryEAGAIN: () => false })
  let isWaiting = false
  output.on('error', () => {
    if (isWaiting) return
    isWaiting = true
    setTimeout(() => {
      isWaiting = false
      output.flush()
    }, RETRY_MS).unref()
  })
  return output
}

/** Logs a defect: its stack frames and what it was about, without its message, which could quote a row. */
export function logDefects(log: Logger, words: string) {
  return (cause: unknown, about: object): void => {
    const frames = cause instanceof Error ? (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
    const name = cause instanceof Error ? cause.name : typeof cause
    log.error({ ...about, defect: { name, at: frames.slice(0, 12).map((frame) => frame.trim()) } }, words)
  }
}
