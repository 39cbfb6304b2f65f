import type { Readable } from 'node:stream'

/** How much is read of all bodies together in one turn of the event loop: some 20 ms of work. */
const BYTES_PER_TURN = 2 * 1024 * 1024
/** What Node reads of a connection at once; whoever goes on reads so much at least, or has nothing to read. */
const BYTES_AT_ONCE = 64 * 1024

// One queue for the process: the kernel holds megabytes of each connection, and what it holds of all of them would be read in
// one turn otherwise, however many they are.
const waiting: Readable[] = []
let left = BYTES_PER_TURN
let isCounting = false

/** Counts bytes that were read of a body; where this turn has read enough, the body pauses until those who paused before it went on. */
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
