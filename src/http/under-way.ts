import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The requests of each connection whose answers are not sent yet, in the order in which they came. */
export interface UnderWay {
  /** Notes a request that has arrived, its body perhaps not yet. */
  note(response: ServerResponse): void
  /** The responses of a connection that are under way. */
  of(socket: Duplex): readonly ServerResponse[]
  /** Those of every connection. */
  all(): Iterable<Iterable<ServerResponse>>
}

/** Keeps account of them, by connection. */
export function createUnderWay(): UnderWay {
  const bySocket = new Map<Duplex, Set<ServerResponse>>()

  function forget(this: ServerResponse): void {
    bySocket.get(this.req.socket)?.delete(this)
  }

  function forgetAll(this: Duplex): void {
    bySocket.delete(this)
  }

  return {
    note(response) {
      const { socket } = response.req
      const responses = bySocket.get(socket)
      if (responses !== undefined) responses.add(response)
      else {
        bySocket.set(socket, new Set([response]))
        socket.once('close', forgetAll)
      }
      response.on('close', forget)
    },
    of: (socket) => [...(bySocket.get(socket) ?? [])],
    all: () => bySocket.values(),
  }
}

/** Ends each connection with an answer, from `begin` on. */
export interface Closing {
  begin(): void
  /** Notes a request; false where it came behind an answer that ends its connection: its own could not be sent, so nothing of it may be done. */
  take(response: ServerResponse): boolean
}

/**
 * Ends each connection with the last of the answers that are under way, also where its request came before that began: an answer before
 * it would take those behind it along, whose requests are being worked on.
 */
export function createClosing(underWay: UnderWay): Closing {
  let hasBegun = false

  function endWithLast(responses: Iterable<ServerResponse>): void {
    const open = [...responses].filter(({ headersSent }) => !headersSent)
    // Whoever sent another request behind it had not asked for the end of the connection.
    for (const response of open) response.shouldKeepAlive = response !== open.at(-1)
  }

  const isEnding = ({ headersSent, shouldKeepAlive }: ServerResponse) => headersSent && !shouldKeepAlive

  return {
    begin() {
      hasBegun = true
      for (const responses of underWay.all()) endWithLast(responses)
    },
    take(response) {
      if (hasBegun && underWay.of(response.req.socket).some(isEnding)) return false
      underWay.note(response)
      if (hasBegun) endWithLast(underWay.of(response.req.socket))
      return true
    },
  }
}
