import type { Readable } from 'node:stream'

/** How much of all bodies together is read per event-loop tick: about 20 ms of work. */
const BYTES_PER_TURN = 2 * 1024 * 1024
/** What Node reads from a socket at once; a resumed body reads at least this much, or has nothing to read. */
const BYTES_AT_ONCE = 64 * 1024

// One queue for the process: the kernel buffers megabytes per connection, and without a common limit all of it would be read in one tick,
// however many connections there are.
const waiting: Readable[] = []
let left = BYTES_PER_TURN
let isCounting = false

/** Counts bytes read of a body; once this tick's allowance is spent, the body is paused until those paused before it have resumed. */
export function countRead(body: Readable, bytes: number): void {
  left -= bytes
  if (left < 0) waiting.push(body.pause())
  if (isCounting) return
  isCounting = true
  setImmediate(nextTurn)
}

function nextTurn(): void {
  left = BYTES_PER_TURN
  isCounting = waiting.length > 0
  if (isCounting) setImmediate(nextTurn)
  for (const body of waiting.splice(0, BYTES_PER_TURN / BYTES_AT_ONCE)) body.resume()
}
