import { type Logger, pino } from 'pino'

export type { Logger }

/** Levels of the log, most to least talkative. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** A JSON-lines log on standard output. Callers pass ids and counts only, never tokens, headers or row values. */
export function createLog(level: (typeof LOG_LEVELS)[number], replicaId: string): Logger {
  return pino({ level, base: { replica: replicaId }, timestamp: pino.stdTimeFunctions.isoTime })
}

/** Logs defects, each once: where it happened and what it is about, without its message, which could quote a row. */
export function logDefects(log: Logger, words: string) {
  return (cause: unknown, about: object): void => {
    const frames = cause instanceof Error ? (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
    const name = cause instanceof Error ? cause.name : typeof cause
    log.error({ ...about, defect: { name, at: frames.slice(0, 12).map((frame) => frame.trim()) } }, words)
  }
}
