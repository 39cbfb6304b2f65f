import diagnosticsChannel from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** A call, and the socket that it is written to once it leaves. */
export interface CallUnderWay {
  socket: Socket | undefined
  readonly onHeadersSent: (() => void) | undefined
}

/** By their bodies, or their ids where they have none. */
export const calls = new Map<unknown, CallUnderWay>()

// undici's error codes do not tell "not sent" from "sent"; this channel does. Its message carries our body by identity, and
// the socket that it is written to. What has no body is known by its id.
diagnosticsChannel.subscribe('undici:client:sendHeaders', (message) => {
  const { request, headers, socket } = message as { request: { body: unknown }; headers: string; socket: Socket }
  const key = request.body ?? /x-request-id: ([^\r]*)/.exec(headers)?.[1]
  const call = calls.get(key)
  if (call === undefined) return
  call.socket = socket
  call.onHeadersSent?.()
})

/** How far the body of a call was when its answer came; neither where that cannot be told. */
export interface Departure {
  /** It has left the process: its memory is not read any more. */
  readonly isSent: boolean
  /** A part of it had not left. */
  readonly isEarly: boolean
}

/** How far the body of a call is, asked as its answer comes: afterwards its socket may be at work for another request. */
export async function departureOf(entry: CallUnderWay): Promise<Departure> {
  const { socket } = entry
  const isAlone = () => [...calls.values()].every((other) => other === entry || other.socket !== socket)
  if (socket === undefined) return { isSent: false, isEarly: false }
  if (socket.writableLength === 0) return { isSent: true, isEarly: false }
  // An encrypted socket hears of what has left a turn of the event loop late.
  for (let turns = 0; turns < 2 && isAlone(); turns++) await new Promise((resolve) => setImmediate(resolve))
  const isEarly = isAlone() && socket.writableLength > 0
  return { isSent: isAlone() && !isEarly, isEarly }
}
