import type { Socket } from 'node:net'

const CONTINUE = 'HTTP/1.1 100'
const INTERIM = /^HTTP\/1\.1 1(?!01)\d\d/
const INTERIMS = /^(?:HTTP\/1\.1 1(?!01)\d\d[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)+/
const MAX_INTERIMS = 16 * 1024

/**
 * The same socket, which drops the interim responses before the next one: servers may send any unasked (RFC 9110, section 15.2), and
 * undici closes the connection on 100 (Continue).
 */
export function withoutInterims(socket: Socket): Socket {
  const read = socket.read
  let held: Buffer | undefined
  socket.read = () => {
    const part: Buffer | null = read.call(socket)
    if (part === null) return null
    held = held ? Buffer.concat([held, part]) : part
    const rest = mayBeInterim(held) ? restOf(held) : held
    if (rest === undefined) return null
    socket.read = read
    return rest
  }
  return socket
}

/** Whether a response may begin with an interim one, by as much of it as has come; 101, a switch of protocols, is final. */
function mayBeInterim(response: Buffer): boolean {
  return INTERIM.test(response.toString('latin1', 0, CONTINUE.length) + CONTINUE.slice(response.length))
}

/** A response from where no more interim ones can follow; undefined if that is still open. */
function restOf(response: Buffer): Buffer | undefined {
  const text = response.toString('latin1', 0, MAX_INTERIMS)
  const rest = response.subarray(text.length - text.replace(INTERIMS, '').length)
  return rest.length < MAX_INTERIMS && mayBeInterim(rest) ? undefined : rest
}
