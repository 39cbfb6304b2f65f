import { styleText } from 'node:util'

/** Where progress is shown: standard error. */
export interface Screen {
  readonly isTTY: boolean
  readonly columns: number
  write(text: string): void
}

/** The progress of a load. */
export interface Position {
  /** Rows that are done. */
  readonly done: number
  /** All rows; undefined where that is not known. */
  readonly total: number | undefined
  readonly rejected: number
  /** Milliseconds until a request is sent again, while one is waiting for that. */
  readonly waitingMs: number | undefined
}

/** Shows the progress of a load: on a terminal one line that is rewritten, else a line every five seconds. */
export interface ProgressBar {
  show(position: Position): void
  /** Stops; leaves the last line, or removes it from a terminal. */
  stop(): void
}

const EVERY_MS = { onTerminal: 100, elsewhere: 5_000 }

/** Starts a bar; `label` says what is being done. */
export function createProgress(screen: Screen, label: string, now: () => number = () => performance.now()): ProgressBar {
  const start = now()
  const every = screen.isTTY ? EVERY_MS.onTerminal : EVERY_MS.elsewhere
  let last = screen.isTTY ? start - every : start
  return {
    show(position) {
      const time = now()
      if (time - last < every) return
      last = time
      const line = wordPosition(label, position, time - start, screen.isTTY ? screen.columns : 0)
      screen.write(screen.isTTY ? `\r\u001b[2K${line}` : `${line}\n`)
    },
    stop() {
      if (screen.isTTY) screen.write('\r\u001b[2K')
    },
  }
}

function wordPosition(label: string, { done, total, rejected, waitingMs }: Position, elapsedMs: number, width: number): string {
  const perSecond = elapsedMs > 0 ? (done * 1_000) / elapsedMs : 0
  const parts = [
    total === undefined ? wordRows(done) : `${percent(done, total)} % of ${wordRows(total)}`,
    `${wordCount(Math.round(perSecond))} rows/s`,
    `${wordCount(rejected)} rejected`,
  ]
  if (total !== undefined && perSecond > 0 && done > 0) parts.push(`${wordTime((total - done) / perSecond)} left`)
  if (waitingMs !== undefined) parts.push(`asking again in ${wordTime(waitingMs / 1_000)}`)
  const text = `${label}: ${parts.join(', ')}`
  const room = Math.min(30, width - text.length - 4)
  return total !== undefined && room >= 10
    ? `${bar(done / Math.max(total, 1), room)} ${text}`
    : text.slice(0, width > 0 ? width - 1 : undefined)
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(share, 1) * width)
  return `${styleText('green', '█'.repeat(full), { stream: process.stderr })}${'░'.repeat(width - full)}`
}

function percent(done: number, total: number): string {
  return total === 0 ? '100' : String(Math.floor((done * 100) / total))
}

/** A count as people write it. */
export function wordCount(count: number): string {
  return count.toLocaleString('en')
}

/** A number of rows as people write it. */
export function wordRows(count: number): string {
  return `${wordCount(count)} ${count === 1 ? 'row' : 'rows'}`
}

/** Seconds as people write them. */
export function wordTime(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return whole < 2 * 86_400
    ? `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`
    : `${Math.round(whole / 86_400)} days`
}
