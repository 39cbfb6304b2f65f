import { type Logger, pino } from 'pino'

export type { Logger }

/** Levels of the log, most to least talkative. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** A JSON-lines log on standard output. Callers pass ids and counts only, never tokens, headers or row values. */
export function createLog(level: (typeof LOG_LEVELS)[number]): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}
