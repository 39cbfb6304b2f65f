import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The requests of each connection whose answers are not sent yet, in the order in which they came. */
export interface UnderWay {
  /** Notes a request that has arrived, its body perhaps not yet. */
  note(response: ServerResponse): void
  /** The responses of a connection that are under way. */
  of(socket: Duplex): readonly ServerResponse[]
}

/** Keeps account of them, by connection. */
export function createUnderWay(): UnderWay {
  const bySocket = new WeakMap<Duplex, Set<ServerResponse>>()

  function forget(this: ServerResponse): void {
    bySocket.get(this.req.socket)?.delete(this)
  }

  return {
    note(response) {
      const { socket } = response.req
      const responses = bySocket.get(socket)
      if (responses === undefined) bySocket.set(socket, new Set([response]))
      else responses.add(response)
      response.on('close', forget)
    },
    of: (socket) => [...(bySocket.get(socket) ?? [])],
  }
}

/**
 * Ends connections with an answer, from `begin` on: with the one that is the last when its head is written, also where its request came
 * before that. Answers before it would take those behind them along, whose requests are being worked on.
 */
export function createClosing(underWay: UnderWay) {
  let hasBegun = false

  class ClosingResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
    override writeHead(...head: readonly unknown[]): this {
      if (hasBegun && underWay.of(this.req.socket).at(-1) === (this as ServerResponse)) this.shouldKeepAlive = false
      return super.writeHead(...(head as Parameters<ServerResponse['writeHead']>))
    }
  }

  return {
    Response: ClosingResponse,
    begin(): void {
      hasBegun = true
    },
    /** Whether a request came behind an answer that ends its connection: its own could not be sent, so nothing of it may be done. */
    isTooLate: ({ req }: ServerResponse): boolean =>
      hasBegun && underWay.of(req.socket).some(({ headersSent, shouldKeepAlive }) => headersSent && !shouldKeepAlive),
  }
}
