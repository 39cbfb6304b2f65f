import type { ServerResponse } from 'node:http'
import { CERTAIN_TO_FIT, createBodyPool, lengthOf } from '../body-pool.ts'

/** Answers with a text in pieces, at status 200. */
export type Send = (response: ServerResponse, contentType: string, pieces: readonly string[]) => void

// Shorter texts are written quicker as they are.
const LARGE = 64 * 1024

/** Sends large texts through memory that serves again: joining, measuring and encoding them at once would copy them three times. */
export function createSend(): Send {
  const pool = createBodyPool()

  function sendLarge(response: ServerResponse, contentType: string, pieces: readonly string[]): void {
    const bodies = groups(pieces).map((group) => pool.write(...group))
    const length = bodies.reduce((sum, { byteLength }) => sum + byteLength, 0)
    response.writeHead(200, { 'content-type': contentType, 'content-length': length })
    for (const body of bodies) response.write(body)
    // Finished means that all has left the process; of a broken connection some may still be read.
    response.once('close', () => bodies.forEach(response.writableFinished ? pool.giveBack : pool.abandon))
    response.end()
  }

  return (response, contentType, pieces) => {
    if (response.destroyed) return
    if (lengthOf(pieces) >= LARGE) return sendLarge(response, contentType, pieces)
    const text = pieces.join('')
    response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }).end(text)
  }
}

/** Neighbouring pieces that are certain to fit into a slot of memory together, or stand alone. */
function groups(pieces: readonly string[]): string[][] {
  const found: string[][] = []
  let room = 0
  for (const piece of pieces) {
    if (piece.length > room) {
      found.push([])
      room = CERTAIN_TO_FIT
    }
    found.at(-1)?.push(piece)
    room -= piece.length
  }
  return found
}
